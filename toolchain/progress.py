"""Telling the user what is being done. All of it goes to standard error: standard output is for results."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from toolchain.errors import StepFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TICK = 1.0
"""Seconds between two looks at a running command."""
QUIET = 20.0
"""Seconds between two lines of progress where there is no terminal."""
SHOWN = 15
"""Last lines of a log that an error shows."""


def say(text: str) -> None:
    """Write one line."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(
    step: str, command: Sequence[str], log: Path, *, remedy: str, env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> None:  # fmt: skip
    """Run a long command, and show its progress: time and the last line that it wrote.

    Args:
        step: what it does, for the user.
        command: words of it; it has no standard input.
        log: file that its output goes to.
        remedy: what the user can do when it fails.
        env: its environment. Default: this process'.
        timeout: seconds after which it is killed. Default: none.

    Raises:
        StepFailed: it ended with a failure, or was not done in time; with the last lines of the log.
    """
    say(f"==> {step}")
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with log.open("wb") as output:
        process = _start(step, command, output.fileno(), env, remedy)
        try:
            _follow(process, log, start, timeout)
        finally:
            process.kill()
    if process.wait() != 0:
        raise StepFailed(
            step, f"$ {' '.join(command)}    ({_ending(process.returncode)})\nlog: {log}\n{tail(log)}", remedy
        )
    say(f"    done in {time.monotonic() - start:.0f} s")


def instead(error: StepFailed, what: str) -> None:
    """Tell that a step failed, why, and what is done instead: no error to the user."""
    say(f"==> {error.step}\n    not to be had: {error.cause.splitlines()[-1].strip()}\n    instead: {what}")


def tail(log: Path) -> str:
    """The last lines of a log, as an error shows them."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-SHOWN:])


def last_line(log: Path) -> str:
    """The last line of a log that is not empty; "" if there is none yet."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _start(
    step: str, command: Sequence[str], output: int, env: Mapping[str, str] | None, remedy: str
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env)
    except OSError as error:
        raise StepFailed(step, f"$ {' '.join(command)}\n{error}", remedy) from error


def _follow(process: subprocess.Popen[bytes], log: Path, start: float, timeout: float | None) -> None:
    """Show progress until the process is over or its time is; a terminal's line is overwritten each second."""
    terminal = sys.stderr.isatty()
    told = start
    while timeout is None or time.monotonic() < start + timeout:
        try:
            process.wait(TICK)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if terminal:
                sys.stderr.write(f"\r\033[K{_state(now - start, log)}")
                sys.stderr.flush()
            elif now - told >= QUIET:
                say(_state(now - start, log))
                told = now
        else:
            break
    if terminal:
        sys.stderr.write("\r\033[K")


def _state(elapsed: float, log: Path) -> str:
    return f"    {elapsed:4.0f} s  {last_line(log)}"[: shutil.get_terminal_size().columns - 1]


def _ending(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"killed by signal {-code}"
