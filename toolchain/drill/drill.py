"""All stories, one after the other, on a stack that is well before, between and after."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from hacomponents.testing import Client, HostHandle, eventually
from toolchain.clone import ROOT
from toolchain.drill import report
from toolchain.drill.events import possible, watched_by_pair
from toolchain.drill.story import Cast, Stage, play, uninterrupted
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.stack import consent, daemon, status
from toolchain.stack.verdict import AGENT, page, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from toolchain.drill.failures import Failure
    from toolchain.drill.result import Result
    from toolchain.stack.stack import Stack

HEALING = 90
"""Seconds for a stack to be well after a story: a machine and its application start anew."""


def drill(stack: Stack, failures: Sequence[Failure]) -> int:
    """Play the failures on each pair of a stack. Returns how many did not end as promised. Raises `Failed`.

    Args:
        stack: that is up and well.
        failures: of the active host of each pair, one after the other.
    """
    stack.require()
    daemon.use(stack)
    casts = cast(stack, within=0)
    url = page(stack.url(), status.hosts(stack))
    _confirm(stack, url, casts, failures)
    network = next(item.name for item in stack.objects() if item.kind == "network")
    results: list[Result] = []
    try:
        with Client(f"{stack.name}-drill", network) as client:
            stage = Stage(stack.name, url, client, partial(_await_well, stack, client, url))
            stage.well()
            for vip in casts:
                for event in possible(failures, watched_by_pair(casts[vip].holder)):
                    results.append(play(stage, cast(stack)[vip], event))  # noqa: PERF401  # those before an interrupt
    finally:
        with uninterrupted():
            if results:
                _tell(stack, url, results)
            _restore(stack, casts)
    return sum(bool(result.broken) for result in results)


def cast(stack: Stack, within: float = HEALING) -> dict[str, Cast]:
    """The pairs of a stack, by the VIP that adverts carry. Raises `Failed` where it is not well, or has none.

    Args:
        stack: that is up.
        within: seconds for it to be well.
    """
    found = {}
    for vip, pair in pairs(status.settled(stack, within)).items():
        holder = next(host for host in pair if vip in host.held)
        found[vip] = Cast(vip, holder, next(host for host in pair if host != holder))
    if not found:
        raise Failed(f"drill of {stack.name}", "no pair of it has a VIP: nothing fails over", "add one: vip=Vip(...)")
    return found


def _await_well(stack: Stack, client: Client, url: str) -> None:
    """All is well with the hosts, and the site answers. Raises `Failed`."""
    status.settled(stack, HEALING)
    try:
        eventually(partial(client.succeeds, url, timeout=5), within=HEALING)
    except AssertionError as error:
        raise Failed(f"drill of {stack.name}", str(error), f"make status STACK={stack.name}") from error


def _confirm(stack: Stack, url: str, casts: Mapping[str, Cast], failures: Sequence[Failure]) -> None:
    """Say what will be broken, and ask for a yes; where nobody is there, YES=1 must say it. Raises `Failed`."""
    say(f"This drill breaks {stack.name} ({url}) on purpose, and heals it after each story. Its users will notice:")
    for each in casts.values():
        stories = ", ".join(event.told for event in possible(failures, watched_by_pair(each.holder)))
        say(f"  {each.name} ({each.vip}, now on {each.holder.name}): {stories}")
    remedy = f"make drill STACK={stack.name} YES=1"
    consent.require(f"drill of {stack.name}", stack.name, remedy=remedy, spared="nothing was broken")


def _restore(stack: Stack, before: Mapping[str, Cast]) -> None:
    """Bring each VIP back to the host that held it before the drill. Raises `Failed` where the stack is not well."""
    for vip, now in cast(stack).items():
        if vip in before and before[vip].holder.name != now.holder.name:
            say(f"==> bringing {vip} back to {before[vip].holder.name}")
            HostHandle(now.holder.container).exec(AGENT, "handover")
    status.settled(stack, HEALING)


def _tell(stack: Stack, url: str, results: Sequence[Result]) -> None:
    """Write the report, and where it is."""
    folder = ROOT / "drill-report" / f"{stack.name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    path = report.write(folder, stack.name, url, results)
    sys.stdout.write("\n".join([*report.table(results), "", f"report: {path}", ""]))
    sys.stdout.flush()
