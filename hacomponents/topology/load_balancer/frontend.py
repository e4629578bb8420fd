"""The ports of a balancer, and which backend a request on each of them is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.tier import Tier, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.load_balancer.backend import Backend


@dataclass(frozen=True)
class Frontend:
    """A port, and the backends that its requests may go to.

    Args:
        path: of the port in the program, for messages.
        name: of the section.
        port: that clients connect to.
        backends: with conditions, in the order in which they are tried.
        default: the tier that gets the rest; None for none, which is answered by 503.
    """

    path: str
    name: str
    port: int
    backends: tuple[Backend, ...]
    default: Tier | None

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the tiers that its requests may reach, each once."""
        default = () if self.default is None else (self.default,)
        return tuple(dict.fromkeys(tier.name for tier in (*(tier_of(each.to) for each in self.backends), *default)))


def frontends(name: str, port: int, to: Tier, backends: Mapping[str, Backend]) -> tuple[Frontend, ...]:
    """One a port, the tier's own first.

    Args:
        name: of the tier.
        port: of the tier.
        to: the tier that gets what no backend takes.
        backends: the others, by path.
    """
    groups: dict[int, list[tuple[str, Backend]]] = {port: []}
    for path, backend in backends.items():
        groups.setdefault(_port(backend, port), []).append((path, backend))
    own, *others = groups.items()
    return (
        Frontend(f"{name}.port", name, port, _conditional(own[1]), to),
        *(_further(f"{name}-{number}", number, group) for number, group in others),
    )


def check_reach(name: str, port: int, to: Tier, backends: Mapping[str, Backend]) -> Iterator[Problem]:
    """The first that matches gets a request: nothing may stand behind one that takes all of its requests.

    Args:
        name: as for `frontends`.
        port: likewise.
        to: likewise.
        backends: likewise, each right by itself.
    """
    tiers = {to.name: f"{name}.to"} if isinstance(to, Tier) else {}
    before: list[tuple[str, Backend]] = []
    for path, backend in backends.items():
        if isinstance(backend.to, Tier):
            yield from _check_owner(f"{path}.to", backend.to.name, tiers)
        if _port(backend, port) == port and not backend.is_conditional:
            rule = f"takes every request, and leaves none for {name}.to"
            yield Problem(path, rule, "give it a host, a path_beg or a port")
        same_port = (each for each in before if _port(each[1], port) == _port(backend, port))
        taker = next((where for where, each in same_port if each.covers(backend)), None)
        if taker:
            yield Problem(path, f"is never reached, {taker} takes its requests", "put it first")
        before.append((path, backend))


def _check_owner(path: str, name: str, owners: dict[str, str]) -> Iterator[Problem]:
    """A backend's section is called as its tier, and is for all requests that go there."""
    owner = owners.setdefault(name, path)
    if owner != path:
        yield Problem(path, f"{name} is behind {owner} already", "write one backend with all conditions")


def _port(backend: Backend, default: int) -> int:
    return default if backend.port is None else backend.port


def _conditional(group: list[tuple[str, Backend]]) -> tuple[Backend, ...]:
    return tuple(backend for _, backend in group if backend.is_conditional)


def _further(name: str, port: int, group: list[tuple[str, Backend]]) -> Frontend:
    default = next((tier_of(backend.to) for _, backend in group if not backend.is_conditional), None)
    return Frontend(f"{group[0][0]}.port", name, port, _conditional(group), default)
