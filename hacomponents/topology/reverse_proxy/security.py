"""The parts of a web site's settings that guard it, taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.reverse_proxy.gzip import Gzip
from hacomponents.topology.reverse_proxy.protection import Limits, check_headers
from hacomponents.topology.reverse_proxy.tls import Tls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost


def check_security(path: str, site: VirtualHost) -> Iterator[Problem]:
    """Rules of a site's TLS, compression, limits and headers."""
    if isinstance(site.tls, Tls):
        names = tuple(name for names in site.names.values() for name in names)
        yield from site.tls.check(f"{path}.tls", names)
    elif site.tls is not None:
        yield Problem(f"{path}.tls", "must be a Tls", "write Tls(certificate=..., key=...) or SelfSigned()", site.tls)
    for field, kind in (("gzip", Gzip), ("limits", Limits)):
        part = getattr(site, field)
        if isinstance(part, Gzip | Limits) and isinstance(part, kind):
            yield from part.check(f"{path}.{field}")
        elif part is not None:
            yield Problem(f"{path}.{field}", f"must be a {kind.__name__}", f"write {kind.__name__}(...)", part)
    yield from check_headers(f"{path}.headers", site.headers)
