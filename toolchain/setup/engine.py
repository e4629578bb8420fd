"""The Docker engine: used if it answers, else installed and started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from toolchain import cache
from toolchain.errors import StepFailed
from toolchain.process import runs
from toolchain.progress import run, say, tail
from toolchain.setup.packages import require

RUN = Path("/run")
LOG = Path("/var/log/hacomponents-dockerd.log")
STARTING = 60
"""Seconds for a daemon to answer after its start; it first clears up after containers of its last life."""


def start() -> None:
    """Have a Docker daemon that answers, and its command. Raises `StepFailed`."""
    if shutil.which("docker") and answers():
        return
    remote = os.environ.get("DOCKER_HOST")
    if remote and shutil.which("docker"):
        raise StepFailed("Docker", f"no daemon answers at {remote} ({_refusal()})", "start it, or unset DOCKER_HOST")
    # A client alone is no engine: some machines come with just that.
    require("docker.io", "ca-certificates", "iptables", command="dockerd")
    require("docker-cli", command="docker")
    if os.geteuid() != 0 and not answers():
        raise StepFailed("Docker", f"no daemon answers ({_refusal()})", "start it, or be in the group docker")
    if not _answers_within(_patience(), None):
        _start_by_systemd() if (RUN / "systemd" / "system").is_dir() else _start_by_hand()


def answers() -> bool:
    """Whether a daemon answers now."""
    return not _refusal()


def _refusal() -> str:
    """Why the daemon does not answer, in the command's words; "" if it does."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except subprocess.TimeoutExpired:
        return "no answer in 20 s"
    return "" if done.returncode == 0 else done.stderr.strip() or "no words"


def _patience() -> float:
    """Seconds that a daemon which is running already deserves: it may be about to answer."""
    return STARTING if _in_use(RUN / "docker.pid", "dockerd") else 0


def _start_by_systemd() -> None:
    remedy = "see `journalctl -u docker`, and start it by hand"
    run("Docker: starting it", ["systemctl", "enable", "--now", "docker"], cache.log("docker"), remedy=remedy)
    if not _answers_within(STARTING, None):
        raise StepFailed("Docker", f"started by systemd, but no answer after {STARTING} s: {_refusal()}", remedy)


def _start_by_hand() -> None:
    """Start the daemon as a process of its own that outlives this one: for machines without systemd."""
    say(f"==> Docker: starting dockerd (no systemd here; log: {LOG})")
    remedy = f"see {LOG}, end what is in the way, then run this again"
    if _in_use(RUN / "docker.pid", "dockerd"):
        pid = (RUN / "docker.pid").read_text().strip()
        raise StepFailed(
            "Docker", f"dockerd (process {pid}) does not answer: {_refusal()}", f"kill {pid}, run this again"
        )
    for leftover in leftovers(RUN):
        say(f"    removing {leftover}, left by a daemon that was killed")
        leftover.unlink()
    with LOG.open("ab") as log:
        daemon = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    if not _answers_within(STARTING, daemon):
        state = "still running" if daemon.poll() is None else f"exit {daemon.returncode}"
        raise StepFailed("Docker", f"$ dockerd    ({state}, no answer)\nlog: {LOG}\n{tail(LOG)}", remedy)


def leftovers(run: Path) -> list[Path]:
    """Files of a killed daemon that would keep the next one from starting.

    dockerd takes a recorded pid for itself or its containerd if any process has it, and takes containerd's socket for
    the system's own if it is there at all. Other sockets are replaced by their owners.

    Args:
        run: the folder /run.
    """
    pids = {run / "docker.pid": "dockerd", run / "docker" / "containerd" / "containerd.pid": "containerd"}
    dead = [file for file, program in pids.items() if file.exists() and not _in_use(file, program)]
    system = run / "containerd" / "containerd.sock"
    return dead + ([system] if system.exists() and not _listens(system) else [])


def _in_use(pid_file: Path, program: str) -> bool:
    """Whether the process in a pid file lives and is that program."""
    try:
        return runs(int(pid_file.read_text()), program)
    except (OSError, ValueError):
        return False


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


def _answers_within(seconds: float, daemon: subprocess.Popen[bytes] | None) -> bool:
    """Wait for an answer, as long as the daemon, if given, is alive."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (daemon is None or daemon.poll() is None):
        if answers():
            return True
        time.sleep(0.5)
    return False
