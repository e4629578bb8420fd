"""Running a script on another machine."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import asyncssh

from toolchain.plugins.command.capture import Capture, Output, Stream
from toolchain.plugins.command.failure import failed
from toolchain.plugins.command.ssh import connected, deadline
from toolchain.plugins.rpc import RequestFailed

if TYPE_CHECKING:
    from toolchain.plugins.rpc import Context, Values

_PIECE = 65536
"""Bytes read at a time."""


def run(ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
    """Run `script` by the login shell of the connection's user, to its end and that of all that holds its output open.

    `environment` is offered to the server, which takes what its AcceptEnv names. Cancelling stops the dialling, but a
    script that runs is let finish: the state should say what is there. RequestFailed: no connection, or a status
    other than 0.
    """
    if ctx.cancelled.is_set():
        raise failed("context canceled", script, "")
    if inputs.get("environment"):
        raise RequestFailed("this plugin passes no environment to remote commands: set variables in the script")
    return asyncio.run(_run(ctx, script, inputs, environment))


async def _run(ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
    capture = Capture(ctx, inputs)
    end = deadline(ctx)
    async with connected(ctx, inputs["connection"]) as client:
        try:
            process = await client.create_process(script, env=environment, encoding=None)
        except asyncssh.Error as error:
            raise failed(f"ssh: {error.reason}", script, "") from error
        try:
            async with asyncio.timeout_at(end):
                await _finish(process, capture, inputs.get("stdin", ""))
        except TimeoutError as error:
            process.kill()  # servers pass it on for users other than root
            raise failed("context deadline exceeded", script, capture.interleaved()) from error
    if process.exit_status != 0:
        raise failed(_status(process), script, capture.interleaved())
    return capture.output()


async def _finish(process: asyncssh.SSHClientProcess[bytes], capture: Capture, stdin: str) -> None:
    writing = asyncio.ensure_future(_write(process.stdin, stdin.encode()))
    await asyncio.gather(_read(process.stdout, capture.stdout), _read(process.stderr, capture.stderr))
    await process.wait_closed()
    writing.cancel()  # a script need not read its input


async def _write(stdin: asyncssh.SSHWriter[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, asyncssh.Error):
        for start in range(0, len(data), _PIECE):
            stdin.write(data[start : start + _PIECE])
            await stdin.drain()
        stdin.write_eof()


async def _read(source: asyncssh.SSHReader[bytes], stream: Stream) -> None:
    with contextlib.suppress(OSError, asyncssh.Error):  # a lost connection shows in the missing status
        while piece := await source.read(_PIECE):
            stream.feed(piece)
    stream.close()


def _status(process: asyncssh.SSHClientProcess[bytes]) -> str:
    if process.exit_signal:
        name = process.exit_signal[0]
        return f"Process exited with status {_signal_status(name)} from signal {name}"
    if process.exit_status is None:
        return "wait: remote command exited without exit status or exit signal"
    return f"Process exited with status {process.exit_status}"


def _signal_status(name: str) -> int:
    """Return 128 + the signal's number; 128 for those that RFC 4254 numbers on no system (USR1, USR2)."""
    return 128 if name.startswith("USR") else 128 + signal.Signals[f"SIG{name}"].value
