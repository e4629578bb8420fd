"""The host's firewall, by the agent with the real nft, in a container."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent.boxes import docker, eventually

if TYPE_CHECKING:
    from tests.agent.boxes import Box

pytestmark = pytest.mark.daemons

REJECTED = 3
CONFIG = "/etc/nftables/hacomponents.nft"
TABLE = "nft list table inet hacomponents"
RULES = """\
table inet hacomponents
delete table inet hacomponents
table inet hacomponents {{
    chain input {{
        type filter hook input priority filter; policy drop;
        iif "lo" accept comment "@@digest:nftables@@"
        jump allowed
        jump before
    }}
    chain allowed {{
        tcp dport {port} accept
    }}
    chain before {{
    }}
}}
"""


def bundle(port: object, management: tuple[str, ...] = ()) -> dict[str, Any]:
    """A host with nothing but a firewall, open at one port."""
    service = {"daemon": "nftables", "files": [CONFIG], "config": CONFIG, "management": [*management]}
    files = {CONFIG: {"content": RULES.format(port=port)}}
    return {"format": 1, "host": "web-1", "files": files, "secrets": {}, "services": {"nftables": service}}


def firewall(box: Box) -> dict[str, Any]:
    """What the agent says of it."""
    state: dict[str, Any] = box.status()["services"]["nftables"]
    return state


def is_well(box: Box) -> bool:
    """Its rules are those of the release, and somebody keeps them."""
    state = firewall(box)
    return bool(state["healthy"] and state["digest"] == state["wanted"])


@pytest.fixture
def pushed(box: Box) -> Box:
    """A machine that lets port 80 in, and nothing else."""
    status, words = box.push(bundle(80))
    assert status == 0, words
    return box


def test_rules_are_proved(pushed: Box) -> None:
    """
    After a push the kernel has the rules of the release, and the tables of others as they were.
    """
    pushed.run("nft add table inet mine")

    assert 0 == pushed.push(bundle(81))[0]

    assert is_well(pushed)
    assert "tcp dport 81 accept" in pushed.run(f"{TABLE} | grep -A1 'chain allowed'")
    assert "table inet mine" in pushed.run("nft list tables")


def test_what_was_allowed_stays_for_a_while(pushed: Box) -> None:
    """
    What the release before let in is let in beside the new for ten minutes: a time stands in front of it.
    """
    assert 0 == pushed.push(bundle(81))[0]

    before = pushed.run("nft list chain inet hacomponents before")

    assert before.index("meta time >=") < before.index("tcp dport 80 accept")
    until = pushed.run('date -d "$(nft list chain inet hacomponents before | cut -d\'"\' -f2 -s)" +%s')
    assert 500 < int(until) - int(pushed.run("date +%s")) <= 600


def test_refused_rules_change_nothing(pushed: Box) -> None:
    """
    Rules that nft does not take are refused with its own words, and those before stay in force.
    """
    before = pushed.run(TABLE)

    status, words = pushed.push(bundle("nonsense"))

    assert REJECTED == status
    assert "nftables refused the new configuration" in words
    assert "nonsense" in words
    assert before == pushed.run(TABLE)


@pytest.mark.parametrize(
    "deed",
    ["nft flush ruleset", "nft delete table inet hacomponents", "nft insert rule inet hacomponents input accept"],
)
def test_a_change_by_hand_is_undone(pushed: Box, deed: str) -> None:
    """
    Whoever flushes the rules or adds one: a moment later they are those of the release again, and the log says so.
    """
    pushed.run(": > /var/lib/hacomponents/log")

    pushed.run(deed)

    eventually(lambda: is_well(pushed))
    eventually(lambda: "gone or changed: loaded again" in pushed.run("cat /var/lib/hacomponents/log"))


def test_what_a_hand_opened_is_not_kept(pushed: Box) -> None:
    """
    A rule that somebody added does not live on as one of the release before.
    """
    pushed.run("nft add rule inet hacomponents allowed tcp dport 4711 accept")

    eventually(lambda: is_well(pushed))
    assert "4711" not in pushed.run(TABLE)


def test_without_its_keeper(pushed: Box) -> None:
    """
    While nobody keeps the rules, a flush is told by the status, and the next push, even of the same, heals both.
    """
    pushed.run("sv down /etc/service/nftables; nft flush ruleset")

    assert not firewall(pushed)["healthy"]
    assert "its rules are gone, or were changed by hand" in firewall(pushed)["ailment"]
    assert 0 == pushed.push(bundle(80))[0]
    assert is_well(pushed)


def test_who_pushes_by_ssh_is_not_locked_out(pushed: Box) -> None:
    """
    Rules under which the SSH session that brings them could not come again are refused; they are taken from elsewhere.
    """
    session = ["--env", "SSH_CONNECTION=192.0.2.7 40000 10.0.0.1 22"]
    command = ["exec", "-i", *session, pushed.name, "hacomponents-agent", "apply"]

    refused = docker(*command, stdin=json.dumps(bundle(81)), check=False)
    taken = docker(*command, stdin=json.dumps(bundle(81, ("192.0.2.0/24",))), check=False)

    assert REJECTED == refused.returncode
    assert "would lock out the SSH session that brings them" in refused.stderr
    assert "it comes from 192.0.2.7; add that, or its subnet, to Firewall(management=[...])" in refused.stderr
    assert 0 == taken.returncode, taken.stderr


def test_after_a_restart(pushed: Box) -> None:
    """
    When the machine comes back, the rules are in force before its first service starts.
    """
    docker("restart", "--time=5", pushed.name)

    eventually(lambda: is_well(pushed))
    rules_at = pushed.run("stat -c %Y%y /run/hacomponents/nftables")
    assert rules_at < pushed.run("stat -c %Y%y /run/hacomponents/supervise/nftables")


def test_without_it_all_is_open(pushed: Box) -> None:
    """
    A release without a firewall leaves no rule behind.
    """
    empty: dict[str, Any] = {**bundle(80), "services": {}, "files": {}}

    assert 0 == pushed.push(empty)[0]

    assert "hacomponents" not in pushed.run("nft list tables")
