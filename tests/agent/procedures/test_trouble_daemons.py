"""What can be wrong with a machine or a configuration when it is pushed: the way back, and what the error says."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from tests.agent.boxes import bundle, eventually
from tests.agent.cut import held_up
from tests.agent.whole import difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.boxes import Box

pytestmark = pytest.mark.daemons

REJECTED, ROLLED_BACK, ROLLBACK_FAILED, BUSY, KILLED = 3, 4, 5, 6, 137
NGINX, HAPROXY, KEEPALIVED = "/etc/nginx/nginx.conf", "/etc/haproxy/haproxy.cfg", "/etc/keepalived/keepalived.conf"
RELEASES = "/etc/hacomponents/releases"
HOLDER = "import socket, time; s = socket.create_server(('', 9999), reuse_port=False); time.sleep(600)"
FREE = "kill -9 $(pgrep -f [c]reate_server)"
AGENT = "pgrep -f 'hacomponents-agent appl[y]'"
READ_ONLY = "mount --bind /etc/hacomponents /etc/hacomponents && mount -o remount,bind,ro /etc/hacomponents"
WRITABLE = "mount -o remount,bind,rw /etc/hacomponents"
# The first step of a daemon's after the swap, as `cutter` calls it.
SWAPPED = "subprocess.Popen sv ['sv', '-w', '15', 'force-stop', '/etc/service/app-3000']"


@pytest.fixture
def served(box: Box) -> str:
    """The release that the machine serves."""
    status, words = box.push(bundle(box))
    assert status == 0, words
    return release(bundle(box))


@pytest.fixture
def port(box: Box) -> Iterator[int]:
    """A port that another process has."""
    box.run(f'nohup python3 -c "{HOLDER}" > /dev/null 2>&1 &')
    eventually(lambda: ":9999" in box.run("ss -ltn"))
    yield 9999
    box.run(FREE)


def release(document: dict[str, Any]) -> str:
    """The name of a bundle's release."""
    return parse(json.dumps(document), KINDS).id


def edited(box: Box, path: str, old: str, new: str) -> dict[str, Any]:
    """The bundle with other words in one of its files."""
    document = bundle(box)
    file = document["files"][path]
    assert old in file["content"]
    file["content"] = file["content"].replace(old, new)
    return document


def strays(box: Box, *documents: dict[str, Any]) -> str:
    """What of the machine is not of the first bundle."""
    known = {release(document): document for document in documents}
    return difference(box, release(documents[0]), known)


@pytest.mark.parametrize(
    ("path", "old", "new", "headline", "words"),
    [
        (
            HAPROXY,
            "bind *:8080",
            "bind unix@/nowhere/socket",
            "RolledBack: web-1: haproxy did not reload; back on {served}",
            ["haproxy said:", "cannot bind UNIX socket", "Loading failure!"],
        ),
        (
            NGINX,
            "listen 80;",
            "listen 9999;",
            "RolledBack: web-1: nginx did not reload; back on {served}",
            ["nginx said:", "bind() to 0.0.0.0:9999 failed (98: Address already in use)", "still could not bind()"],
        ),
        (
            NGINX,
            'return 200 "ok"',
            'return 503 "ill"',
            "RolledBack: web-1: nginx does not serve the new configuration; back on {served}",
            ["GET http://127.0.0.1:8009/health: 503", "nginx said:"],
        ),
        (
            HAPROXY,
            "monitor-uri /health",
            "monitor-uri /health\n    monitor fail if TRUE",
            "RolledBack: web-1: haproxy does not serve the new configuration; back on {served}",
            ["GET http://127.0.0.1:8010/health: 503", "haproxy said:"],
        ),
    ],
    ids=["haproxy does not reload", "nginx does not reload", "nginx does not serve", "haproxy does not serve"],
)
def test_a_daemon_that_takes_its_files_and_does_not_serve(
    box: Box, served: str, port: int, path: str, old: str, new: str, headline: str, words: list[str]
) -> None:
    """
    What passes the daemon's check, and then is not loaded or not served, is rolled back, with the daemon's own words.
    """
    del port
    status, said = box.push(edited(box, path, old, new))

    assert ROLLED_BACK == status
    assert headline.format(served=served) in said.splitlines()
    assert [] == [word for word in words if word not in said]
    assert "  remedy: the host is well; when that is put right, push again" == said.splitlines()[-1]
    assert "" == strays(box, bundle(box))


@pytest.mark.parametrize(
    ("path", "old", "new", "daemon", "words"),
    [
        (KEEPALIVED, "nopreempt", "nopreemptt", "keepalived", "Unknown keyword 'nopreemptt'"),
        (
            KEEPALIVED,
            "interface eth0",
            "interface eth7",
            "keepalived",
            "interface eth7 for vrrp_instance",
        ),
        (NGINX, "access_log off;", "access_log off", "nginx", 'directive "access_log" is not terminated by ";"'),
        (HAPROXY, "mode http", "mode htttp", "haproxy", "unknown proxy mode 'htttp'"),
    ],
)
def test_a_file_that_its_daemon_refuses(
    box: Box, served: str, path: str, old: str, new: str, daemon: str, words: str
) -> None:
    """
    A broken file changes nothing, and the error holds the daemon's own words.
    """
    status, said = box.push(edited(box, path, old, new))

    assert REJECTED == status
    headline = f"Rejected: web-1: {daemon} refused the new configuration; nothing was changed, it serves {served}"
    assert headline in said.splitlines()
    assert words in said
    assert "  remedy: when that is put right, push again" == said.splitlines()[-1]
    assert "" == strays(box, bundle(box))


@pytest.mark.parametrize(("end", "status"), [("TERM", ROLLED_BACK), ("KILL", KILLED)])
def test_a_reload_that_was_asked_for_and_then_given_up(box: Box, served: str, port: int, end: str, status: int) -> None:
    """
    The push is ended while nginx still tries to load its files, and then it could: it serves the old ones all the same.
    """
    del served
    push = box.start_push(edited(box, NGINX, "listen 80;", f"listen {port};"))
    eventually(lambda: "try again to bind" in box.run("tail -n 3 /var/log/hacomponents/nginx/current"))

    box.run(f"kill -{end} $({AGENT}); {FREE}")

    assert status == push.wait()
    eventually(lambda: "" == strays(box, bundle(box)))


def test_a_disk_that_is_full(box: Box, served: str) -> None:
    """
    A release that finds no room changes nothing and leaves nothing; the error names the place. Then it finds room.
    """
    new = bundle(box, body="new", port=8081)
    box.run(
        f"mkdir -p /mnt/small && mount -t tmpfs -o size=20m tmpfs /mnt/small && cp -a {RELEASES}/. /mnt/small && "
        f"mount --move /mnt/small {RELEASES} && cp /dev/zero {RELEASES}/fill.er; rm {RELEASES}/fill.er; "
        f"head -c $(($(df --output=avail -B1 {RELEASES} | tail -1) - 40960)) /dev/zero > /run/fill; "
        f"cp /run/fill {RELEASES}/fill.er"
    )
    status, said = box.push(new)
    left = box.run(f"ls {RELEASES}")
    after = strays(box, bundle(box), new)
    box.run(f"rm {RELEASES}/fill.er")
    again, _ = box.push(new)
    wholly_new = strays(box, new, bundle(box))
    box.run(f"cp -a {RELEASES} /run/kept && umount -l {RELEASES} && cp -a /run/kept/. {RELEASES}")

    assert REJECTED == status
    headline = r"^Rejected: web-1: \[Errno 28\] No space left on device: '(\S+)'; nothing was changed, it serves (\w+)$"
    place, serves = re.findall(headline, said, re.MULTILINE)[0]
    assert (True, served) == (place.startswith(RELEASES), serves)
    assert "  remedy: make room on that file system, and push again" == said.splitlines()[-1]
    assert ".staging" not in left
    assert "" == after
    assert (0, "") == (again, wholly_new)


def test_a_file_system_that_is_read_only(box: Box, served: str) -> None:
    """
    On a file system that is read-only, nothing is changed, and the error says what is.
    """
    box.run(READ_ONLY)
    status, said = box.push(bundle(box, body="new"))
    box.run(WRITABLE)

    assert REJECTED == status
    headline = r"^Rejected: web-1: \[Errno 30\] Read-only file system: '\S+'; nothing was changed, it serves (\w+)$"
    assert [served] == re.findall(headline, said, re.MULTILINE)
    assert "  remedy: find out why that file system is read-only (dmesg), mount it writable, and push again" in said
    assert "" == strays(box, bundle(box))


def test_a_file_system_that_turns_read_only_after_the_swap(box: Box, served: str) -> None:
    """
    What is in force cannot be made so for good, nor taken back: the error says what each daemon serves. Healed, the
    host is wholly on the release before.
    """
    new = bundle(box, body="new", port=8081)
    status, said = held_up(box, new, SWAPPED, lambda _: box.run(READ_ONLY))
    box.run(WRITABLE)
    known = {release(document): document for document in (bundle(box), new)}
    between = box.digests()
    healed, _ = box.agent("heal")

    assert ROLLBACK_FAILED == status
    assert f"RollbackFailed: web-1: serves wholly {release(new)}, but could not keep it" in said.splitlines()
    assert parse(json.dumps(new), KINDS).digests == between
    for service in new["services"]:
        assert f"  {service} serves {release(new)}" in said or f"  {service} serves {served} and" in said
    assert "  remedy: when the cause is gone, push again, or run on web-1: hacomponents-agent heal" in said.splitlines()
    assert 0 == healed
    assert "" == difference(box, served, known)


def test_a_file_system_that_turns_read_only_and_a_daemon_that_fails(box: Box, served: str) -> None:
    """
    Neither forth nor back: the error says of each daemon which release it serves, and the next push converges.
    """
    new = bundle(box, body="new", extra="bind unix@/nowhere/socket")
    status, said = held_up(box, new, SWAPPED, lambda _: box.run(READ_ONLY))
    box.run(f"{WRITABLE}; mkdir /nowhere")
    again, words = box.push(new)
    box.run("rm -r /nowhere")

    assert ROLLBACK_FAILED == status
    assert f"RollbackFailed: web-1: neither wholly {served} nor wholly {release(new)}" in said.splitlines()
    served_by = dict(re.findall(r"^  (\S+) serves (\w+)$", said, re.MULTILINE))
    assert {"app-3000": release(new), "app-3001": release(new), "haproxy": served, "nginx": served} == {
        name: served_by[name] for name in ("app-3000", "app-3001", "haproxy", "nginx")
    }
    assert "cannot bind UNIX socket" in said
    assert 0 == again, words
    assert f"a push of {release(new)} was cut off: back on {served}" in words


def test_a_connection_that_is_lost(box: Box, served: str) -> None:
    """
    The client is killed while the push is under way: the push goes on to its end.
    """
    del served
    new = bundle(box, body="new")

    held_up(box, new, SWAPPED, lambda client: client.kill())

    eventually(lambda: "" == strays(box, new, bundle(box)))


def test_a_connection_that_is_lost_before_all_was_said(box: Box, served: str) -> None:
    """
    The client is killed half-way through the bundle: nothing is changed.
    """
    del served
    new = bundle(box, body="new")
    text = json.dumps(new)
    command = ["docker", "exec", "-i", box.name, "hacomponents-agent", "apply"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        client.stdin.write(text[: len(text) // 2])
        client.stdin.flush()
        eventually(lambda: box.run(AGENT))
        client.kill()

    eventually(lambda: not box.run(AGENT))
    assert "" == strays(box, bundle(box), new)


def test_two_pushes_at_once(box: Box, served: str) -> None:
    """
    The second of two pushes is told who holds the lock since when, and the first goes on to its end.
    """
    del served
    new, refused = bundle(box, body="new"), []

    status, said = held_up(box, new, SWAPPED, lambda _: refused.append(box.push(bundle(box))))

    headline = r"^Busy: web-1 is being changed by apply (\w+) \(pid \d+\) since 20\S+Z; nothing was changed$"
    assert BUSY == refused[0][0]
    assert [release(new)] == re.findall(headline, refused[0][1], re.MULTILINE)
    assert "  remedy: push again when that has ended" == refused[0][1].splitlines()[-1]
    assert 0 == status, said
    assert "" == strays(box, new, bundle(box))
