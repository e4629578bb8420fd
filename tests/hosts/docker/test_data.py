"""What is said at preview of data that no volume has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pytest

from hacomponents import AppTier, Command, Process, Vip, VipPair
from hacomponents.docker import Network
from tests.components import program
from tests.components.program import run

if TYPE_CHECKING:
    from collections.abc import Callable

WARNING = (
    "{}: its container is new or replaced, and no volume has what programs of your own keep in the one of before; "
    "save that first, or ignore this for a new host"
)


def alone() -> None:
    """A pair that serves what is not known here."""
    net = Network("db", cidr="10.10.0.0/24")
    VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10"), track=Process("mysqld"))


def application() -> None:
    """A pair that serves an application, which is declared after it."""
    net = Network("db", cidr="10.10.0.0/24")
    hosts = net.hosts("app", 2)
    VipPair("app-pair", hosts=hosts, vip=Vip("10.10.0.10"))
    AppTier("app", hosts=hosts, server=Command(app="stacks/rails_app", start=("true",)))


@pytest.mark.parametrize(
    ("site", "preview", "known", "hosts"),
    [
        (alone, True, False, ["db-1", "db-2"]),
        (alone, True, True, []),
        (alone, False, False, []),
        (application, True, False, []),
    ],
)
def test_a_container_that_is_made_anew(
    site: Callable[[], None], hosts: list[str], monkeypatch: pytest.MonkeyPatch, *, preview: bool, known: bool
) -> None:
    """
    One line a host, at preview alone, where its container is not the one of before, and what it serves is no tier.
    """
    said: list[str] = []
    made = program.Mocks.new_resource

    def new_resource(self: object, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[object, object]]:
        identity, outputs = made(self, args)  # type: ignore[arg-type]
        return "" if "Container" in args.typ and not known else identity, outputs

    monkeypatch.setattr(program.Mocks, "new_resource", new_resource)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)
    monkeypatch.setattr("pulumi.log.warn", lambda message, *_: said.append(message))

    run(site)

    assert [WARNING.format(host) for host in hosts] == sorted(line for line in said if "no volume" in line)
