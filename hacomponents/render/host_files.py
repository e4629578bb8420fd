"""What one role brings to a host."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.topology.tier import AGENT_CHECK_PORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.topology.network import Host
    from hacomponents.topology.secret import Secret

# What a file or a service is in the bundle: plain JSON, as `hacomponents.agent.bundle` reads it.
Json = dict[str, object]


@dataclass(frozen=True)
class HostFiles:
    """Files, services, secrets and Debian packages of a role on one host.

    Args:
        files: absolute path to entry.
        services: name to definition.
        secrets: those that the files name.
        packages: Debian packages that the services need.
    """

    files: Mapping[str, Json] = field(default_factory=dict)
    services: Mapping[str, Json] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    packages: tuple[str, ...] = ()


def text(content: str, **attributes: str) -> Json:
    """Entry of a text file; attributes are `mode` and `owner`."""
    return {"content": content, **attributes}


def data(content: bytes) -> Json:
    """Entry of any file: text where it is text, so that a preview shows its lines."""
    try:
        decoded = content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
    return {"base64": base64.b64encode(content).decode()} if "\x00" in decoded or "@@" in decoded else text(decoded)


def agent_check(host: Host, *files: str) -> Json:
    """The service by which a host answers its balancers and its peer.

    Args:
        host: that it is on.
        files: that feed it.
    """
    feeds: Json = {"files": list(files)} if files else {}
    return {"daemon": "agent-check", **feeds, "address": host.address, "port": AGENT_CHECK_PORT}
