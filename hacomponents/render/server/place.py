"""Where a tier's application and its environment are on a host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.named_secrets import filled
from hacomponents.topology.secret import Secret

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.server import Server

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
    def secrets(self) -> str:
        """A folder with a file a secret that an argument of the command names."""
        return f"{self.etc}.secrets"

    @property
    def etc(self) -> str:
        """What the names of the server's files begin with."""
        return f"/etc/{self.tier.server.daemon}/{self.tier.name}"

    @property
    def feeds(self) -> list[str]:
        """What a change of is a new release of the application."""
        variables = [f"{self.environment}/"] if self._has_variables else []
        return [f"{self.directory}/", *variables, *([f"{self.secrets}/"] if self.secret_files else [])]

    @property
    def environment_field(self) -> dict[str, object]:
        """The field of a service that is given the environment; none where it has no variable."""
        return {"environment": self.environment} if self._has_variables else {}

    @property
    def secret_files(self) -> tuple[str, ...]:
        """The names of secrets with files of their own, sorted."""
        return tuple(sorted({name for names in self.tier.server.secret_files.values() for name in names}))

    @property
    def _has_variables(self) -> bool:
        return bool(self.tier.server.env or self.tier.server.secret_env)


def variables(server: Server) -> dict[str, str]:
    """The environment, with the agent's marks in the place of secrets."""
    plain = {name: filled(value, server.secrets) for name, value in server.env.items()}
    secret = {name: secret.token for name, secret in server.secret_env.items() if isinstance(secret, Secret)}
    return {**plain, **secret}
