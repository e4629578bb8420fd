"""Running a script on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from threading import Thread
from typing import IO, TYPE_CHECKING

from toolchain.plugins.command.capture import Capture, Output, Stream
from toolchain.plugins.command.failure import failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from toolchain.plugins.rpc import Context, Values

_SHELL = ["/bin/sh", "-c"]
_PIECE = 65536
"""Bytes read at a time."""
_TICK = 0.05
"""Seconds between two looks at whether the run was cancelled."""
_GRACE = 2.0
"""Seconds to read on after a kill: what left the process group may hold the pipes for ever."""
_NAMED_SIGNALS = 15
"""Go has words for signals up to this one."""


def run(ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
    """Run `script` to its end, and to the end of all that holds its output open.

    It is the last argument of the interpreter (/bin/sh -c), in a process group of its own, with the environment of this
    process, the inputs' `environment` and `environment`, in this order. RequestFailed: it could not start, its status
    is not 0, or it was killed because of the engine's cancellation or the timeout.
    """
    if ctx.cancelled.is_set():
        raise failed("context canceled", script, "")
    capture = Capture(ctx, inputs)
    process = _start(script, inputs, _environment(inputs) | environment)
    _finish(ctx, process, _pumps(process, capture, inputs.get("stdin", "")))
    if process.returncode != 0:
        raise failed(_status(process.returncode), script, capture.interleaved())
    return capture.output()


def _environment(inputs: Values) -> dict[str, str]:
    given: dict[str, str] = inputs.get("environment", {})
    return {name: value for name, value in os.environ.items() if name != "PULUMI_CONFIG_PASSPHRASE"} | given


def _start(script: str, inputs: Values, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [*(inputs.get("interpreter") or _SHELL), script]
    program = _found(command[0], script)
    directory = inputs.get("dir") or None
    try:
        return subprocess.Popen(
            command,
            executable=program,
            stdin=subprocess.PIPE if inputs.get("stdin") else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=directory,
            env=environment,
            process_group=0,
        )
    except OSError as error:
        what = f"chdir {directory}" if error.filename == directory else f"fork/exec {program}"
        raise failed(f"{what}: {os.strerror(error.errno or 0).lower()}", script, "") from error
    except ValueError as error:  # a NUL
        raise failed(f"fork/exec {program}: invalid argument", script, "") from error


def _found(program: str, script: str) -> str:
    if not program:
        raise failed("exec: no command", script, "")
    if "/" in program:
        return program
    if found := shutil.which(program):
        return found
    raise failed(f'exec: "{program}": executable file not found in $PATH', script, "")


def _pumps(process: subprocess.Popen[bytes], capture: Capture, stdin: str) -> list[Thread]:
    """Start moving bytes; return the threads whose end is the end of the output."""
    pumps = [
        Thread(target=_read, args=(process.stdout, capture.stdout), daemon=True),
        Thread(target=_read, args=(process.stderr, capture.stderr), daemon=True),
    ]
    for thread in (*pumps, Thread(target=_write, args=(process.stdin, stdin), daemon=True)):
        thread.start()
    return pumps


def _read(pipe: IO[bytes], stream: Stream) -> None:
    with pipe:
        while piece := os.read(pipe.fileno(), _PIECE):
            stream.feed(piece)
    stream.close()


def _write(pipe: IO[bytes] | None, text: str) -> None:
    if pipe:
        with contextlib.suppress(BrokenPipeError), pipe:  # a script need not read its input
            pipe.write(text.encode())


def _finish(ctx: Context, process: subprocess.Popen[bytes], pumps: list[Thread]) -> None:
    """Wait for the end, or kill the process group when the run is cancelled or its time is over."""
    end = time.monotonic() + ctx.timeout if ctx.timeout else float("inf")
    while any(pump.is_alive() for pump in pumps) or process.poll() is None:
        if ctx.cancelled.is_set() or time.monotonic() > end:
            _kill(process, pumps)
            return
        _wait(process, pumps)


def _wait(process: subprocess.Popen[bytes], pumps: list[Thread]) -> None:
    alive = [pump for pump in pumps if pump.is_alive()]
    if alive:
        alive[0].join(_TICK)
    else:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TICK)


def _kill(process: subprocess.Popen[bytes], pumps: list[Thread]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pump in pumps:
        pump.join(_GRACE)


def _status(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    name = signal.strsignal(-code) if -code <= _NAMED_SIGNALS else None
    return f"signal: {name.lower()}" if name else f"signal: signal {-code}"
