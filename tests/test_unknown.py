"""Secrets and certificates that another resource makes: what a preview shows while they are not known."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi_command import local

from hacomponents import Tls
from tests import certificates as samples
from tests.components import program as mocks
from tests.components.program import Run, run
from tests.components.sites import rails

if TYPE_CHECKING:
    from collections.abc import Callable

KEY, PEM = samples.private_key()
CERTIFICATE = samples.certificate(KEY, ["www.example.com"])
MADE = {"vault": "correct-horse", "authority": CERTIFICATE}


def made(name: str) -> pulumi.Output[str]:
    """What a resource of the program makes, of which a preview knows nothing."""
    return local.Command(name, create=f"make {name}").stdout


def with_secret() -> None:
    """The balancers' password is made by a resource."""
    rails(stats={"password": made("vault")})


def with_certificate() -> None:
    """The proxies' certificate is issued by a resource."""
    rails(web={"server_name": ["www.example.com"], "tls": Tls(made("authority"), PEM)})


@pytest.fixture(autouse=True)
def _makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resources whose results are unknown in a preview; an update has them when the site's network is there."""
    usual, network = mocks.Mocks.new_resource, threading.Event()

    def new_resource(self: Any, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        identity, state = usual(self, args)
        if args.name == "rails-network":
            network.set()
        if args.name in MADE:
            assert pulumi.runtime.is_dry_run() or network.wait(30)
            state["stdout"] = rpc.UNKNOWN if pulumi.runtime.is_dry_run() else MADE[args.name]
        return identity, state

    monkeypatch.setattr(mocks.Mocks, "new_resource", new_resource)


def inputs(result: Run) -> dict[str, Any]:
    """All inputs of what touches hosts, by name."""
    assert "" == result.error
    return {name: dict(found.inputs) for name, found in result.resources.items() if name.startswith("rails")}


@pytest.mark.parametrize(
    ("program", "waiting"),
    [
        (with_secret, {"rails.lb-1-push", "rails.lb-2-push", "rails.lb-1-secrets", "rails.lb-2-secrets"}),
        (with_certificate, {"rails.web-1-push", "rails.web-2-push"}),
    ],
    ids=["secret", "certificate"],
)
def test_only_who_holds_it_waits(program: Callable[[], None], waiting: set[str]) -> None:
    """
    A preview shows all but the bundles that hold what is not known, just as the update then has it.
    """
    preview, update = (inputs(run(program, preview=preview)) for preview in (True, False))

    assert waiting == {name for name in update if preview[name] != update[name]}
    assert all(rpc.contains_unknowns(preview[name]) for name in waiting if name.endswith("-push"))


def test_known_late_is_as_known_at_once() -> None:
    """
    A value that a resource makes gives the same bytes as one that the program has.
    """
    late, at_once = (run(program).resources["rails.lb-1-push"].inputs["stdin"] for program in (with_secret, rails))

    assert json.loads(at_once) == json.loads(late)


def test_a_value_that_is_wrong() -> None:
    """
    A value that breaks a rule when it is known stops its own hosts, and the error says so.
    """
    MADE["short"] = "a b"
    try:
        result = run(lambda: rails(stats={"password": made("short")}))
    finally:
        del MADE["short"]

    assert result.error.startswith("rails: 1 problem; lb-2 was not changed\n  lb.stats.password: ")
    assert not {"rails.lb-1-push", "rails.lb-2-push", "rails.web-2-push"} & result.resources.keys()
