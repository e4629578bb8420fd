"""haproxy's lines: `haproxy/CASE.txt` has settings above, and below what they change in haproxy.cfg.

A change is told by section: `-` lines that are gone, `+` lines that came, comments left out.
"""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hacomponents.render
from hacomponents.render import bundle_of, forwarded
from hacomponents.topology import load_balancer
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.tier import Tier

TEMPLATES = Path(hacomponents.render.__file__).parent / "templates/haproxy"
SECTION = re.compile(r"(global|defaults|frontend|backend|listen|peers)\b")
FOLDER = Folder("rack", {"config.ru": b"run App\n"})


def hosts(role: str, first: int) -> tuple[Host, ...]:
    """Two of a role."""
    return tuple(Host(f"{role}-{number}", f"10.10.0.{first + number}") for number in (1, 2))


def app(name: str, first: int) -> App:
    """One Thin on each of two hosts."""
    return App(name, hosts(name, first), Thin("rack", processes=1), FOLDER)


def secret(name: str) -> Secret:
    """One whose value is nowhere here."""
    return Secret(name, "0123456789abcdef", 8, clean=True, plain=True)


APP, API, SHOP = app("app", 40), app("api", 50), app("shop", 60)
WEB = ReverseProxy(
    "web", hosts("web", 70), (VirtualHost("web", APP),), trusted_proxies=("192.0.2.1",), proxy_protocol=True
)


def config(front: type[ReverseProxy | Cache] | None = None, **settings: Any) -> str:
    """haproxy.cfg of the first of two balancers.

    Args:
        front: what stands in front of it. Default: clients.
        settings: of the balancer, which has no cookie unless they say so.
    """
    lb = LoadBalancer(**{"name": "lb", "hosts": hosts("lb", 80), "to": APP, "cookie": None, **settings})
    fronts: Mapping[Any, tuple[Tier, ...]] = {
        None: (),
        ReverseProxy: (ReverseProxy("front", hosts("front", 90), (VirtualHost("front", lb),)),),
        Cache: (Cache("front", hosts("front", 90), lb),),
    }
    site = Site("site", Network("net", "10.10.0.0/24", "fd00:10::/64"), (APP, API, SHOP, WEB, lb, *fronts[front]))
    assert [] == list(problems(site))
    files = json.loads(bundle_of(site, lb.hosts[0]).text)["files"]
    text: str = files["/etc/haproxy/haproxy.cfg"]["content"]
    return text.replace(forwarded.PATTERN, "FORWARDED")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each section, by its first one; without comments and empty lines."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if SECTION.match(line):
            found[line] = lines = []
        elif line.strip() and not line.strip().startswith("#"):
            lines.append(line)
    return found


PLAIN = sections(config())


def change(text: str) -> str:
    """What is other than with no setting at all, by section; a section that came or went is marked itself."""
    now = sections(text)
    told = []
    for section in {**PLAIN, **now}:
        mark = " " if section in PLAIN and section in now else "+" if section in now else "-"
        lines = difflib.ndiff(PLAIN.get(section, []), now.get(section, []))
        changed = [line[0] + line[1:].removeprefix(" ") for line in lines if line[0] in "+-"]
        told += [f"{mark} {section}", *changed] if changed or mark != " " else []
    return "\n".join(told)


NAMES = {
    **vars(load_balancer),
    **{thing.__name__: thing for thing in (Cache, ReverseProxy, Vip, secret)},
    "API": API,
    "SHOP": SHOP,
    "WEB": WEB,
}
CASES = sorted((Path(__file__).parent / "haproxy").glob("*.txt"))


def case(file: Path) -> tuple[dict[str, Any], str]:
    """The settings of a case, as keywords of `config`, and the change that is expected."""
    above, _, below = file.read_text().partition("---\n")
    return eval(f"dict({above})", dict(NAMES)), below.rstrip("\n")  # noqa: S307  # a file of this folder


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_lines(file: Path) -> None:
    """
    A setting changes the lines that are its own, and no other.
    """
    settings, expected = case(file)
    assert expected == change(config(**settings))


def statements() -> Iterator[str]:
    """Every line that the templates write, as a pattern, and every word that is there on a condition."""
    for template in sorted(TEMPLATES.glob("*.j2")):
        for line in template.read_text().splitlines():
            if line.strip() and not re.match(r"\s*(#|\{%)", line):
                yield ".*".join(map(re.escape, re.split(r"\{\{.*?\}\}|\{%.*?%\}", line)))
                words = re.findall(r"[\"'] ?([a-z2-]+) ?[\"\\']", " ".join(re.findall(r"\{\{.*?\}\}", line)))
                yield from (rf".*\b{word}\b.*" for word in words)


def test_every_line_is_in_a_case() -> None:
    """
    No line of a template, and no word that is written on a condition, is without a case.
    """
    texts = [config(), *(config(**case(file)[0]) for file in CASES)]
    written = {line for text in texts for line in text.splitlines()}

    assert [] == [each for each in statements() if not any(re.fullmatch(each, line) for line in written)]
