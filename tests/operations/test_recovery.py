"""What is known of a run that was killed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from hacomponents.operations.processes import orphans
from hacomponents.operations.recovery import Lock, locks
from hacomponents.testing.poll import eventually
from tests.toolchain.process import living

if TYPE_CHECKING:
    from pathlib import Path

HERE = socket.gethostname()
SINCE = "2026-11-21T10:00:00Z"
MARKS = ("pulumi-resource-",)


@pytest.mark.parametrize(
    ("program", "hostname", "dead"),
    [("pulumi", HERE, False), ("firefox", HERE, True), ("pulumi", "elsewhere", False), ("firefox", "elsewhere", False)],
)
def test_whose_process_has_the_locks_number(tmp_path: Path, program: str, hostname: str, *, dead: bool) -> None:
    """
    A lock lives while a `pulumi` has its number; of another machine's processes nothing is known.
    """
    with living(tmp_path, program) as pid:
        assert Lock(pid, hostname, "root", SINCE).dead() == dead


def test_a_lock_without_a_process() -> None:
    """
    The lock of a process that has ended is dead.
    """
    process = subprocess.Popen(["true"])
    process.wait()

    assert Lock(process.pid, HERE, "root", SINCE).dead()


def test_locks_of_a_file_backend(tmp_path: Path) -> None:
    """
    The locks are found where Pulumi 3.251 puts them, in a folder with spaces too, and only the stack's own.
    """
    root = tmp_path / "my state"
    document = {"pid": 7, "username": "eve", "hostname": HERE, "timestamp": SINCE}
    for stack in ("blue", "green"):
        folder = root / ".pulumi" / "locks" / "organization" / "shop" / stack
        folder.mkdir(parents=True)
        (folder / "0e8300af.json").write_text(json.dumps(document | {"username": stack}))
        (folder / "0e8300af.json.attrs").write_text("{}")

    assert locks(root.as_uri(), "shop", "blue") == [Lock(7, HERE, "blue", SINCE)]
    assert locks("s3://state", "shop", "blue") == []


def test_a_plugin_without_an_engine_is_an_orphan(tmp_path: Path) -> None:
    """
    A plugin is an orphan when the process that started it has ended, not before.
    """
    shutil.copy("/bin/sleep", tmp_path / "pulumi-resource-test")
    script = f"{tmp_path}/pulumi-resource-test 600 & echo $!; read -r _"
    with subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        pid = int(engine.stdout.readline())
        try:
            assert pid not in orphans(MARKS)
            engine.kill()
            engine.wait()
            eventually(lambda: pid in orphans(MARKS))
        finally:
            os.kill(pid, 9)
