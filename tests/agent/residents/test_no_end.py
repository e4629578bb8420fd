"""Whatever an application does, the agent neither waits without an end nor works without a pause."""

from __future__ import annotations

import http.server
import os
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent import watch
from hacomponents.agent.host import Host
from hacomponents.agent.machine import Machine
from hacomponents.agent.procedures.push import apply
from hacomponents.agent.residents import agent_check, firewall
from hacomponents.agent.residents.agent_check import Questions
from tests.agent.samples import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 0.5  # that a limit is at least here
PACE = 0.05  # seconds between two bytes of a server that never ends
RATE = 30  # rounds a second: with a pause of 0.1 s there are 10, without one there are thousands


@pytest.fixture
def endless() -> Iterator[tuple[str, int]]:
    """Where a server answers 200, and then a byte every 50 ms, as long as somebody listens; at /end, none."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            if self.path != "/end":
                self._drip()

        def _drip(self) -> None:
            try:
                while True:
                    self.wfile.write(b".")
                    time.sleep(PACE)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "127.0.0.1", server.server_port
        server.shutdown()


@pytest.fixture
def enough(endless: tuple[str, int]) -> float:
    """Seconds in which a page that ends is there for sure: ten times of what it takes now."""
    began = time.monotonic()
    assert (200, "") == Machine().get(f"http://127.0.0.1:{endless[1]}/end", timeout=60)
    return SECONDS + 10 * (time.monotonic() - began)


def test_a_health_page_that_never_ends(endless: tuple[str, int], enough: float) -> None:
    """
    A page that is a stream of events counts by its status, after the time that a request has.
    """
    began = time.monotonic()
    status, body = Machine().get(f"http://127.0.0.1:{endless[1]}/", timeout=enough)

    assert (200, {"."}) == (status, set(body))
    assert enough <= time.monotonic() - began < 20 * enough


def test_an_answer_that_never_ends(endless: tuple[str, int], enough: float) -> None:
    """
    A question to a port that somebody else has taken ends, too.
    """
    began = time.monotonic()
    answer = Machine().ask(endless, "GET / HTTP/1.0\r\n\r", timeout=enough)

    assert answer.startswith("HTTP/1.0 200")
    assert enough <= time.monotonic() - began < 20 * enough


@pytest.fixture
def real(host: Host) -> Host:
    """The host's files, with a clock that is real."""
    host.prepare()
    return Host(host.layout.root)


def rounds(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[float]:
    """When a function was called."""
    calls: list[float] = []
    original: Callable[..., object] = getattr(owner, name)

    def counted(*arguments: object) -> object:
        calls.append(time.monotonic())
        return original(*arguments)

    monkeypatch.setattr(owner, name, counted)
    return calls


@pytest.mark.parametrize("is_pushed", [False, True], ids=["no release", "a release without it"])
def test_waiting_for_a_service_that_no_release_has(
    host: Host, real: Host, monkeypatch: pytest.MonkeyPatch, *, is_pushed: bool
) -> None:
    """
    While a way back removes a service, whoever waits for its answer pauses; and ends with the service's process, also
    where its permit stays.
    """
    if is_pushed:
        apply(host, text())
    calls = rounds(monkeypatch, real.store, "current")
    with subprocess.Popen(["sleep", "60"]) as service:
        Path(real.layout.permits, f"gone.{service.pid}").write_text("0\n")
        waiting = threading.Thread(target=watch.ready, args=(real, "gone", str(service.pid)))
        waiting.start()
        waiting.join(3 * SECONDS)
        assert waiting.is_alive()
        service.kill()
    waiting.join(60)

    assert not waiting.is_alive()
    assert len(calls) < RATE * (time.monotonic() - calls[0])


def test_waiting_for_a_service_whose_permit_is_taken(real: Host) -> None:
    """
    It ends as well when the permit is gone, whatever has become of the process.
    """
    assert "gone has ended" == watch.ready(real, "gone", str(os.getpid()))


def test_questions_that_cannot_be_accepted(real: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where no more files can be opened, questions wait, and the service does not try again without a pause.
    """

    def refused(_: object) -> None:
        raise OSError(24, "Too many open files")

    with (
        Questions(("127.0.0.1", 0), real) as questions,
        socket.create_connection(("127.0.0.1", questions.server_address[1])),
    ):
        monkeypatch.setattr("socketserver.TCPServer.get_request", refused)
        calls = rounds(monkeypatch, questions, "get_request")
        began = time.monotonic()
        while time.monotonic() - began < 2 * SECONDS:
            questions.handle_request()

    assert 0 < len(calls) <= 2 * SECONDS / agent_check.REST + 1


def test_rules_that_are_changed_without_a_pause(real: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Two who keep different rules in place take turns; neither works without a pause.
    """

    class Changes:
        def wait(self, _: float) -> bool:
            return True

        def close(self) -> None:
            pass

    monkeypatch.setattr(real.machine, "rule_changes", Changes)
    calls = rounds(monkeypatch, firewall.Keeper, "look")
    until = time.monotonic() + 2 * SECONDS
    monkeypatch.setattr("hacomponents.agent.residents.resident.superseded", lambda: time.monotonic() > until)

    firewall.nftables(real)

    assert 0 < len(calls) <= 2 * SECONDS / firewall.REST + 2
