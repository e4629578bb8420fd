"""Sites of very many names: nginx wants more room for them, and says so by a warning, which a push refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hacomponents.render import bundle_of
from hacomponents.topology.app import App
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from tests.daemons import Check

if TYPE_CHECKING:
    from tests.daemons import Lab

pytestmark = pytest.mark.daemons

CONFIG = "/etc/nginx/nginx.conf"


def configuration(server_name: list[str]) -> str:
    """What nginx gets for a site of these names."""
    app = App("app", (Host("app-1", "10.10.0.50"),), Thin("app"), Folder("app", {"config.ru": b"run App\n"}))
    host = Host("web-1", "10.10.0.5")
    web = ReverseProxy("web", (host,), (VirtualHost("shop", app, server_name=server_name),))
    site = Site("site", Network("net", "10.10.0.0/24"), (app, web))
    assert [] == list(problems(site))
    return str(json.loads(bundle_of(site, host).text)["files"][CONFIG]["content"])


def names(count: int, length: int) -> list[str]:
    """So many names, of at most so many characters."""
    labels = ".".join(["a" * 60] * 4)
    return [f"n{number}.{labels}"[: length - 2].rstrip(".") + "x" for number in range(count)]


def test_nginx_accepts_them(lab: Lab) -> None:
    """
    Nginx accepts one name and thousands, short ones and long ones, without a word.
    """
    checks = {
        f"{count}-names-of-{length}": Check(CONFIG, configuration(names(count, length)), "10.10.0.5/24")
        for count in (1, 100, 101, 500, 3000)
        for length in (12, 33, 250)
    }

    assert {} == lab.complaints(checks)
