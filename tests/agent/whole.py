"""What a box serves: seen on its disk and in its processes, and told by each daemon."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.agent.boxes import Box

RELEASES = "/etc/hacomponents/releases"
# On the box: where each file of any release really is, where each application runs, and what nginx and haproxy answer.
LOOK = """
import glob, json, os, socket, subprocess, sys, urllib.request

def working(pid_file):  # as its own user: only that one may look
    command = ["chpst", "-u", "www-data", "readlink", "/proc/%s/cwd" % open(pid_file).read().strip()]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()

def page():
    try:
        return urllib.request.urlopen("http://127.0.0.1/", timeout=2).read().decode()
    except OSError as error:
        return str(error)

def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0

print(json.dumps({
    "pending": os.path.lexists("/etc/hacomponents/pending"),
    "files": {path: os.path.realpath(path) for path in sys.argv[1:] if os.path.exists(path)},
    "working": {os.path.basename(app): working(app) for app in glob.glob("/run/hacomponents/pids/app-*")},
    "page": page(),
    "ports": [port for port in (8080, 8081) if listens(port)],
}))
"""


def difference(box: Box, identifier: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """What of the box is not of the release called `identifier`; nothing where it is wholly that."""
    wanted = expectation(identifier, known[identifier])
    try:
        state = box.status()
        paths: Sequence[str] = sorted({path for document in known.values() for path in document["files"]})
        seen = {**json.loads(box.python(LOOK, *paths)), **told(state)}
    except (AssertionError, ValueError) as error:
        return f"it does not answer: {error}"
    return "; ".join(f"{key}: {seen[key]}, not {wanted[key]}" for key in wanted if seen[key] != wanted[key])


def told(state: Mapping[str, Any]) -> dict[str, Any]:
    """What the agent and the daemons say."""
    services = state["services"]
    return {
        "release": state["release"],
        "lock": state["lock"],
        "digests": {name: service["digest"] for name, service in services.items()},
        "unwell": [name for name, service in services.items() if not service["healthy"]],
    }


def expectation(identifier: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """What all that is on a box that serves this release, and nothing else."""
    text = document["files"]["/etc/haproxy/haproxy.cfg"]["content"]
    return {
        "pending": False,
        "files": {path: f"{RELEASES}/{identifier}{path}" for path in sorted(document["files"])},
        "working": {name: f"{RELEASES}/{identifier}/srv/app" for name in document["services"] if "app-" in name},
        "page": document["files"]["/srv/app/up"]["content"].strip(),
        "ports": [port for port in (8080, 8081) if f"bind *:{port}" in text],
        "release": identifier,
        "lock": "",
        "digests": parse(json.dumps(document), KINDS).digests,
        "unwell": [],
    }
