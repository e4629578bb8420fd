"""Requests from inside a client container. It runs there by itself: `python3 -c <this text> <command> <order as JSON>`.

`requests` answers a list of responses. `load` and `gap` write "running" after their first good answer, then how they
stand, five times a second, until standard input ends (or the bound of their order), then their report. Reports are JSON
on one line.
"""

from __future__ import annotations

import asyncio
import functools
import http.client
import json
import select
import socket
import ssl
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Order = dict[str, Any]
MOST_FAILURES_KEPT = 1000
PAUSE_AFTER_FAILURE = 0.02
TELL_EVERY = 0.2
SERVER_ERROR = 500
IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}  # RFC 9110, 9.2.2
# What a request meets that crosses the close of its connection on its way.
CLOSED = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)


def requests(order: Order) -> list[Order]:
    """So many requests, so many at once, each on a connection of its own."""
    with ThreadPoolExecutor(order["at_once"]) as pool:
        return list(pool.map(lambda _: _request(order), range(order["times"])))


def _request(order: Order) -> Order:
    started = time.monotonic()
    try:
        connection = Connection(order)
        try:
            answer, body = _exchange(connection, order)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        return {"error": _words(error), "seconds": time.monotonic() - started}
    return {
        "status": answer.status,
        "headers": answer.getheaders(),
        "body": body.decode(errors="replace"),
        "certificate": connection.certificate,
        "seconds": time.monotonic() - started,
    }


class Connection(http.client.HTTPConnection):
    """A connection of an order, by TLS or without, opened with the first request.

    Attributes:
        certificate: the server's, in PEM; empty without TLS.
    """

    certificate = ""

    def __init__(self, order: Order) -> None:
        url = urllib.parse.urlsplit(order["url"])
        if url.scheme == "https":
            self.default_port = 443
        super().__init__(url.hostname or "", url.port, timeout=order["timeout"])
        self._order = order

    def connect(self) -> None:
        """Connect, say what is to be said before the first byte of TLS or HTTP, and shake hands."""
        self.sock = socket.create_connection((_address(self._order), self.port), self.timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(self._order["preamble"].encode())
        context = _context(self._order)
        if context:
            secure = context.wrap_socket(self.sock, server_hostname=self.host)
            self.certificate = ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True) or b"")
            self.sock = secure


def _address(order: Order) -> str:
    return order["address"] or urllib.parse.urlsplit(order["url"]).hostname or ""


def _context(order: Order) -> ssl.SSLContext | None:
    return _tls(order["trust"]) if urllib.parse.urlsplit(order["url"]).scheme == "https" else None


@functools.cache
def _tls(trust: str) -> ssl.SSLContext:
    """How to shake hands: with whoever shows a certificate that leads to `trust` and is for the name asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trust:
        context.load_verify_locations(cadata=trust)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _exchange(connection: http.client.HTTPConnection, order: Order) -> tuple[http.client.HTTPResponse, bytes]:
    answer = _begin(connection, order)
    return answer, answer.read()


def _begin(connection: http.client.HTTPConnection, order: Order) -> http.client.HTTPResponse:
    connection.request(order["method"], _target(order), order["body"] or None, order["headers"])
    return connection.getresponse()


def _target(order: Order) -> str:
    url = urllib.parse.urlsplit(order["url"])
    return urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))


def _is_dropped(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has closed an idle connection: there is nothing else to read from one."""
    return connection.sock is not None and bool(select.select([connection.sock], [], [], 0)[0])


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


class Bound:
    """Ends when standard input does, or after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.started = time.monotonic()
        self._deadline = self.started + seconds
        self._closed = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        sys.stdin.read()
        self._closed.set()

    def over(self) -> bool:
        """Whether it has ended."""
        return self._closed.is_set() or time.monotonic() >= self._deadline

    def rest(self, seconds: float) -> None:
        """Wait so many seconds, or until the end."""
        self._closed.wait(seconds)


class Announcement:
    """Says "running", once, and from then on how it stands, until the end."""

    def __init__(self, bound: Bound, state: Callable[[], Order]) -> None:
        self._bound = bound
        self._state = state
        self._lock = threading.Lock()
        self._teller: threading.Thread | None = None

    def make(self) -> None:
        """Say it, or leave it where it was said."""
        with self._lock:
            if self._teller is None:
                self._say("running")
                self._teller = threading.Thread(target=self._tell)
                self._teller.start()

    def end(self) -> None:
        """Wait until nothing more is said."""
        if self._teller:
            self._teller.join()

    def _tell(self) -> None:
        while not self._bound.over():
            self._say(json.dumps(self._state()))
            self._bound.rest(TELL_EVERY)

    @staticmethod
    def _say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Load:
    """Connections that ask one request after another, kept alive as long as the server likes.

    A server may close a connection that is idle, which counts as `reopened`. As clients with a pool do, this one looks
    whether it has, before it asks. A request that crosses the close on its way, and gets no byte of an answer, is sent
    again on a new connection where HTTP allows it (RFC 9112, 9.3.1: idempotent methods); else it is a failure that
    `crossed`.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._bound = Bound(order["seconds"])
        self._running = Announcement(self._bound, self._state)
        self._lock = threading.Lock()
        self.requests = 0
        self.reopened = 0
        self.resent = 0
        self.slowest = 0.0
        self.failures: list[tuple[float, str, bool]] = []

    def run(self) -> Order:
        """Ask until the end; the report."""
        threads = [threading.Thread(target=self._keep_asking) for _ in range(self._order["connections"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._running.end()
        return {
            "began": self._bound.started,
            "requests": self.requests,
            "reopened": self.reopened,
            "resent": self.resent,
            "slowest": self.slowest,
            "failures": self.failures,
        }

    def _state(self) -> Order:
        return {"requests": self.requests, "failed": len(self.failures)}

    def _keep_asking(self) -> None:
        connection = Connection(self._order)
        while not self._bound.over() and len(self.failures) < MOST_FAILURES_KEPT:
            started = time.monotonic()
            if _is_dropped(connection):
                self._reopen(connection)
            failure, crossed = self._ask(connection)
            self._count(started, failure, crossed)
            if failure:
                connection.close()
            else:
                self._running.make()
            self._bound.rest(max(self._order["think_time"], PAUSE_AFTER_FAILURE if failure else 0))
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> tuple[str, bool]:
        """The failure, or nothing; and whether it crossed the close of its connection."""
        is_kept = connection.sock is not None
        try:
            answer = _begin(connection, self._order)
        except CLOSED as error:
            if not is_kept or self._order["method"] not in IDEMPOTENT:
                return _words(error), is_kept
            self._reopen(connection)
            with self._lock:
                self.resent += 1
            return self._ask(connection)
        except (OSError, http.client.HTTPException) as error:
            return _words(error), False
        return self._judge(answer), False

    def _judge(self, answer: http.client.HTTPResponse) -> str:
        """What is wrong with an answer, or nothing."""
        try:
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return _words(error)
        if answer.status in self._order["expected"]:
            return ""
        return f"HTTP {answer.status}: {body[:100].decode(errors='replace')!r}"

    def _reopen(self, connection: http.client.HTTPConnection) -> None:
        connection.close()
        with self._lock:
            self.reopened += 1

    def _count(self, started: float, failure: str, crossed: bool) -> None:  # noqa: FBT001
        with self._lock:
            self.requests += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
            if failure:
                self.failures.append((started - self._bound.started, failure, crossed))


class Gap:
    """A new connection at every step, whatever became of the earlier ones; any HTTP answer below 500 is good."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._bound = Bound(order["seconds"])
        self._running = Announcement(self._bound, self._state)
        self._good = self._bound.started
        self._url = urllib.parse.urlsplit(order["url"])
        self.attempts: list[tuple[float, str]] = []

    async def run(self) -> Order:
        """Try until the end; the report."""
        waiting: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not self._bound.over():
            task = asyncio.create_task(self._attempt())
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            due = max(due + self._order["every"], time.monotonic())
            await asyncio.sleep(due - time.monotonic())
        await asyncio.gather(*waiting)
        self._running.end()
        return {"began": self._bound.started, "attempts": len(self.attempts), **_gaps(sorted(self.attempts))}

    def _state(self) -> Order:
        return {"silence": time.monotonic() - self._good}

    async def _attempt(self) -> None:
        started = time.monotonic()
        try:
            await asyncio.wait_for(self._exchange(), self._order["timeout"])
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.attempts.append((started - self._bound.started, _words(error)))
        else:
            self.attempts.append((started - self._bound.started, ""))
            self._good = max(self._good, started)
            self._running.make()

    async def _exchange(self) -> None:
        context = _context(self._order)
        reader, writer = await asyncio.open_connection(
            _address(self._order), self._url.port or (443 if context else 80)
        )
        try:
            writer.write(self._order["preamble"].encode())
            if context:
                await writer.start_tls(context, server_hostname=self._url.hostname)
            host = f"Host: {self._url.netloc}\r\nConnection: close\r\n\r\n"
            writer.write(f"{self._order['method']} {_target(self._order)} HTTP/1.1\r\n{host}".encode())
            line = await reader.readuntil(b"\n")
        finally:
            writer.close()
        if int(line.split()[1]) >= SERVER_ERROR:
            message = line.decode().strip()
            raise ValueError(message)


def _gaps(attempts: list[tuple[float, str]]) -> Order:
    """Every run of failed attempts: from the good one before it to the good one after it (or the end)."""
    gaps: list[tuple[float, float]] = []
    failures: list[tuple[float, str]] = []
    good, inside = 0.0, False
    for started, failure in attempts:
        if failure:
            failures.append((started, failure))
        elif inside:
            gaps.append((good, started - good))
        inside = bool(failure)
        good = good if failure else started
    if inside:
        gaps.append((good, attempts[-1][0] - good))
    return {"gaps": gaps, "failures": failures[:MOST_FAILURES_KEPT]}


COMMANDS: dict[str, Callable[[Order], object]] = {
    "requests": requests,
    "load": lambda order: Load(order).run(),
    "gap": lambda order: asyncio.run(Gap(order).run()),
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](json.loads(sys.argv[2]))))
