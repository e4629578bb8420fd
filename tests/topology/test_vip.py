"""VIPs and dialects of VRRP that are refused: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Vrrp2, Vrrp3
from tests.topology.declare import told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "vip_not_an_address": (
        change(web_vip={"address": "10.10.0.300"}),
        "web.vip.address: must be an address such as 10.10.0.10 or fd00:10::10 (got '10.10.0.300'); correct the address",
    ),
    "vip_with_leading_zero": (
        change(web_vip={"address": "10.10.0.010"}),
        "web.vip.address: must be an address such as 10.10.0.10 or fd00:10::10 (got '10.10.0.010'); correct the address",
    ),
    "vip_with_prefix": (
        change(web_vip={"address": "10.10.0.10/24"}),
        "web.vip.address: must be an address such as 10.10.0.10 or fd00:10::10 (got '10.10.0.10/24'); correct the address",
    ),
    "vip_with_markup": (
        change(web_vip={"address": "10.10.0.10 dev eth1"}),
        "web.vip.address: must be an address such as 10.10.0.10 or fd00:10::10 (got '10.10.0.10 dev eth1'); correct the address",
    ),
    "vip_of_ipv6": (
        change(web_vip={"address": "fd00::10"}),
        "web.vip.address: fd00::10 is outside network rails, which has no IPv6; give the network cidr6, such as fd00:10::/64",
    ),
    "vip_outside_the_network": (
        change(web_vip={"address": "10.11.0.10"}),
        "web.vip.address: 10.11.0.10 is outside network rails; take an address in 10.10.0.0/24",
    ),
    "vip_is_the_network_address": (
        change(web_vip={"address": "10.10.0.0", "virtual_router_id": 9}),
        "web.vip.address: 10.10.0.0 is the network's own or its broadcast address; take another in 10.10.0.0/24",
    ),
    "vip_is_the_broadcast_address": (
        change(web_vip={"address": "10.10.0.255"}),
        "web.vip.address: 10.10.0.255 is the network's own or its broadcast address; take another in 10.10.0.0/24",
    ),
    "vip_is_the_gateway": (
        change(web_vip={"address": "10.10.0.1"}),
        "web.vip.address: 10.10.0.1 is the gateway of network rails; take another in 10.10.0.0/24",
    ),
    "further_vips_are_none": (
        change(web_vip={"virtual_ipaddress_excluded": None}),
        'web.vip.virtual_ipaddress_excluded: must be a tuple of addresses (got None); write ("10.10.0.11",)',
    ),
    "further_vip_is_a_string": (
        change(web_vip={"virtual_ipaddress_excluded": "10.10.0.11"}),
        "web.vip.virtual_ipaddress_excluded: must be a tuple of addresses (got '10.10.0.11'); write (\"10.10.0.11\",)",
    ),
    "further_vip_outside_the_network": (
        change(web_vip={"virtual_ipaddress_excluded": ("192.168.1.1",)}),
        "web.vip.virtual_ipaddress_excluded[0]: 192.168.1.1 is outside network rails; take an address in 10.10.0.0/24",
    ),
    "router_id_too_large": (
        change(web_vip={"virtual_router_id": 300}),
        "web.vip.virtual_router_id: must be a whole number between 1 and 255 (got 300); give one in that range",
    ),
    "router_id_zero": (
        change(web_vip={"virtual_router_id": 0}),
        "web.vip.virtual_router_id: must be a whole number between 1 and 255 (got 0); give one in that range",
    ),
    "router_id_is_text": (
        change(web_vip={"virtual_router_id": "51"}),
        "web.vip.virtual_router_id: must be a whole number between 1 and 255 (got '51'); give one in that range",
    ),
    "dialect_is_a_number": (
        change(web_vip={"vrrp": 3}),
        "web.vip.vrrp: must be a Vrrp3 or a Vrrp2 (got 3); give one of them",
    ),
    "advert_int_zero": (
        change(web_vip={"vrrp": Vrrp3(advert_int=0)}),
        "web.vip.vrrp.advert_int: must be a number of seconds between 0.1 and 40 (got 0); give one in that range",
    ),
    "advert_int_too_long": (
        change(web_vip={"vrrp": Vrrp3(advert_int=41)}),
        "web.vip.vrrp.advert_int: must be a number of seconds between 0.1 and 40 (got 41); give one in that range",
    ),
    "priority_of_the_address_owner": (
        change(web_vip={"vrrp": Vrrp3(priority=(255, 100))}),
        "web.vip.vrrp.priority[0]: must be a whole number between 1 and 254 (got 255); give one in that range",
    ),
    "priorities_equal": (
        change(web_vip={"vrrp": Vrrp3(priority=(100, 100))}),
        "web.vip.vrrp.priority: must fall: the first host is preferred (got (100, 100)); give the first host the higher one",
    ),
    "priorities_rise": (
        change(web_vip={"vrrp": Vrrp3(priority=(100, 150))}),
        "web.vip.vrrp.priority: must fall: the first host is preferred (got (100, 150)); give the first host the higher one",
    ),
    "priority_single": (
        change(web_vip={"vrrp": Vrrp3(**change(priority=100))}),
        "web.vip.vrrp.priority: must be two priorities, the first host's and the second's (got 100); give (200, 199)",
    ),
    "nopreempt_is_text": (
        change(web_vip={"vrrp": Vrrp3(**change(nopreempt="yes"))}),
        "web.vip.vrrp.nopreempt: must be True or False (got 'yes'); give one of them",
    ),
    "preempt_delay_with_nopreempt": (
        change(web_vip={"vrrp": Vrrp3(preempt_delay=30)}),
        "web.vip.vrrp.preempt_delay: is of no effect: with nopreempt, a host that comes back takes nothing (got 30); add nopreempt=False, or leave it out",
    ),
    "preempt_delay_too_long": (
        change(web_vip={"vrrp": Vrrp3(nopreempt=False, preempt_delay=1001)}),
        "web.vip.vrrp.preempt_delay: must be a whole number between 0 and 1000 (got 1001); give one in that range",
    ),
    "vrrp2_fraction": (
        change(web_vip={"vrrp": Vrrp2("secret", **change(advert_int=0.5))}),
        "web.vip.vrrp.advert_int: must be a whole number between 1 and 255 (got 0.5); give one in that range",
    ),
    "vrrp2_password_too_long": (
        change(web_vip={"vrrp": Vrrp2("yourpassword")}),
        "web.vip.vrrp.auth_pass: must have 1 to 8 characters, keepalived cuts off the rest (this has 12); shorten it, or use Vrrp3",
    ),
    "vrrp2_password_empty": (
        change(web_vip={"vrrp": Vrrp2("")}),
        "web.vip.vrrp.auth_pass: must have 1 to 8 characters, keepalived cuts off the rest (this has 0); shorten it, or use Vrrp3",
    ),
    "vrrp2_password_with_newline": (
        change(web_vip={"vrrp": Vrrp2("a\n}")}),
        "web.vip.vrrp.auth_pass: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "vrrp2_password_missing": (
        change(web_vip={"vrrp": Vrrp2(None)}),
        'web.vip.vrrp.auth_pass: must be a secret text; give config.require_secret("token"), which is set by: pulumi config set --secret token',
    ),
    "vrrp2_weight_never_fails_over": (
        change(web_vip={"vrrp": Vrrp2("secret", weight=10)}),
        "web.vip.vrrp.weight: never fails over: a failed service costs 10, but the priorities are 50 apart (got 10); give more than 50, or 0 to make a failed service a FAULT",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))
