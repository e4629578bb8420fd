"""`. toolchain/env`, in the shells that users have. The clone must be set up."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from toolchain.clone import BIN, ROOT, VENV

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
PASSPHRASE = ".config/hacomponents/passphrase"


def sourced(shell: str, home: Path, script: str = "env", **given: str) -> str:
    """What a shell with a small environment prints after it has sourced the file."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), **given}
    command = [shell, "-c", f". toolchain/env && {script}"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_clones_tools_come_first(shell: str, tmp_path: Path) -> None:
    """
    `pulumi` and `python` are the clone's.
    """
    printed = sourced(shell, tmp_path, "unset -f pulumi; command -v pulumi; command -v python")

    assert printed.splitlines() == [str(BIN / "pulumi"), str(VENV / "bin" / "python")]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_failed_command_ends_with_the_remedy(shell: str, tmp_path: Path) -> None:
    """
    `pulumi up` that fails keeps its exit status, and its last line is how to go on; other commands say nothing more.
    """
    script = "{ cd /; pulumi up --frobnicate; echo $?; pulumi version; pulumi frobnicate; true; } 2>&1"
    lines = sourced(shell, tmp_path, script).splitlines()
    status = lines.index("1")

    assert lines[status - 1].startswith("remedy: ")
    assert [line for line in lines if line.startswith("remedy: ")] == [lines[status - 1]]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_new_user_gets_a_local_backend_and_a_passphrase(shell: str, tmp_path: Path) -> None:
    """
    State goes to the home folder; the passphrase is random, only the user can read it, and it stays the same.
    """
    file = tmp_path / PASSPHRASE
    first = sourced(shell, tmp_path)
    passphrase = file.read_text()

    assert f"PULUMI_BACKEND_URL={tmp_path.as_uri()}\n" in first
    assert f"PULUMI_CONFIG_PASSPHRASE_FILE={file}\n" in first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(passphrase) >= 32
    sourced(shell, tmp_path)
    assert file.read_text() == passphrase


@pytest.mark.parametrize(
    ("given", "not_added"),
    [
        ({"PULUMI_BACKEND_URL": "s3://state"}, "PULUMI_BACKEND_URL=file:"),
        ({"PULUMI_CONFIG_PASSPHRASE": ""}, "PULUMI_CONFIG_PASSPHRASE_FILE="),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "/own"}, f"/{PASSPHRASE}"),
    ],
)
def test_what_is_set_already_is_kept(given: dict[str, str], not_added: str, tmp_path: Path) -> None:
    """
    A backend and a passphrase of the user's own stay, an empty passphrase too.
    """
    printed = sourced("bash", tmp_path, **given)

    assert all(f"{name}={value}\n" in printed for name, value in given.items())
    assert not_added not in printed


@pytest.mark.parametrize(
    ("credentials", "local"),
    [({"current": "https://pulumi.example"}, False), ({"current": ""}, True), ({}, True)],
)
def test_a_login_elsewhere_is_kept(credentials: dict[str, str], tmp_path: Path, *, local: bool) -> None:
    """
    Who has chosen a backend by `pulumi login` is not given another one; who has logged out is.
    """
    (tmp_path / ".pulumi").mkdir()
    (tmp_path / ".pulumi" / "credentials.json").write_text(json.dumps(credentials))

    assert ("PULUMI_BACKEND_URL=" in sourced("bash", tmp_path)) == local


def test_outside_of_the_clone(tmp_path: Path) -> None:
    """
    Sourced elsewhere, it sets nothing and says what to do.
    """
    command = ["sh", "-c", f". {ROOT}/toolchain/env; echo ${{PULUMI_BACKEND_URL-unset}}"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )

    assert done.stdout == "unset\n"
    assert "source it in the root of the clone" in done.stderr
