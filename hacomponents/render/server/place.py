"""Where a tier's application and its environment are on a host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.secret import Secret

if TYPE_CHECKING:
    from hacomponents.topology.app import App

USER = "www-data"
CURRENT = "/etc/hacomponents/current"


@dataclass(frozen=True)
class Place:
    """The paths of a tier, under names that no other tier has.

    Args:
        tier: whose.
    """

    tier: App

    @property
    def directory(self) -> str:
        """The application."""
        return f"/srv/{self.tier.name}"

    @property
    def state(self) -> str:
        """What the application writes and keeps."""
        return f"/var/lib/{self.tier.name}"

    @property
    def environment(self) -> str:
        """A folder with a file a variable."""
        return f"{self.etc}.env"

    @property
    def etc(self) -> str:
        """What the names of the server's files begin with."""
        return f"/etc/{self.tier.server.daemon}/{self.tier.name}"

    @property
    def feeds(self) -> list[str]:
        """What a change of is a new release of the application."""
        return [f"{self.directory}/", *([f"{self.environment}/"] if self._has_variables else [])]

    @property
    def variables(self) -> list[str]:
        """The words in front of a command that give it the environment."""
        return ["/usr/bin/chpst", "-e", CURRENT + self.environment] if self._has_variables else []

    @property
    def _has_variables(self) -> bool:
        return bool(self.tier.server.env or self.tier.server.secret_env)


def tokens(tier: App) -> dict[str, str]:
    """The environment variables whose values the agent fills in."""
    return {name: secret.token for name, secret in tier.server.secret_env.items() if isinstance(secret, Secret)}
