"""The service that others ask about this host: a question on a line, and the answer on a line.

haproxy's agent-check asks by a server's port, and is told "up" or "down". A pair's peer asks "vrrp" before it hands
a VIP over, and is told what keepalived says it is.
"""

import socketserver
import threading
import time
import typing

from .. import watch
from ..host import Host
from .resident import until_superseded

SILENCE = 1  # seconds that somebody may take to ask
LONGEST = 16
REST = 0.1  # seconds
KIND = "agent-check"
VRRP = "vrrp"


class Questions(socketserver.ThreadingTCPServer):
    """Listens at ``place``, an address and a port."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, place: typing.Tuple[str, int], host: Host) -> None:
        super().__init__(place, Question)
        self._host = host
        self._one_at_a_time = threading.Lock()

    def get_request(self) -> typing.Tuple[typing.Any, typing.Any]:
        """Accept somebody; where that fails (no more files can be opened), who waits goes on waiting, and we rest."""
        try:
            return super().get_request()
        except OSError:
            time.sleep(REST)
            raise

    def answer(self, question: str, asker: str) -> str:
        """Return the answer; nothing to what is no question."""
        with self._one_at_a_time:
            if question.isdigit():
                return self._host.draining.tell(int(question), asker) + "\n"
            return self._vrrp_state() + "\n" if question == VRRP else ""

    def _vrrp_state(self) -> str:
        keepalived = self._host.keepalived(self._host.store.current())
        states = watch.vrrp_states(self._host, keepalived) if keepalived else {}
        return watch.vrrp_state(states) or ""


class Question(socketserver.StreamRequestHandler):
    """One of them."""

    timeout = SILENCE
    server: Questions

    def handle(self) -> None:
        """Answer it; whoever is silent or gone gets nothing."""
        try:
            question = self.rfile.readline(LONGEST).decode("ascii", errors="replace").strip()
            self.wfile.write(self.server.answer(question, self.client_address[0]).encode())
        except OSError:
            return


def agent_check(host: Host) -> str:
    """Answer until this agent is replaced by another version."""
    service = host.of_kind(KIND, host.store.current())
    if service is None:
        return "nobody asks about this host"
    with Questions((service.get("address"), service.get("port")), host) as questions:
        questions.timeout = 1
        return until_superseded(questions.handle_request)
