"""A server that is a process of its own: what the agent is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.server.place import USER, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hacomponents.render.host_files import Json
    from hacomponents.topology.app import App
    from hacomponents.topology.tier import Endpoint


def process(
    tier: App,
    endpoint: Endpoint,
    command: Sequence[str],
    *,
    files: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    stop_signal: str = "TERM",
) -> Json:
    """The service of one endpoint.

    Args:
        tier: whose.
        endpoint: where it answers.
        command: in the foreground, run in the folder of the application.
        files: that feed it, beside the application and its environment. Default: none.
        variables: of the command, beside those of the tier's environment. Default: HOST and PORT.
        stop_signal: on which it finishes its requests and ends.
    """
    place = Place(tier)
    folder, *others = place.feeds
    return {
        "daemon": "process",
        "files": [folder, *files, *others],
        "command": list(command),
        "user": USER,
        "directory": place.directory,
        "variables": variables or {"HOST": endpoint.address, "PORT": str(endpoint.port)},
        **place.environment_field,
        "health": f"http://{endpoint.address}:{endpoint.port}{tier.server.health}",
        "health_timeout": tier.server.health_timeout,
        "writable": [place.state],
        "port": endpoint.port,
        "stop_signal": stop_signal,
    }
