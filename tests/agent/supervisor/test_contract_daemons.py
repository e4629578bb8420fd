"""What each supervisor does for the agent, on a machine of its own: the table that a new supervisor must pass."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent.boxes import eventually
from tests.agent.supervisor.conftest import APP, DIGEST

if TYPE_CHECKING:
    from tests.agent.supervisor.conftest import Supervised

pytestmark = pytest.mark.daemons
RUN = "/run/hacomponents"
TRACK, LOADED, PIDS, PERMITS = (f"{RUN}/{name}" for name in ("track/app", "loaded/app", "pids/app", "permits"))
ADDRESS = "198.51.100.7"
SOON = 0.5  # seconds; on a quiet machine it takes milliseconds
# On the box: kill a process, and tell after how many seconds the track file says so.
KILL = """
import os, sys, time
track, pid = sys.argv[1], int(sys.argv[2])
begin = time.monotonic()
os.kill(pid, 9)
while open(track).read().strip() != "1" and time.monotonic() < begin + 10:
    time.sleep(0.001)
print(time.monotonic() - begin)
"""


def said(supervised: Supervised) -> str:
    """What the program has logged since the test began."""
    return str(supervised.ask("words_since", APP, supervised.mark))


def about(supervised: Supervised) -> dict[str, Any]:
    """What the program's last start tells of itself."""
    eventually(lambda: "I am " in said(supervised))
    document: dict[str, Any] = json.loads(said(supervised).rpartition("I am ")[2].splitlines()[0])
    return document


def pid(supervised: Supervised) -> int:
    """The program's process, once it runs."""
    eventually(lambda: supervised.ask("pid", APP) is not None)
    return int(supervised.ask("pid", APP))


def test_a_program_is_run_as_it_says(supervised: Supervised) -> None:
    """
    As its user, in its directory, in a process group of its own, in directories that were made for it, with its
    variables and those of its environment, which come first.
    """
    supervised.run("install -D /dev/null /srv/here/x; mkdir -p /etc/app.env; cd /etc/app.env; echo 'two words' >COLOUR")
    supervised.serve(
        user="www-data",
        directory="/srv/here",
        variables={"PORT": "3000", "COLOUR": "none"},
        environment="/etc/app.env",
        directories=["/var/lib/app data"],
    )

    told = about(supervised)

    assert ("www-data", "/srv/here", True) == (told["user"], told["directory"], told["group"])
    assert {"PORT": "3000", "COLOUR": "two words"}.items() <= told["environment"].items()
    assert "www-data" == supervised.run("stat -c %U '/var/lib/app data'").strip()


def test_a_start_writes_down_what_others_rely_on(supervised: Supervised) -> None:
    """
    Its process group, its digest and release, and a permit to be called well; then it is up.
    """
    supervised.serve(health=True)
    process = pid(supervised)

    assert [[APP], "run", DIGEST] == supervised.call(("names",), ("state", APP), ("started_with", APP))
    assert (str(process), f"{DIGEST} one") == (supervised.read(PIDS), supervised.read(LOADED))
    assert f"app.{process}" == supervised.run(f"ls {PERMITS}").strip()


def test_a_death_is_told_at_once(supervised: Supervised) -> None:
    """
    However it dies, its track file says FAULT and its permit is gone; then it is started again.
    """
    supervised.serve(health=True)
    before = pid(supervised)
    supervised.ask("well", APP)

    seconds = float(supervised.box.python(KILL, TRACK, str(before)))

    assert seconds < SOON
    eventually(lambda: pid(supervised) != before)
    assert f"app.{before}" not in supervised.run(f"ls {PERMITS}")
    assert "1" == supervised.read(TRACK)


def test_an_end_takes_the_vips_and_the_group(supervised: Supervised) -> None:
    """
    Of one that is killed, its children end, and the addresses that were its VIPs leave the host.
    """
    children = "sleep 7358 & sleep 7358 & wait"
    supervised.serve(command=["sh", "-c", children], vips=[f"{ADDRESS}/32"])
    eventually(lambda: "2" == supervised.run("pgrep -fxc 'sleep 7358'").strip())
    before = supervised.run("pgrep -fx 'sleep 7358'").split()
    supervised.run(f"ip address add {ADDRESS}/32 dev lo")

    supervised.run(f"kill -9 {pid(supervised)}")

    eventually(lambda: not set(before) & set(supervised.run("pgrep -fx 'sleep 7358'").split()))
    eventually(lambda: ADDRESS not in supervised.run("ip -o address show"))


def test_an_application_ends_with_all_that_it_has_started(supervised: Supervised) -> None:
    """
    In whatever session that is, also as another user.
    """
    supervised.serve("stray", user="www-data", all_ends=True)
    eventually(lambda: supervised.run("pgrep -fx 'sleep 7357'").strip())

    supervised.ask("stop", APP)

    eventually(lambda: not supervised.run("pgrep -fx 'sleep 7357'").strip())


@pytest.mark.parametrize("asked", ["TERM", "QUIT"])
def test_a_stop_asks_by_the_programs_signal(supervised: Supervised, asked: str) -> None:
    """
    It ends by the signal that is its own, stays down, and nobody takes its last start for what runs.
    """
    supervised.serve(stop_signal=asked)
    about(supervised)

    results = supervised.call(("stop", APP), ("state", APP), ("pid", APP), ("started_with", APP))

    assert [None, "down", None, None] == results
    assert f"SIG{asked}" in said(supervised)
    assert "1" == supervised.read(TRACK)


def test_a_stop_kills_in_the_end(supervised: Supervised) -> None:
    """
    One that does not heed its signal is gone after 15 s.
    """
    supervised.serve("stubborn")
    about(supervised)
    before = pid(supervised)

    supervised.ask("stop", APP)

    eventually(lambda: supervised.ask("state", APP) == "down")
    assert "" == supervised.run(f"ps -o pid= -p {before}").strip()


def test_a_start_after_a_stop(supervised: Supervised) -> None:
    """
    It runs again, as another process.
    """
    supervised.serve()
    before = pid(supervised)

    supervised.call(("stop", APP), ("start", APP), ("start", APP))

    assert pid(supervised) != before


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_reaches_the_program(supervised: Supervised, number: signal.Signals) -> None:
    """
    The signals by which daemons reload do, and the process stays.
    """
    supervised.serve()
    about(supervised)
    before = pid(supervised)

    supervised.ask("signal", APP, number)

    eventually(lambda: number.name in said(supervised))
    assert before == supervised.ask("pid", APP)


def test_the_log_since_a_mark(supervised: Supervised) -> None:
    """
    What was logged before the mark is not in it.
    """
    supervised.serve()
    about(supervised)
    mark = supervised.ask("mark", APP)
    supervised.ask("signal", APP, signal.SIGHUP)
    eventually(lambda: "SIGHUP" in said(supervised))

    words = supervised.ask("words_since", APP, mark)

    assert ("SIGHUP" in words, "I am" in words) == (True, False)


def test_another_release_is_for_the_next_start(supervised: Supervised) -> None:
    """
    A release that is put in force changes nothing that runs, and is what the next start runs.
    """
    supervised.serve(variables={"BODY": "old"})
    about(supervised)
    before = pid(supervised)

    supervised.serve(release="two", variables={"BODY": "new"})
    untouched = pid(supervised)
    supervised.call(("stop", APP), ("start", APP))

    assert before == untouched
    eventually(lambda: "new" == about(supervised)["environment"]["BODY"])
    assert f"{DIGEST} two" == supervised.read(LOADED)


def test_a_service_that_goes_ends_by_its_own_release(supervised: Supervised) -> None:
    """
    Where the release in force has it no more, it is stopped by the one that had it, and forgotten; twice is fine.
    """
    supervised.serve(stop_signal="QUIT")
    about(supervised)
    before = pid(supervised)
    path = "/etc/hacomponents/releases/one"

    supervised.call(
        ("release", "none", DIGEST, {}), ("follow", APP, path), ("remove", APP, path), ("remove", APP, path)
    )

    assert [[], "unknown", None] == supervised.call(("names",), ("state", APP), ("pid", APP))
    assert ("", "1") == (supervised.run(f"ps -o pid= -p {before}").strip(), supervised.read(TRACK))
    assert "SIGQUIT" in supervised.run("cat /var/log/hacomponents/app/* 2>/dev/null || journalctl -u app")


def test_the_guard_heals_when_the_push_is_killed(supervised: Supervised) -> None:
    """
    It waits while somebody changes the host, is no service, and goes home when it is told to; else it heals the host.
    """
    supervised.run('echo \'{"before": null, "after": null}\' >/etc/hacomponents/pending')
    beside = supervised.call(("raise_guard",), ("names",), ("lower_guard",))
    sent_home = supervised.read("/etc/hacomponents/pending")

    with pytest.raises(AssertionError):  # it was killed, and printed nothing
        supervised.call(("raise_guard",), ("die",))

    assert ([None, [], None], True) == (beside, bool(sent_home))
    eventually(lambda: "" == supervised.read("/etc/hacomponents/pending"))


def test_what_a_person_does_by_hand(supervised: Supervised) -> None:
    """
    The commands that the agent tells a person start the service, restart it, and show its log.
    """
    supervised.serve()
    about(supervised)
    commands = supervised.ask("by_hand", APP)
    start, restart, log = commands
    before = pid(supervised)

    supervised.run(restart)
    eventually(lambda: pid(supervised) != before)
    supervised.ask("stop", APP)
    supervised.run(start)

    eventually(lambda: supervised.ask("state", APP) == "run")
    assert "I am" in supervised.run(log)
