"""Connections to SSH servers, dialled as the official plugin dials: with patience."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import socket
import time
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, TypeVar

import asyncssh

from toolchain.plugins.command.credentials import Credentials, credentials
from toolchain.plugins.rpc import Context, RequestFailed, Severity, Values

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

_T = TypeVar("_T")
_TICK = 0.1
"""Seconds between two looks at whether the engine has cancelled."""
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.1, 1.5, 5.0
"""Seconds before the second attempt, the factor from pause to pause, and the most seconds of one."""
_REJECTIONS = {
    asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED: "administratively prohibited",
    asyncssh.OPEN_CONNECT_FAILED: "connect failed",
    asyncssh.OPEN_UNKNOWN_CHANNEL_TYPE: "unknown channel type",
    asyncssh.OPEN_RESOURCE_SHORTAGE: "resource shortage",
}
_FINAL = (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed)
"""Failures that no further attempt mends."""


@asynccontextmanager
async def connected(ctx: Context, connection: Values) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """Be connected to `connection`'s host, through its proxy if it has one.

    A failure to dial is tried again `dialErrorLimit` times (for ever if negative), also a refused key: a machine that
    is starting may not know its users yet. A wrong host key is final, and so is what is wrong before dialling.
    """
    proxy = connection.get("proxy")
    async with contextlib.AsyncExitStack() as stack:
        try:
            tunnel = await stack.enter_async_context(await _dial(ctx, proxy, "proxy ", None)) if proxy else None
            client = await stack.enter_async_context(await _dial(ctx, connection, "", tunnel))
        except RequestFailed as error:
            raise RequestFailed(f"proxy: {error}" if proxy else str(error)) from error
        yield client


def deadline(ctx: Context) -> float:
    """Return when `custom_timeouts` end the operation that begins now, in time.monotonic()'s seconds."""
    return time.monotonic() + ctx.timeout if ctx.timeout else math.inf


async def _dial(
    ctx: Context, connection: Values, whom: str, tunnel: asyncssh.SSHClientConnection | None
) -> asyncssh.SSHClientConnection:
    """Connect; after a failure say so, pause, and try again."""
    keys = await credentials(connection)
    limit, end = connection["dialErrorLimit"], deadline(ctx)
    for attempt in count(1):
        try:
            return await _until_cancelled(ctx, _attempt(connection, keys, tunnel), end)
        except _FINAL as error:
            raise RequestFailed(_explained(error, connection)) from error
        except (OSError, asyncssh.Error) as error:
            if 0 <= limit < attempt:
                raise RequestFailed(f"after {limit} failed attempts: {_explained(error, connection)}") from error
        ctx.log(Severity.INFO, f"Dial {whom}{attempt}/{'inf' if limit < 0 else limit} failed: retrying", ephemeral=True)
        pause = min(_FIRST_PAUSE * _GROWTH ** (attempt - 1), _LONGEST_PAUSE)
        await _until_cancelled(ctx, asyncio.sleep(pause), end)
    raise AssertionError  # count() has no end


async def _attempt(
    connection: Values, keys: Credentials, tunnel: asyncssh.SSHClientConnection | None
) -> asyncssh.SSHClientConnection:
    async with asyncio.timeout(connection["perDialTimeout"] or None):
        return await asyncssh.connect(
            connection["host"],
            int(connection["port"]),
            username=connection["user"],
            password=connection.get("password"),
            client_keys=keys.keys or None,
            agent_path=None,
            known_hosts=([keys.host_key], [], []) if keys.host_key else None,
            tunnel=tunnel or (),
            config=None,
            login_timeout=0,
        )


async def _until_cancelled(ctx: Context, work: Awaitable[_T], end: float) -> _T:
    """Await `work` until the engine cancels or time.monotonic() passes `end`, at most; then RequestFailed."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_TICK)
        reason = _over(ctx, end)
        if reason and not task.done():
            task.cancel()
            await asyncio.wait({task})
            raise RequestFailed(reason)
    return task.result()


def _over(ctx: Context, end: float) -> str | None:
    if ctx.cancelled.is_set():
        return "context canceled"
    return "context deadline exceeded" if time.monotonic() > end else None


def _explained(error: OSError | asyncssh.Error, connection: Values) -> str:
    """Say what went wrong, in the words of Go's net and ssh packages."""
    host, address, user = connection["host"], f"{connection['host']}:{connection['port']}", connection["user"]
    match error:
        case ConnectionResetError():
            # The kernel refuses a connection; it is a peer that resets one.
            return "ssh: handshake failed: connection reset by peer"
        case OSError():
            return _explained_network(error, host, address)
        case asyncssh.ChannelOpenError():
            return f"ssh: rejected: {_REJECTIONS.get(error.code, 'unknown reason')} ({error.reason})"
        case asyncssh.HostKeyNotVerifiable():
            return f"ssh: handshake failed: ssh: host key mismatch: {address} is not the host whose key was given"
        case asyncssh.PermissionDenied():
            return f"ssh: handshake failed: ssh: unable to authenticate as {user} at {address}: {error.reason}"
        case _:
            return f"ssh: handshake failed: {error.reason}"


def _explained_network(error: OSError, host: str, address: str) -> str:
    match error:
        case TimeoutError():
            return f"dial tcp {address}: i/o timeout"
        case socket.gaierror():
            return f"dial tcp: lookup {host}: no such host"
        case _:
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            return f"dial tcp {address}: connect: {reason}"
