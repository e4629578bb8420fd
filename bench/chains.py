"""Three ways to an application: through the Rails article's proxies, through ours, and straight."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.article import ArticleSite
from bench.images import role_image
from bench.ours import OurSite
from hacomponents.inputs.folder import read_folder
from hacomponents.testing import HostHandle
from hacomponents.testing.docker import docker
from hacomponents.topology.app import App
from hacomponents.topology.network import Host
from hacomponents.topology.server import Folder, Thin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LIGHT = Path(__file__).with_name("light.conf")
NETWORK, CIDR = "hacomponents-bench-throughput", "10.216.1.0/24"
PACKAGES = {"web": ("keepalived", "nginx-light"), "lb": ("haproxy", "keepalived")}


@dataclass(frozen=True)
class Chain:
    """A way to the application.

    Args:
        url: where clients come in.
        hosts: by what runs on them: nginx, haproxy, app.
        spread: whether clients go to the five servers themselves. Default: they do not.
    """

    url: str
    hosts: Mapping[str, Sequence[HostHandle]]
    spread: bool = False


@contextmanager
def chains(application: str) -> Iterator[tuple[dict[str, Chain], OurSite]]:
    """Bring up an application, `light` or `rails`, all ways to it, by name, and our site, which is one of them."""
    images = {role: role_image(role, packages) for role, packages in PACKAGES.items()}
    with ArticleSite(NETWORK, CIDR, images) as article:
        for host in article.lb.hosts:
            docker("exec", "--detach", host.name, "/etc/service/syslog/run")
        started = _light(article.app, images["web"]) if application == "light" else _rails(article.app)
        with started as (ours, app):
            lb, web = ours.hosts("lb"), ours.hosts("web")
            theirs = {"nginx": article.web.hosts, "haproxy": article.lb.hosts, "app": app}
            ways = {
                "article": Chain(f"http://{article.web.vip}:80/", theirs),
                "ours": Chain(f"http://{ours.vip}:80/", {"nginx": web, "haproxy": lb, "app": app}),
                "direct": Chain(f"http://{article.app}:3000/", {"app": app}, spread=True),
            }
            yield ways, ours


@contextmanager
def _light(address: str, image: str) -> Iterator[tuple[OurSite, list[HostHandle]]]:
    """An nginx that answers by itself, on five ports."""
    host = HostHandle(f"{NETWORK}-light")
    tier = _app(address, Thin("light"), Folder("light", {"config.ru": b""}))
    docker("run", "--detach", "--init", "--name", host.name, "--network", NETWORK, "--ip", address, "--tmpfs", "/run",
           image, "sleep", "infinity")  # fmt: skip
    try:
        host.exec("sh", "-c", "cat > /etc/nginx/nginx.conf && nginx", stdin=LIGHT.read_text())
        with OurSite(NETWORK, CIDR, tier, own_app=False) as ours:
            yield ours, [host]
    finally:
        docker("rm", "--force", host.name)


@contextmanager
def _rails(address: str) -> Iterator[tuple[OurSite, list[HostHandle]]]:
    """The application of the stack `rails_ha` on five Thin servers."""
    server = Thin("stacks/rails_app", env={"SECRET_KEY_BASE": secrets.token_hex(32)})
    with OurSite(NETWORK, CIDR, _app(address, server, read_folder("stacks/rails_app"))) as ours:
        yield ours, ours.hosts("app")


def _app(address: str, server: Thin, folder: Folder) -> App:
    return App("app", (Host("app-1", address),), server, folder)
