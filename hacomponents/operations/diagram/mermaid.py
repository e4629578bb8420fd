"""A picture as Mermaid, which GitHub and GitLab draw in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.operations.diagram.picture import Band, Link, Picture, Role


def mermaid(picture: Picture) -> str:
    """The text of the file; its title is the picture's."""
    names = {band: f"band{number}" for number, band in enumerate(picture.bands)}
    lines = [
        "---",
        f"title: {picture.title}",
        "---",
        "flowchart TD",
        "  clients([Clients])",
        *(line for band, name in names.items() for line in _band(band, name)),
        *(_link(link, names) for link in picture.links),
    ]
    return "\n".join(lines) + "\n"


def _band(band: Band, name: str) -> Iterator[str]:
    """A subgraph with a node for each host, and one for the VIP; the way to a standby is dotted."""
    words = ", ".join([*band.kinds, *(["no standby"] if band.alone else [])])
    yield f'  subgraph {name}["{band.name}: {words}"]'
    if band.vips:
        yield f'    {name}vip{{{{"VIP {" ".join(band.vips)}"}}}}'
    for number, host in enumerate(band.hosts):
        words = "<br>".join([f"<b>{host.name}</b> {host.address}", *map(_role, band.roles)])
        yield f'    {name}host{number}["{words}"]'
        if band.vips:
            yield f"    {name}vip {'-.->' if number else '-->'} {name}host{number}"
    yield "  end"


def _role(role: Role) -> str:
    return " ".join([role.daemon, role.ports, *(f"({name} {ports})" for name, ports in role.others)]).strip()


def _link(link: Link, names: Mapping[Band, str]) -> str:
    source = names[link.source] if link.source else "clients"
    target = names[link.target] + ("vip" if link.target.vips else "")
    return f"  {source} -->|{link.ports}| {target}" if link.ports else f"  {source} --> {target}"
