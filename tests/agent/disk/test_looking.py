"""Looking at what another process writes, renames and removes meanwhile: whole, or gone, and never an error."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.__main__ import main
from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.disk import audit, files
from hacomponents.agent.disk.draining import UP
from hacomponents.agent.errors import Busy
from hacomponents.agent.host import Host
from hacomponents.agent.procedures.push import apply
from hacomponents.agent.supervisor import Program
from hacomponents.testing import eventually
from tests.agent.beside import again_and_again
from tests.agent.samples import text

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKS = 2000
BALANCERS = {"10.0.0.21", "10.0.0.22"}


@pytest.fixture(autouse=True)
def _memory_is_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on /run, where the disk is waited for by nobody: the other process is as fast as it can be."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_balancers_that_ask_while_a_server_waits_for_them(host: Host) -> None:
    """
    Whoever waits until all balancers know of a server sees both of them at each look, while they ask.
    """
    draining = host.draining
    with again_and_again(*(partial(draining.tell, 3000, balancer) for balancer in BALANCERS)):
        looks = {(draining.is_asked(3000), draining.is_known(3000, UP)) for _ in range(LOOKS)}

    assert {(True, True)} == looks


def test_a_note_that_is_gone_is_no_balancer(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A note that is removed between the list and the look at it is nobody's.
    """
    host.draining.tell(3000, "10.0.0.21")
    monkeypatch.setattr(os, "listdir", lambda _: ["10.0.0.21", "10.0.0.22"])

    assert host.draining.is_known(3000, UP)
    Path(host.layout.run, "balancers", "3000", "10.0.0.21").unlink()
    assert not host.draining.is_asked(3000)


def test_the_release_in_force_while_a_push_swaps_it(host: Host) -> None:
    """
    Who looks at a host without its lock finds the one release, the other one or none, whatever a push does.
    """
    documents = (text(), text(body="another"))
    for document in documents:
        apply(host, document)
    one, other = (host.store.load(parse(document, KINDS).id) for document in documents)

    def put_aside_and_back() -> None:
        host.store.swap(other.id)
        files.rename(one.path, one.path + ".rejected")
        files.rename(one.path + ".rejected", one.path)
        host.store.swap(one.id)
        host.store.swap(None)

    seen: set[str | None] = set()

    def look() -> bool:
        seen.update(_found(host) for _ in range(LOOKS))
        return len(seen) > 2

    with again_and_again(put_aside_and_back):
        eventually(look, within=60)

    assert {one.id, other.id, None} == seen


def _found(host: Host) -> str | None:
    found = host.store.current()
    return found.id if found else None


def test_a_release_that_is_broken_is_an_error(host: Host) -> None:
    """
    A release in force without its bundle is no race: it is told.
    """
    apply(host, text())
    Path(host.layout.current, "bundle.json").unlink()

    with pytest.raises(FileNotFoundError):
        host.store.current()


def test_secrets_that_come_while_others_are_forgotten(host: Host, tmp_path: Path) -> None:
    """
    A secret that is on its way to this host while a push ends is not taken for an old one.
    """
    value = {"new": {"digest": "fedcba9876543210", "value": "x" * 1000}}
    put = partial(Host(str(tmp_path), host.machine).vault.put, json.dumps({"secrets": value}))

    with again_and_again(put):
        for _ in range(LOOKS):
            host.vault.keep_only([])


def test_notes_that_two_write_at_the_turn_of_the_log(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The log is turned over by one of those who write it, and no note is lost.
    """
    monkeypatch.setattr(audit, "LIMIT", 4000)
    note = partial(audit.note, host.layout, "x" * 100)

    with again_and_again(note):
        for _ in range(LOOKS):
            note()

    assert Path(host.layout.audit + ".1").stat().st_size > audit.LIMIT


@pytest.mark.parametrize(
    ("look", "gone"), [(files.names, []), (files.modified, None), (files.target, None), (files.text, "")]
)
def test_what_is_gone_is_gone(tmp_path: Path, look: Callable[[str], object], gone: object) -> None:
    """
    What another process has removed is no error.
    """
    assert gone == look(str(tmp_path / "gone"))


def test_what_is_still_being_written_is_not_there_yet(tmp_path: Path) -> None:
    """
    A folder's names are those of what is whole, in order.
    """
    for name in ("b", "a", "c.new"):
        (tmp_path / name).touch()

    assert ["a", "b"] == files.names(str(tmp_path))


def test_a_file_that_another_process_removes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Two remove the same file: it is gone, and neither fails.
    """
    monkeypatch.setattr(os.path, "lexists", lambda _: True)

    files.remove(str(tmp_path / "gone"))


def test_only_whole_starts_are_read(host: Host) -> None:
    """
    A service that starts writes down what it serves in one step: whoever reads sees the start before it, or this one.
    """
    name, digest = "nginx", "0123456789ab"
    run = host.supervisor.run_files(name, Program(["true"], "TERM"), digest, "feedfeedfeed")[f"runit/{name}/run"]
    host.prepare()
    start = [line for line in run.splitlines() if host.layout.loaded in line]

    with again_and_again(partial(os.system, "; ".join(start))):
        seen = {host.supervisor.started_with(name) for _ in range(LOOKS)}

    assert {digest} == seen


def test_two_who_ask_keepalived(host: Host) -> None:
    """
    Keepalived writes what it runs to one place, for whoever asks: a push is told its digest at each question, while a
    peer asks as well.
    """
    apply(host, text())
    release = host.store.current()
    service = host.keepalived(release)
    assert release is not None
    assert service is not None
    ask = host.daemon(service).serving

    with again_and_again(ask):
        seen = {ask() for _ in range(LOOKS)}

    assert {release.bundle.digest(service)} == seen


def test_secrets_wait_for_the_end_of_a_push(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Secrets that come while somebody changes the host are refused, with who that is, and none is written.
    """
    value = {"new": {"digest": "fedcba9876543210", "value": "x"}}
    monkeypatch.setattr("hacomponents.agent.__main__._input", lambda: json.dumps({"secrets": value}))

    with host.changing("apply 0123"):
        status = main(["secret"], host)

    assert Busy.status == status
    assert "is being changed by apply 0123" in capsys.readouterr().err
    assert 0 == main(["secret"], host)
