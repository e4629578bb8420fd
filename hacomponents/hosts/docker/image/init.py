#!/usr/bin/python3
"""Process 1 of a container that is a small machine: starts a runsv for each directory of /etc/service, buries the dead.

runsvdir does the same, but finds a new directory only after up to five seconds, and cannot stop keepalived before the
rest. SIGUSR1: look for new directories now. SIGTERM: stop everything, keepalived first, and end.
"""

import os
import signal
import subprocess
import sys
import time
import typing
from pathlib import Path

SERVICES = Path("/etc/service")
RUN = Path("/run/hacomponents")
AGENT = Path("/usr/local/sbin/hacomponents-agent")
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD)
RESCAN = 5  # seconds
GRACE = 8  # seconds for all services to end; Docker kills after ten
HANDOVER = 2  # seconds of it for keepalived
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def say(text: str) -> None:
    """Write a line for `docker logs`."""
    sys.stderr.write(f"init: {text}\n")
    sys.stderr.flush()


def spawn(command: typing.List[str], folder: typing.Optional[Path] = None) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own, without the signals that this process keeps blocked for itself."""

    def unblock() -> None:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)

    return subprocess.Popen(command, cwd=folder, preexec_fn=unblock)  # noqa: PLW1509 - this process has one thread


def service_names() -> typing.List[str]:
    """Return the services of the moment."""
    return sorted(path.name for path in SERVICES.iterdir() if not path.name.startswith("."))


def start_missing(running: typing.Dict[int, str]) -> None:
    """Start a runsv for each service that has none; ``running``, names by pid, is brought up to date."""
    for name in service_names():
        if name not in running.values():
            running[spawn(["runsv", name], SERVICES).pid] = name


def bury(running: typing.Dict[int, str]) -> None:
    """Reap every process that has ended: runsv's, and orphans of all kinds."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        running.pop(pid, None)


def stop(names: typing.List[str], seconds: float) -> None:
    """Stop services, each as its own script says; after ``seconds``, kill."""
    if names:
        spawn(
            ["sv", "-w", str(max(1, int(seconds))), "force-shutdown", *(str(SERVICES / name) for name in names)]
        ).wait()


def shut_down() -> None:
    """End everything, keepalived first: the peer takes the VIP at once, and new requests go there."""
    deadline = time.monotonic() + GRACE
    say("stopping")
    names = service_names()
    stop([name for name in names if name == "keepalived"], HANDOVER)
    stop([name for name in names if name != "keepalived"], deadline - time.monotonic())
    say("stopped")


def boot() -> None:
    """Make what does not outlive the power, and let the agent, if it is here already, do the same."""
    (RUN / "supervise").mkdir(parents=True, exist_ok=True)
    SERVICES.mkdir(parents=True, exist_ok=True)
    (RUN / "init.pid").write_text(f"{os.getpid()}\n")
    if AGENT.exists() and spawn([str(AGENT), "boot"]).wait() != 0:
        say("the agent could not boot")


def main() -> None:
    """Boot, supervise until SIGTERM, shut down."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    for number in HANDLED:  # process 1 is sent only what it handles
        signal.signal(number, lambda *_: None)
    os.environ["PATH"] = PATH
    boot()
    running: typing.Dict[int, str] = {}
    while True:
        start_missing(running)
        received = signal.sigtimedwait(HANDLED, RESCAN)
        bury(running)
        if received and received.si_signo in (signal.SIGTERM, signal.SIGINT):
            shut_down()
            return


if __name__ == "__main__":
    main()
