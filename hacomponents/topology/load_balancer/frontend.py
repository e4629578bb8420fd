"""The ports of a balancer, and which backend a request on each of them is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.load_balancer.backend import Backend
from hacomponents.topology.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.load_balancer.tier import LoadBalancer


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
        tiers = (*(backend.to for backend in self.backends), self.default)
        return tuple(dict.fromkeys(tier.name for tier in tiers if isinstance(tier, Tier)))


def frontends(tier: LoadBalancer) -> tuple[Frontend, ...]:
    """One a port, the tier's own first."""
    groups: dict[int, list[tuple[str, Backend]]] = {tier.port: []}
    for path, backend in further(tier):
        groups.setdefault(_port(tier, backend), []).append((path, backend))
    return tuple(_frontend(tier, port, group) for port, group in groups.items())


def further(tier: LoadBalancer) -> Iterator[tuple[str, Backend]]:
    """The backends beside that of `to`, each with its path."""
    if isinstance(tier.backends, tuple | list):
        for index, backend in enumerate(tier.backends):
            if isinstance(backend, Backend):
                yield f"{tier.name}.backends[{index}]", backend


def check_backends(tier: LoadBalancer) -> Iterator[Problem]:
    """Rules of the backends beside that of `to`, and of their order."""
    path = f"{tier.name}.backends"
    if not isinstance(tier.backends, tuple | list):
        yield Problem(path, "must be a list of backends", "write [Backend(to=...)]", tier.backends)
        return
    for index, backend in enumerate(tier.backends):
        if not isinstance(backend, Backend):
            yield Problem(f"{path}[{index}]", "must be a Backend", "write Backend(to=...)", backend)
    wrong = [problem for where, backend in further(tier) for problem in backend.check(where)]
    yield from wrong
    if not wrong:
        yield from _check_reach(tier)


def _port(tier: LoadBalancer, backend: Backend) -> int:
    return backend.port if isinstance(backend.port, int) else tier.port


def _frontend(tier: LoadBalancer, port: int, group: list[tuple[str, Backend]]) -> Frontend:
    conditional = tuple(backend for _, backend in group if backend.is_conditional)
    if port == tier.port:
        return Frontend(f"{tier.name}.port", tier.name, port, conditional, tier.to)
    default = next((backend.to for _, backend in group if not backend.is_conditional), None)
    path = f"{group[0][0]}.port"
    return Frontend(path, f"{tier.name}-{port}", port, conditional, default if isinstance(default, Tier) else None)


def _check_reach(tier: LoadBalancer) -> Iterator[Problem]:
    """The first that matches gets a request: nothing may stand behind one that takes all of its requests."""
    tiers: dict[str, str] = {getattr(tier.to, "name", ""): f"{tier.name}.to"}
    before: list[tuple[str, Backend]] = []
    for path, backend in further(tier):
        name = backend.to.name if isinstance(backend.to, Tier) else ""
        owner = tiers.setdefault(name, f"{path}.to")
        if owner != f"{path}.to":
            yield Problem(f"{path}.to", f"{name} is behind {owner} already", "write one backend with all conditions")
        if _port(tier, backend) == tier.port and not backend.is_conditional:
            rule = f"takes every request, and leaves none for {tier.name}.to"
            yield Problem(path, rule, "give it a host, a path_beg or a port")
        same_port = (each for each in before if _port(tier, each[1]) == _port(tier, backend))
        taker = next((where for where, each in same_port if each.covers(backend)), None)
        if taker:
            yield Problem(path, f"is never reached, {taker} takes its requests", "put it first")
        before.append((path, backend))
