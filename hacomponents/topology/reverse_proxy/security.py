"""The parts of a web site's settings that guard it, taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.reverse_proxy.gzip import Gzip
from hacomponents.topology.reverse_proxy.protection import Limits, check_headers
from hacomponents.topology.reverse_proxy.tls import Tls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost


def check_security(path: str, site: VirtualHost) -> Iterator[Problem]:
    """Rules of a site's TLS, compression, limits and headers."""
    if isinstance(site.tls, Tls):
        yield from site.tls.check(f"{path}.tls", site.all_names)
    elif site.tls is not None:
        yield Problem(f"{path}.tls", "must be a Tls", "write Tls(certificate=..., key=...) or SelfSigned()", site.tls)
    for field, kind in (("gzip", Gzip), ("limits", Limits)):
        yield from fields.part(f"{path}.{field}", getattr(site, field), kind, optional=True)
    yield from check_headers(f"{path}.headers", site.headers)
