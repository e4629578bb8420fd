"""Every step of a push fails, or is the last one before a kill or a power cut: the host is wholly old or wholly new."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.__main__ import main
from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.errors import RolledBack
from hacomponents.agent.host import Host
from hacomponents.agent.procedures import recovery
from hacomponents.agent.procedures.push import apply
from tests.agent.faults import KILLED, Steps
from tests.agent.machine import PretendedMachine
from tests.agent.samples import text

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = text()
NEW = text(body="another", app="another", keepalived=False)  # every service changes, and one goes
BACK = (OLD, NEW)
FORTH = (NEW, OLD)


@pytest.fixture(autouse=True)
def _memory_is_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here loses the disk's cache, and a thousand pushes would wait for it for minutes."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder in memory, where there is one: a thousand hosts are copied there."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:  # noqa: PTH112, S108
        yield Path(folder)


def attempt(root: Path, pushed: str, at: int, *, kill: bool) -> tuple[int, int, str]:
    """Push in a process of its own, with a fault at step `at`. Returns exit status, steps taken, and what it said."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        host = Host(str(root), PretendedMachine(root))
        steps = Steps(at, kill=kill)
        patch = pytest.MonkeyPatch()
        patch.setattr(host, "say", lambda _: None)
        patch.setattr(sys, "stderr", os.fdopen(write, "w", buffering=1))
        patch.setattr("hacomponents.agent.__main__._input", lambda: pushed)
        steps.watch(host, patch)
        status = main(["apply"], host)
        os.write(write, f"steps {steps.taken}".encode())
        os._exit(status)
    os.close(write)
    with os.fdopen(read) as stream:
        said, _, taken = stream.read().partition("steps ")
    return (
        os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]),
        int(taken or at),
        said,
    )  # a killed one took at least so many


def attempts(root: Path, before: str, pushed: str, *, kill: bool) -> Iterator[tuple[int, Host, int, str]]:
    """Push from `before` to `pushed` on a fresh host below `root` for every step there is."""
    pristine, at, taken = root / "pristine", 0, 0
    host = Host(str(pristine), PretendedMachine(pristine))
    host.vault.put('{"secrets": {"stats": {"digest": "0123456789abcdef", "value": "hush-hush"}}}')
    apply(host, before)
    while at <= taken:  # the last attempt meets no fault any more
        at += 1
        victim = copy(host, root / "victim")
        status, taken, said = attempt(root / "victim", pushed, at, kill=kill)
        yield at, victim, status, said


def copy(host: Host, place: Path) -> Host:
    """The same host at another place."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(host.layout.root, place, symlinks=True)
    _repoint(Path(host.layout.root), place)
    return Host(str(place), PretendedMachine(place))


def _repoint(old: Path, new: Path) -> None:
    """Let the links of a copied host, which are absolute, point into the copy, and its scripts name it."""
    for folder, folders, names in os.walk(new):
        for path in (Path(folder, name) for name in [*names, *folders]):
            if path.is_symlink() and str(path.readlink()).startswith(str(old)):
                target = str(path.readlink()).replace(str(old), str(new))
                path.unlink()
                path.symlink_to(target)


def in_force(host: Host) -> str:
    """The one release that everything on the host belongs to: the link, every daemon, every linked file."""
    assert isinstance(host.machine, PretendedMachine)
    current = host.store.current()
    assert current is not None
    assert current.bundle.digests == host.machine.loaded()
    assert not os.path.lexists(host.layout.pending)
    for path, file in current.bundle.files.items():
        assert (file.text or "").splitlines()[0] == Path(host.layout.at(path)).read_text().splitlines()[0]
    return current.id


@pytest.mark.parametrize(("before", "pushed"), [BACK, FORTH], ids=["a service goes", "a service comes"])
def test_a_step_that_fails(root: Path, before: str, pushed: str) -> None:
    """
    Whichever step fails, the host serves wholly the old release and the error says so, or wholly the new one.
    """
    old, new = parse(before, KINDS).id, parse(pushed, KINDS).id
    for at, host, status, said in attempts(root, before, pushed, kill=False):
        state = in_force(host)
        expected = {0: new, 3: old, RolledBack.status: old}
        claim = {0: "", 3: "nothing was changed", RolledBack.status: f"back on {old}"}

        assert expected.get(status) == state, f"step {at}: {said}"
        assert claim[status] in said

        apply(host, pushed)
        assert new == in_force(host), f"step {at}: {said}"


@pytest.mark.parametrize(("before", "pushed"), [BACK, FORTH], ids=["a service goes", "a service comes"])
def test_a_kill_or_a_power_cut_at_any_step(root: Path, before: str, pushed: str) -> None:
    """
    Whenever the agent is killed, the guard, and whenever the power fails, the next boot, leaves the host wholly old or
    wholly new; the next push converges.
    """
    states = set()
    for at, host, status, _ in attempts(root, before, pushed, kill=True):
        assert status in (0, KILLED)
        another = copy(host, root / "another")
        for end in (killed(host), without_power(another)):
            states.add(in_force(end))
            apply(end, pushed)
            assert parse(pushed, KINDS).id == in_force(end), f"step {at}"
    assert {parse(before, KINDS).id, parse(pushed, KINDS).id} == states


def killed(host: Host) -> Host:
    """The host when the guard has done its work."""
    recovery.heal(host)
    return host


def without_power(host: Host) -> Host:
    """The host after a power cut and a boot."""
    assert isinstance(host.machine, PretendedMachine)
    host.machine.power_cut()
    shutil.rmtree(host.layout.run)
    recovery.boot(host)
    host.machine.start_all()
    return host
