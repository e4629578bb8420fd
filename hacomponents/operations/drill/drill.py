"""All cases, one after the other, on a stack that is well before, between and after."""

from __future__ import annotations

import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.hosts.reach import AGENT
from hacomponents.operations import consent, daemon, reach, status
from hacomponents.operations.drill import report
from hacomponents.operations.drill.case import cases, watched_by_pair
from hacomponents.operations.drill.exercise import ActivePair, DrilledSite, exercise, uninterrupted
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from hacomponents.operations.verdict import page, pairs
from hacomponents.testing import Client, eventually

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hacomponents.operations.drill.promises import Promise
    from hacomponents.operations.drill.result import CaseResult
    from hacomponents.operations.stack import DeployedStack

HEALING = 90
"""Seconds for a stack to be well after a case: a machine and its application start again."""
REPORTS = Path("drill-report")


def drill(stack: DeployedStack, promises: Sequence[Promise], *, agreed: bool) -> int:
    """Exercise the faults on each pair of a stack, and leave a report in `drill-report/` of this folder.

    Args:
        stack: that is up and well.
        promises: of the faults of the active host of each pair, one after the other.
        agreed: whether the user agreed beforehand; else they are asked.

    Returns:
        How many cases did not end as promised.

    Raises:
        OperationFailed: the stack is not well, has no pair, or nobody agreed.
        KeyboardInterrupt: by Ctrl-C, SIGTERM or SIGHUP; what was broken is healed by then.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    stack.require()
    daemon.use(stack)
    before = active_pairs(stack, within=0)
    url = page(stack.url(), status.hosts(stack))
    _confirm(stack, url, before, promises, agreed=agreed)
    network = next(item.name for item in stack.objects() if item.kind == "network")
    results: list[CaseResult] = []
    try:
        with Client(f"{stack.name}-drill", network) as client:
            site = DrilledSite(stack.name, url, client, partial(_await_well, stack, client, url))
            site.await_well()
            for vip in before:
                for case in cases(promises, watched_by_pair(before[vip].holder)):
                    results.append(exercise(site, active_pairs(stack)[vip], case))  # noqa: PERF401  # those before an interrupt
    finally:
        with uninterrupted():
            if results:
                _report(stack, url, results)
            _restore(stack, before)
    return sum(bool(result.broken) for result in results)


def active_pairs(stack: DeployedStack, within: float = HEALING) -> dict[str, ActivePair]:
    """The pairs of a stack, by the VIP that adverts carry.

    Args:
        stack: that is up.
        within: seconds for it to be well.

    Raises:
        OperationFailed: the stack is not well, or has no pair.
    """
    found = {}
    for vip, pair in pairs(status.settled(stack, within)).items():
        holder = next(host for host in pair if vip in host.held)
        found[vip] = ActivePair(vip, holder, next(host for host in pair if host != holder))
    if not found:
        cause = "no pair of it has a VIP: nothing fails over"
        raise OperationFailed(f"drill of {stack.name}", cause, "add one: vip=Vip(...)")
    return found


def _await_well(stack: DeployedStack, client: Client, url: str) -> None:
    """Wait until all is well with the hosts, and the site answers. Raises `OperationFailed`."""
    status.settled(stack, HEALING)
    try:
        eventually(partial(client.succeeds, url, timeout=5), within=HEALING)
    except AssertionError as error:
        raise OperationFailed(f"drill of {stack.name}", str(error), stack.commands.status) from error


def _confirm(
    stack: DeployedStack, url: str, pairs_now: Mapping[str, ActivePair], promises: Sequence[Promise], *, agreed: bool
) -> None:
    """Say what will be broken, and ask for a yes. Raises `OperationFailed`."""
    say(f"This drill breaks {stack.name} ({url}) on purpose, and heals it after each fault. Its users will notice:")
    for each in pairs_now.values():
        words = ", ".join(case.description for case in cases(promises, watched_by_pair(each.holder)))
        say(f"  {each.name} ({each.vip}, now on {each.holder.name}): {words}")
    remedy = f"{stack.commands.drill} {stack.commands.agree}"
    consent.require(f"drill of {stack.name}", stack.name, agreed=agreed, remedy=remedy, spared="nothing was broken")


def _restore(stack: DeployedStack, before: Mapping[str, ActivePair]) -> None:
    """Bring each VIP back to the host that held it first. Raises `OperationFailed` where that cannot be done."""
    for vip, now in active_pairs(stack).items():
        if vip in before and before[vip].holder.name != now.holder.name:
            say(f"==> bringing {vip} back to {before[vip].holder.name}")
            _hand_over(stack, now.holder.container)
    status.settled(stack, HEALING)


def _hand_over(stack: DeployedStack, host: str) -> None:
    """Have a host give its VIPs to its peer. Raises `OperationFailed`."""
    done = reach.run(host, AGENT, "handover")
    if done.returncode:
        remedy = f"{stack.commands.status}; when it names no problem: {reach.agent(host, 'handover')}"
        raise OperationFailed(f"drill of {stack.name}", done.stderr, remedy)


def _report(stack: DeployedStack, url: str, results: Sequence[CaseResult]) -> None:
    """Write the report, and where it is."""
    folder = REPORTS.absolute() / f"{stack.name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    path = report.write(folder, stack.name, url, results)
    sys.stdout.write("\n".join([*report.table(results), "", f"report: {path}", ""]))
    sys.stdout.flush()
