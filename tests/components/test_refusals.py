"""Programs with bad inputs: told by Pulumi with exact messages, and no host is touched. The rules: `tests/topology`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.components.program import CONFIG, run
from tests.components.sites import rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for


def change(**keywords: Any) -> dict[str, Any]:
    """Keywords of `rails` that a row changes; of any type, since wrong types are among them."""
    return keywords


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "cidr_with_host_bits": (
        change(cidr="10.10.0.5/24"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.10.0.5/24'); write it as 10.10.0.0/24",
    ),
    "no_hosts": (change(app_hosts=0), "app.hosts: must hold at least one host (got 0); ask the network for one"),
    "vip_twice": (
        change(web_vip={"address": "10.10.0.20", "virtual_router_id": 10}),
        "web.vip: 10.10.0.20 is already in lb.vip; take another address in 10.10.0.0/24",
    ),
    "server_name_with_semicolon": (
        change(web={"server_name": ("example.com; return 200",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got 'example.com; return 200'); change it to that shape",
    ),
    "stats_realm_with_newline": (
        change(stats={"realm": "Global\nstats admin if TRUE"}),
        "lb.stats.realm: must be words without quotes or backslashes (got 'Global\\nstats admin if TRUE'); change it to that shape",
    ),
    "stats_password_with_blank": (
        change(stats={"password": "two words"}),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "thin_app_not_a_folder": (
        change(thin={"app": "stacks/nowhere"}),
        "app.server.app: is not a folder (got 'stacks/nowhere'); give the folder of the application",
    ),
}


def touched(resources: Mapping[str, Any]) -> list[str]:
    """Resources that are more than a name in the state."""
    return [name for name, found in resources.items() if not found.type.startswith("hacomponents:")]


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy before any resource is registered.
    """
    result = run(lambda: rails(**keywords))

    assert f"rails: 1 problem; nothing was changed\n  {message}" == result.error
    assert [] == touched(result.resources)


def paths(told: str) -> list[str]:
    """The paths of the problems that a program was told."""
    return [line.strip().split(":")[0] for line in told.splitlines()[1:]]


def test_all_problems_at_once() -> None:
    """
    Problems of every tier are told together, in the order of the program, and then those between the tiers.
    """
    result = run(
        lambda: rails(
            thin={"processes": 0},
            lb={"balance": "fastest"},
            stats={"password": "two words"},
            web={"port": 0},
            web_vip={"address": "10.10.0.20"},
        )
    )

    own = ["app.server.processes", "lb.balance", "lb.stats.password", "web.port"]
    assert [*own, "web.vip", "web.vip.virtual_router_id"] == paths(result.error)
    assert "rails: 6 problems; nothing was changed" == result.error.splitlines()[0]
    assert [] == touched(result.resources)


def test_a_warning_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """
    A warning is shown at preview, once; every host is pushed to all the same.
    """
    caplog.clear()
    result = run(lambda: rails(lb_hosts=1, lb={"vip": None}))

    assert "" == result.error
    assert {"rails.app-1-push", "rails.lb-1-push", "rails.web-1-push", "rails.web-2-push"} <= set(result.resources)
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("lb.hosts: nothing stands in for lb-1: when it fails, so does the site (got 1); ")


def test_a_warning_beside_a_problem(caplog: pytest.LogCaptureFixture) -> None:
    """
    A tier that is right is warned of, whatever is wrong with another one.
    """
    caplog.clear()
    result = run(lambda: rails(lb_hosts=1, lb={"vip": None}, web={"port": 0}))

    assert ["web.port"] == paths(result.error)
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("lb.hosts: ")


def test_no_hosts_in_a_pair() -> None:
    """
    A pair without hosts is told, and nothing is registered.
    """
    result = run(lambda: rails(web_hosts=0))

    assert "web.hosts: must hold at least one host (got 0); ask the network for one" in result.error
    assert [] == touched(result.resources)


def test_a_secret_is_not_shown() -> None:
    """
    A refused secret is named, and its value is nowhere in the message.
    """
    result = run(lambda: rails(stats={"password": "hunter2 hunter2"}))

    assert "lb.stats.password" in result.error
    assert "hunter2" not in result.error


def test_secrets_need_a_digest_key() -> None:
    """
    Without the key of the digests, a site with secrets is refused with the command that sets it.
    """
    result = run(rails, {name: value for name, value in CONFIG.items() if name != "hacomponents:digest_key"})

    assert (
        "rails: 1 problem; nothing was changed\n"
        "  hacomponents:digest_key: must be set where a site has secrets; "
        'run: pulumi config set --secret hacomponents:digest_key "$(openssl rand -hex 32)"'
    ) == result.error


def test_network_name() -> None:
    """
    A network's name follows the rule of all names.
    """
    result = run(lambda: rails(network="my net"))

    assert (
        "my net: 1 problem; nothing was changed\n"
        "  network my net.name: must be lower-case letters, digits and hyphens, 30 at most (got 'my net'); "
        "change it to that shape"
    ) == result.error


def test_a_good_site_is_not_refused() -> None:
    """
    The site that every row above changes in one place is itself accepted.
    """
    assert "" == run(rails).error
