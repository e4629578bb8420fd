"""What the Rails article sets, as tables of directives and values, and the files that set it.

Where the article cannot be followed today, a comment says so. Names that have no effect are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

INDENT = "    "
PORT = 3100
"""Where the balancers listen."""
APP_PORTS = range(3000, 3005)


@dataclass(frozen=True)
class Block:
    """Settings under a heading.

    Args:
        heading: of the block, such as "http" or "listen stats".
        settings: (directive, value) each, or a block in the block. A directive that takes no value has "".
    """

    heading: str
    settings: Settings


Settings: TypeAlias = "tuple[tuple[str, str] | Block, ...]"


def keepalived(state: str, priority: int, virtual_router_id: int, vip: str) -> str:
    """A host's keepalived.conf. No vrrp_script: the article has none.

    Args:
        state: MASTER or BACKUP.
        priority: of the host.
        virtual_router_id: of the pair. The article gives both pairs one, which two pairs on one network cannot share.
        vip: address that the pair shares.
    """
    # The article's lvs_sync_daemon_interface needs IPVS in the kernel.
    instance = Block("vrrp_instance pair", (
        ("interface", "eth0"),
        ("state", state),
        ("priority", str(priority)),
        ("advert_int", "1"),
        ("virtual_router_id", str(virtual_router_id)),
        Block("authentication", (
            ("auth_type", "PASS"),
            ("auth_pass", "password"),
        )),
        Block("virtual_ipaddress", ((vip, ""),)),
    ))  # fmt: skip
    return "".join(_braced((instance,), end=""))


def nginx(balancer: str) -> str:
    """The nginx.conf of both hosts: that of Debian Lenny, which the article keeps, and a server for the balancers.

    Args:
        balancer: VIP of the balancers.
    """
    site = Block("server", (
        ("listen", "80"),
        Block("location /", (
            ("proxy_pass", "http://balancer"),
            ("proxy_set_header", "X-Real-IP $remote_addr"),
            ("proxy_set_header", "X-Forwarded-For $proxy_add_x_forwarded_for"),
            ("proxy_set_header", "Host $host"),
        )),
    ))  # fmt: skip
    settings = (
        ("user", "www-data"),
        ("worker_processes", "1"),
        ("pid", "/run/nginx.pid"),
        ("error_log", "/var/log/nginx/error.log"),
        Block("events", (("worker_connections", "1024"),)),
        Block("http", (
            ("include", "/etc/nginx/mime.types"),
            ("access_log", "/var/log/nginx/access.log"),
            ("sendfile", "on"),
            ("tcp_nodelay", "on"),
            ("keepalive_timeout", "65"),
            ("gzip", "on"),
            Block("upstream balancer", (("server", f"{balancer}:{PORT}"),)),
            site,
        )),
    )  # fmt: skip
    return "".join(_braced(settings, end=";"))


def haproxy(app: str) -> str:
    """The haproxy.cfg of both hosts.

    Args:
        app: address of the box with the five servers.
    """
    # One cookie for all servers, as the article has it.
    server = "cookie A check inter 6000 maxconn 1"
    sections = (
        Block("global", (
            ("user", "haproxy"),
            ("group", "haproxy"),
            # 10000 in the article: that needs more open files than the 20,000 that some hosts allow.
            ("maxconn", "9900"),
            # `nbproc 1` in the article, a directive that is gone: one process, which had one thread.
            ("nbthread", "1"),
            ("log", "127.0.0.1 local0"),
            ("log", "127.0.0.1 local1 notice"),
        )),
        Block("defaults", (
            ("mode", "http"),
            ("log", "global"),
            ("balance", "roundrobin"),
            # contimeout, clitimeout and srvtimeout in the article, which have these names today.
            ("timeout connect", "5000"),
            ("timeout client", "50000"),
            ("timeout server", "50000"),
        )),
        # The article writes the address after the name of a `listen`, where it is not allowed any more.
        Block("listen rails", (
            ("bind", f"*:{PORT}"),
            ("cookie", "SERVERID insert indirect nocache"),
            ("option", "forwardfor"),
            ("option", "httpclose"),
            ("option", "redispatch"),
            *(("server", f"thin-{port} {app}:{port} {server}") for port in APP_PORTS),
        )),
        Block("listen statistics", (
            ("bind", "*:8080"),
            ("stats uri", "/my_stats"),
            ("stats realm", "statistics"),
            ("stats auth", "article:password"),
        )),
    )  # fmt: skip
    return "".join(_sections(sections))


def _braced(settings: Settings, end: str, indent: str = "") -> Iterator[str]:
    """Lines in the form of nginx and keepalived.

    Args:
        settings: in their order.
        end: what ends a directive.
        indent: of the lines.
    """
    for setting in settings:
        if isinstance(setting, Block):
            yield f"{indent}{setting.heading} {{\n"
            yield from _braced(setting.settings, end, indent + INDENT)
            yield f"{indent}}}\n"
        else:
            yield f"{indent}{' '.join(filter(None, setting))}{end}\n"


def _sections(sections: tuple[Block, ...]) -> Iterator[str]:
    """Lines in haproxy's form, which has no blocks in blocks."""
    for section in sections:
        yield f"{section.heading}\n"
        yield from _braced(section.settings, end="", indent=INDENT)
