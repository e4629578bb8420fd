"""Applications that die, in every way: the push goes back, nothing of ours is left behind, and a good push follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from tests.agent.boxes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.boxes import Box

pytestmark = pytest.mark.daemons

ROLLED_BACK = 4
PORT = 3000
SERVER = """\
import http.server, os, signal, subprocess, sys, threading, time

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{body}")

def serve():
    http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Answer).serve_forever()

def fork_away():
    if os.fork():
        os._exit(0)
    os.setsid()

{how}
"""
GOOD = "serve()"
FAULTS = {
    "dies at its start": "sys.exit('no database')",
    "is a daemon by itself": "fork_away()\nserve()",
    "leaves somebody behind": "subprocess.Popen(['env', '-i', 'sleep', '120'], start_new_session=True)\nsys.exit(1)",
    "ignores TERM": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.pause()",
}
QUICK = ("dies at its start", "leaves somebody behind")
ILL = "/tmp/ill"  # noqa: S108 - on the box: while it is there, the server dies
DIES_LATER = f"""\\
def watch():
    while not os.path.exists("{ILL}"):
        time.sleep(0.05)
    os._exit(1)

threading.Thread(target=watch, daemon=True).start()
serve()
"""
FORGET = (
    "sv -w 20 force-shutdown /etc/service/app-*; rm -rf /etc/service/app-* /etc/service/.app-* /etc/hacomponents "
    "/srv/app /run/hacomponents/loaded /run/hacomponents/permits /run/hacomponents/pids; pkill -x sleep"
)


@pytest.fixture
def fresh(box: Box) -> Iterator[Box]:
    """The machine, as if nothing had ever been pushed to it."""
    yield box
    box.run(FORGET)


def bundle(how: str, *, body: str = "one") -> dict[str, Any]:
    """One server that behaves so."""
    server = {
        "daemon": "process",
        "files": ["/srv/app/"],
        "directory": "/srv/app",
        "user": "www-data",
        "command": ["python3", "serve.py"],
        "health": f"http://127.0.0.1:{PORT}/",
        "health_timeout": 4 if how in FAULTS.values() else 60,
        "stop_signal": "TERM",
    }
    content = SERVER.format(how=how, body=body, port=PORT)
    return {
        "format": 1,
        "host": "app-1",
        "files": {"/srv/app/serve.py": {"content": content}},
        "secrets": {},
        "services": {f"app-{PORT}": server},
    }


def release(document: dict[str, Any]) -> str:
    """The name of a bundle's release."""
    return parse(json.dumps(document), KINDS).id


def answer(box: Box) -> str:
    """What the server says."""
    return box.run(f"curl -s -m 2 http://127.0.0.1:{PORT}/")


def is_quiet(box: Box) -> bool:
    """No process of the agent's runs."""
    return not box.run("pgrep -f '[h]acomponents-agent'")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_application_that_dies(fresh: Box, fault: str, *, thorough: bool) -> None:
    """
    A first push of it leaves nothing, and a later one the release before; no process of the agent's goes on; and the
    good push that follows serves.
    """
    if not thorough and fault not in QUICK:
        pytest.skip("one of many ways to die: --thorough")
    how = FAULTS[fault]
    status, said = fresh.push(bundle(how))
    headline = f"RolledBack: app-1: app-{PORT} does not serve the new configuration; back on nothing"
    assert (ROLLED_BACK, headline) == (status, said[said.find("RolledBack") :].splitlines()[0]), said
    assert "" == fresh.run(f"ls -d /etc/hacomponents/current /etc/service/*app-* 2>&- ; ss -Hltn sport = :{PORT}")
    eventually(lambda: is_quiet(fresh))

    status, said = fresh.push(bundle(GOOD))
    assert (0, "one") == (status, answer(fresh)), said

    status, said = fresh.push(bundle(how))
    assert (ROLLED_BACK, "one") == (status, answer(fresh)), said
    assert f"back on {release(bundle(GOOD))}" in said
    eventually(lambda: is_quiet(fresh))

    status, said = fresh.push(bundle(GOOD, body="two"))
    assert (0, "two") == (status, answer(fresh)), said


def test_an_application_that_dies_again_and_again(fresh: Box) -> None:
    """
    It was proved, and dies then and at each start: a good push ends it.
    """
    status, said = fresh.push(bundle(DIES_LATER))
    assert 0 == status, said
    fresh.run(f"touch {ILL}")
    eventually(lambda: "1\n" == fresh.run(f"cat /run/hacomponents/track/app-{PORT}"))

    status, said = fresh.push(bundle(GOOD, body="two"))
    fresh.run(f"rm {ILL}")
    assert (0, "two") == (status, answer(fresh)), said
    eventually(lambda: is_quiet(fresh))
