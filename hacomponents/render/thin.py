"""Thin, for the application tier: one service a port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.render.part import Json, Part, agent_check, data, text
from hacomponents.render.template import render
from hacomponents.topology.secret import Secret

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site

USER = "www-data"
CURRENT = "/etc/hacomponents/current"


def part(tier: App, host: Host, site: Site) -> Part:
    """What a host of the tier gets."""
    paths = _Paths(tier.name)
    files = {f"{paths.directory}/{name}": data(content) for name, content in tier.folder.files.items()}
    files[paths.config] = text(render("thin/thin.yml.j2", site=site, tier=tier, host=host, directory=paths.directory))
    # One file a variable, the form of `chpst -e`; secrets among them are only readable by the server's user.
    for name, value in sorted({**tier.server.env, **_tokens(tier)}.items()):
        files[f"{paths.environment}/{name}"] = text(value + "\n", mode="0600", owner=USER)
    return Part(
        files=files,
        services={
            **{f"thin-{port}": _service(tier, host, port, paths) for port in tier.server.ports},
            "agent-check": agent_check(host, paths.config),
        },
        secrets=tuple(secret for secret in tier.server.secret_env.values() if isinstance(secret, Secret)),
        packages=("thin", *tier.server.packages),
    )


@dataclass(frozen=True)
class _Paths:
    name: str

    @property
    def directory(self) -> str:
        return f"/srv/{self.name}"

    @property
    def config(self) -> str:
        return f"/etc/thin/{self.name}.yml"

    @property
    def environment(self) -> str:
        return f"/etc/thin/{self.name}.env"


def _tokens(tier: App) -> dict[str, str]:
    return {name: secret.token for name, secret in tier.server.secret_env.items() if isinstance(secret, Secret)}


def _service(tier: App, host: Host, port: int, paths: _Paths) -> Json:
    has_variables = bool(tier.server.env or tier.server.secret_env)
    variables = ["/usr/bin/chpst", "-e", CURRENT + paths.environment] if has_variables else []
    return {
        "daemon": "process",
        "files": [f"{paths.directory}/", paths.config, *([f"{paths.environment}/"] if has_variables else [])],
        "command": [*variables, "/usr/bin/thin", "start", "--config", CURRENT + paths.config, "--port", str(port)],
        "user": USER,
        "directory": paths.directory,
        "environment": {"PORT": str(port)},
        "health": f"http://{host.address}:{port}{tier.server.health}",
        "health_timeout": tier.server.health_timeout,
        "writable": [f"/var/lib/{tier.name}"],
        "port": port,
        # Thin ends at once on any other signal, with the requests that it has.
        "stop_signal": "QUIT",
    }
