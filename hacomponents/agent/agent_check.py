"""The service that haproxy's agent-check asks: a server's port on a line, and its answer is "up" or "down"."""

import signal
import socketserver
import threading
import typing

from .draining import Draining
from .host import Host
from .resident import superseded

SILENCE = 1  # seconds that a balancer may take to ask


class Questions(socketserver.ThreadingTCPServer):
    """Listens at ``place``, an address and a port."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, place: typing.Tuple[str, int], draining: Draining) -> None:
        super().__init__(place, Question)
        self._draining = draining
        self._one_at_a_time = threading.Lock()

    def answer(self, port: str, balancer: str) -> str:
        """Return the word on the server at ``port``; nothing for what is no port."""
        if not port.isdigit():
            return ""
        with self._one_at_a_time:
            return self._draining.tell(int(port), balancer) + "\n"


class Question(socketserver.StreamRequestHandler):
    """One of them."""

    timeout = SILENCE
    server: Questions

    def handle(self) -> None:
        """Answer it; whoever is silent or gone gets nothing."""
        try:
            port = self.rfile.readline(16).decode("ascii", errors="replace").strip()
            self.wfile.write(self.server.answer(port, self.client_address[0]).encode())
        except OSError:
            return


def agent_check(host: Host) -> str:
    """Answer balancers until this agent is replaced by another version."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    release = host.store.current()
    service = next((each for each in release.bundle.services if each.kind == "agent-check"), None) if release else None
    if service is None:
        return "no servers of balancers belong to this host"
    with Questions((service.get("address"), service.get("port")), Draining(host.layout.run)) as questions:
        questions.timeout = 1
        while not superseded():
            questions.handle_request()
    return "another version of the agent takes over"
