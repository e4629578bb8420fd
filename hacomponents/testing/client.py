"""A client of the site: a container of its own on the stack's network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from hacomponents.testing.answers import Failure, GapReport, LoadReport, NoAnswer, Response
from hacomponents.testing.background import Background
from hacomponents.testing.docker import docker, image
from hacomponents.testing.poll import eventually

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self, Unpack

LONGEST = 600.0
LONGEST_IN_BACKGROUND = 3600.0
OK = 200
SERVER_ERROR = 500
PROBE = Path(__file__).with_name("probe.py").read_text()


class Request(TypedDict, total=False):
    """How to ask.

    Keys:
        method: Default: GET.
        headers: Default: none.
        body: Default: none.
        timeout: seconds of silence until the request is given up. Default: 15.
        address: where to connect, whatever host the URL names. Default: that host.
        trust: certificates in PEM; the server's must be one of them, or lead to one, and be for the URL's host.
            Default: any certificate is taken.
        preamble: what to send on a new connection before TLS or HTTP begins, such as a line of the PROXY protocol.
            Default: nothing.
    """

    method: str
    headers: Mapping[str, str]
    body: str
    timeout: float
    address: str
    trust: str
    preamble: str


@dataclass(frozen=True)
class Client:
    """A container on a network, that asks.

    Use it as a context manager: it is removed at the end.

    Args:
        name: of the container.
        network: of Docker, on which it stands.
        address: its own IPv4 address. Default: one that Docker chooses.
    """

    name: str
    network: str
    address: str = ""

    def __enter__(self) -> Self:
        """Start the container."""
        address = ("--ip", self.address) if self.address else ()
        docker("run", "--detach", "--init", "--name", self.name, "--network", self.network, *address,
               "--label", "hacomponents.testing=client", image(), "sleep", "infinity")  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove it."""
        docker("rm", "--force", self.name)

    def exec(self, *command: str) -> str:
        """Run a command in the client; its output. Raises `DockerError` if it fails."""
        return docker("exec", self.name, *command)

    def requests(
        self, url: str, *, times: int = 1, at_once: int = 1, **how: Unpack[Request]
    ) -> list[Response | NoAnswer]:
        """Ask so many times, so many at once, each time on a new connection.

        Args:
            url: `http://...` or `https://...`.
            times: how many requests. Default: 1.
            at_once: how many of them at a time. Default: 1.
            how: see `Request`.
        """
        order = json.dumps({**_order(url, how), "times": times, "at_once": at_once})
        answers = json.loads(docker("exec", self.name, "python3", "-c", PROBE, "requests", order, timeout=LONGEST))
        return [_response(answer, url) for answer in answers]

    def request(self, url: str, **how: Unpack[Request]) -> Response:
        """Ask once. Raises `NoAnswer`."""
        answer = self.requests(url, **how)[0]
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    def succeeds(self, url: str, *, status: int = OK, contains: str = "", **how: Unpack[Request]) -> Response:
        """Ask once; the answer has this status, and this text in its body.

        Args:
            url: `http://...` or `https://...`.
            status: Default: 200.
            contains: text in the answer. Default: any.
            how: see `Request`.

        Raises:
            AssertionError: it has not; with what it was.
        """
        try:
            response = self.request(url, **how)
        except NoAnswer as error:
            message = f"{self.name}: {error}"
            raise AssertionError(message) from error
        if response.status != status or contains not in response.body:
            wanted = f"{status} with {contains!r}" if contains else f"{status}"
            message = f"{self.name}: {url}: {response.status}, not {wanted}: {response.body[:500]!r}"
            raise AssertionError(message)
        return response

    def fails(self, url: str, **how: Unpack[Request]) -> str:
        """Ask once; there is no answer, or that of a server that cannot serve (500 and more). Returns which.

        Raises:
            AssertionError: there is a good one.
        """
        try:
            response = self.request(url, **how)
        except NoAnswer as error:
            return str(error)
        if response.status < SERVER_ERROR:
            message = f"{self.name}: {url}: {response.status}, though it should fail: {response.body[:500]!r}"
            raise AssertionError(message)
        return f"{response.status}: {response.body}"

    def eventually(self, url: str, *, within: float = 10, status: int = OK, contains: str = "") -> Response:
        """As `succeeds`, within so many seconds; one request is given up after a second."""
        return eventually(partial(self.succeeds, url, status=status, contains=contains, timeout=1), within=within)

    def load(
        self,
        url: str,
        *,
        connections: int = 8,
        keep_alive: bool = True,
        think_time: float = 0,
        expected: tuple[int, ...] = (OK,),
        **how: Unpack[Request],
    ) -> Background[LoadReport]:
        """A load, for the time of a `with` statement (an hour at most).

        Args:
            url: `http://...` or `https://...`.
            connections: how many at a time. Default: 8.
            keep_alive: one connection for many requests, not a new one for each. Default: True.
            think_time: seconds between an answer and the next request of a connection. Default: none.
            expected: statuses that are no failure. Default: 200.
            how: see `Request`.
        """
        order = {**_order(url, how), "connections": connections, "think_time": think_time, "expected": expected}
        if not keep_alive:
            order["headers"] = {**order["headers"], "Connection": "close"}
        return Background(self._background("load", order), _load_report)

    def gap(self, url: str, *, every: float = 0.005, **how: Unpack[Request]) -> Background[GapReport]:
        """How long could nobody come in? New connections at a steady pace, for the time of a `with` statement.

        An attempt is good if it gets the first line of an HTTP answer below 500. `method="TRACE"` asks nginx alone,
        which refuses it by itself.

        While it goes on, its `now` has `silence`: seconds since the last good attempt began.

        Args:
            url: `http://...` or `https://...`.
            every: seconds between two attempts. Default: 5 ms.
            how: `method`, and `timeout` of an attempt (default here: 0.5 s); see `Request`.
        """
        order = {**_order(url, {"timeout": 0.5, **how}), "every": every}
        return Background(self._background("gap", order), _gap_report)

    def neighbour(self, address: str) -> str:
        """The MAC address that the client's kernel has for a neighbour's address; empty where it has none."""
        words = self.exec("ip", "neighbour", "show", "to", address).split()
        return words[words.index("lladdr") + 1] if "lladdr" in words else ""

    def _background(self, command: str, order: dict[str, Any]) -> list[str]:
        program = ["python3", "-c", PROBE, command, json.dumps({**order, "seconds": LONGEST_IN_BACKGROUND})]
        return ["docker", "exec", "--interactive", self.name, *program]


def _order(url: str, how: Request) -> dict[str, Any]:
    defaults = {"method": "GET", "headers": {}, "body": "", "timeout": 15, "address": "", "trust": "", "preamble": ""}
    return {"url": url, **defaults, **how}


def _response(answer: dict[str, Any], url: str) -> Response | NoAnswer:
    if "error" in answer:
        return NoAnswer(f"{url}: {answer['error']} (after {answer['seconds']:.1f} s)")
    headers = tuple((name, value) for name, value in answer["headers"])
    return Response(answer["status"], headers, answer["body"], answer["seconds"], answer["certificate"])


def _load_report(report: dict[str, Any]) -> LoadReport:
    figures = {name: report[name] for name in ("began", "requests", "reopened", "slowest", "resent")}
    return LoadReport(failures=_failures(report), **figures)


def _gap_report(report: dict[str, Any]) -> GapReport:
    gaps = tuple((at, length) for at, length in report["gaps"])
    return GapReport(report["began"], report["attempts"], _failures(report), gaps)


def _failures(report: dict[str, Any]) -> tuple[Failure, ...]:
    return tuple(Failure(*each) for each in report["failures"])
