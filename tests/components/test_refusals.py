"""Bad inputs: one line a rule, with its exact message; none of them touches a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Cookie, DefaultServer, Firewall, Process, Timeouts, Url, Vip, VipPair, Vrrp2, Vrrp3
from hacomponents.docker import Network
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
    "cidr_not_an_address": (
        change(cidr="ten.ten"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got 'ten.ten'); write it as 10.10.0.0/24",
    ),
    "cidr_too_large": (
        change(cidr="10.0.0.0/8"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.0.0.0/8'); write it as 10.10.0.0/24",
    ),
    "cidr_too_small": (
        change(cidr="10.10.0.0/30"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.10.0.0/30'); write it as 10.10.0.0/24",
    ),
    "cidr_of_ipv6": (
        change(cidr="fd00::/64"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got 'fd00::/64'); write it as 10.10.0.0/24",
    ),
    "firewall_is_a_word": (
        change(firewall="on"),
        "network rails.firewall: must be a Firewall, or None for none (got 'on'); write Firewall(management=[...])",
    ),
    "management_is_a_string": (
        change(firewall=Firewall(management="10.0.0.0/8")),
        "network rails.firewall.management: must be a list of addresses and subnets (got '10.0.0.0/8'); write [\"10.10.0.0/24\"]",
    ),
    "management_with_host_bits": (
        change(firewall=Firewall(management=["10.0.0.1/8"])),
        "network rails.firewall.management[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.0.0.1/8'); correct it",
    ),
    "management_with_a_rule": (
        change(firewall=Firewall(management=["10.0.0.1 } accept"])),
        "network rails.firewall.management[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.0.0.1 } accept'); correct it",
    ),
    "clients_by_name": (
        change(firewall=Firewall(clients=["0.0.0.0/0", "office"])),
        "network rails.firewall.clients[1]: must be an address or a subnet such as 10.10.0.0/24 (got 'office'); correct it",
    ),
    "more_hosts_than_a_block_holds": (
        change(app_hosts=17),
        "host app-17.address: network rails (10.10.0.0/24) has no address left in this role's block; take a larger network: a role gets one sixteenth of it",
    ),
    "no_hosts": (change(app_hosts=0), "app.hosts: must hold at least one host (got 0); ask the network for one"),
    "one_host_in_a_pair": (
        change(web_hosts=1),
        "web.vip: a VIP moves between the two hosts of a pair (got 1); give two hosts, or no VIP",
    ),
    "three_hosts_in_a_pair": (
        change(web_hosts=3),
        "web.vip: a VIP moves between the two hosts of a pair (got 3); give two hosts, or no VIP",
    ),
    "tier_name_upper_case": (
        change(app_name="App"),
        "App.name: must be lower-case letters, digits and hyphens, 30 at most (got 'App'); change it to that shape",
    ),
    "tier_name_with_newline": (
        change(app_name="app\nuser root"),
        "app\\nuser root.name: must be lower-case letters, digits and hyphens, 30 at most (got 'app\\nuser root'); change it to that shape",
    ),
    "tier_name_with_braces": (
        change(app_name="app{}"),
        "app{}.name: must be lower-case letters, digits and hyphens, 30 at most (got 'app{}'); change it to that shape",
    ),
    "tier_name_twice": (change(lb={"name": "app"}), "app.name: is the name of two tiers; rename one of them"),
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
    "vip_is_a_hosts_address": (
        change(web_vip={"address": "10.10.0.32"}),
        "web.vip: 10.10.0.32 is the address of host web-1; take a free address in 10.10.0.0/24",
    ),
    "vip_twice": (
        change(web_vip={"address": "10.10.0.20", "virtual_router_id": 10}),
        "web.vip: 10.10.0.20 is already in lb.vip; take another address in 10.10.0.0/24",
    ),
    "vip_twice_in_one_pair": (
        change(web_vip={"virtual_ipaddress_excluded": ("10.10.0.10",)}),
        "web.vip: 10.10.0.10 is already in web.vip; take another address in 10.10.0.0/24",
    ),
    "further_vip_is_a_string": (
        change(web_vip={"virtual_ipaddress_excluded": "10.10.0.11"}),
        "web.vip.virtual_ipaddress_excluded: must be a tuple of addresses (got '10.10.0.11'); write (\"10.10.0.11\",)",
    ),
    "no_proxy_hosts": (
        change(web_hosts=0, web={"vip": None}),
        "web.hosts: must hold at least one host (got 0); ask the network for one",
    ),
    "further_vip_of_another_pair": (
        change(web_vip={"virtual_ipaddress_excluded": ("10.10.0.20",)}),
        "web.vip: 10.10.0.20 is already in lb.vip; take another address in 10.10.0.0/24",
    ),
    "further_vip_outside_the_network": (
        change(web_vip={"virtual_ipaddress_excluded": ("192.168.1.1",)}),
        "web.vip.virtual_ipaddress_excluded[0]: 192.168.1.1 is outside network rails; take an address in 10.10.0.0/24",
    ),
    "vip_is_a_string": (
        change(web={"vip": "10.10.0.10"}),
        "web.vip: must be a Vip (got '10.10.0.10'); write Vip(\"10.10.0.10\")",
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
    "router_id_twice": (
        change(web_vip={"virtual_router_id": 20}),
        "web.vip.virtual_router_id: 20 is already the virtual_router_id of lb.vip on network rails; give one of them another between 1 and 255",
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
    "vrrp2_weight_past_254": (
        change(web_vip={"vrrp": Vrrp2("secret", priority=(200, 199), weight=60)}),
        "web.vip.vrrp.weight: lifts the priority to 260, and 254 is the highest (services watched: 1) (got 60); lower the priorities",
    ),
    "web_port_zero": (
        change(web={"port": 0}),
        "web.port: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "web_port_is_text": (
        change(web={"port": "80"}),
        "web.port: must be a whole number between 1 and 65535 (got '80'); give one in that range",
    ),
    "web_port_is_true": (
        change(web={"port": True}),
        "web.port: must be a whole number between 1 and 65535 (got True); give one in that range",
    ),
    "web_port_of_the_status_pages": (
        change(web={"port": 8009}),
        "web.port: 8009 is taken on the same host by the status pages of nginx; choose another port",
    ),
    "server_name_with_semicolon": (
        change(web={"server_name": ("example.com; return 200",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got 'example.com; return 200'); change it to that shape",
    ),
    "server_name_with_newline": (
        change(web={"server_name": ("example.com\n",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got 'example.com\\n'); change it to that shape",
    ),
    "server_name_is_a_string": (
        change(web={"server_name": "example.com"}),
        "web.server_name: must be a list of names (got 'example.com'); write [\"www.example.com\"]",
    ),
    "server_name_twice": (
        change(web={"server_name": ("a.example", "a.example")}),
        "web.server_name: names one name twice (got ('a.example', 'a.example')); remove one",
    ),
    "body_size_without_number": (
        change(web={"client_max_body_size": "big"}),
        "web.client_max_body_size: must be a size such as 10m (got 'big'); change it to that shape",
    ),
    "connect_timeout_negative": (
        change(web={"proxy_connect_timeout": -1}),
        "web.proxy_connect_timeout: must be a number of seconds between 0.1 and 75 (got -1); give one in that range",
    ),
    "keepalive_negative": (
        change(web={"keepalive": -1}),
        "web.keepalive: must be a whole number between 0 and 10000 (got -1); give one in that range",
    ),
    "next_upstream_tries_zero": (
        change(web={"proxy_next_upstream_tries": 0}),
        "web.proxy_next_upstream_tries: must be a whole number between 1 and 100 (got 0); give one in that range",
    ),
    "web_extra_config_with_control_character": (
        change(web={"extra_config": "\x1b[2J"}),
        "web.extra_config: must not hold control characters but tab and newline (got '\\x1b[2J'); remove them",
    ),
    "server_name_twice_in_other_letters": (
        change(web={"server_name": ("a.example", "A.example")}),
        "web.server_name: names one name twice (got ('a.example', 'A.example')); remove one",
    ),
    "server_name_with_two_wildcards": (
        change(web={"server_name": ("*.example.*",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got '*.example.*'); change it to that shape",
    ),
    "web_extra_config_that_ends_its_block": (
        change(web={"extra_config": "} server { listen 81; "}),
        "web.extra_config: must not hold a '}' that ends nothing of its own (got '} server { listen 81; '); write whole statements",
    ),
    "web_extra_config_without_its_end": (
        change(web={"extra_config": "gzip on"}),
        "web.extra_config: must end its last statement by ';' and close its blocks (got 'gzip on'); write whole statements",
    ),
    "web_extra_config_with_an_open_quote": (
        change(web={"extra_config": "return 200 'hello;"}),
        'web.extra_config: must close its quotes (got "return 200 \'hello;"); write whole statements',
    ),
    "lb_extra_config_that_begins_a_section": (
        change(lb={"extra_config": "listen other\n  bind :81"}),
        "lb.extra_config: must be lines of the backend, and 'listen' begins something else (got 'listen other\\n  bind :81'); write whole statements",
    ),
    "lb_extra_config_with_an_open_quote": (
        change(lb={"extra_config": 'http-request set-header A "b'}),
        "lb.extra_config: must close its quotes on the same line (got 'http-request set-header A \"b'); write whole statements",
    ),
    "lb_has_the_name_of_a_section": (
        change(lb={"name": "health"}),
        "health.name: health is the name of a section of our own in haproxy.cfg; rename the tier",
    ),
    "variable_in_both_mappings": (
        change(thin={"env": {"A": "1"}, "secret_env": {"A": "hush"}}),
        "app.server.secret_env['A']: is in env too; remove one of them",
    ),
    "variable_with_a_space_at_its_end": (
        change(thin={"env": {"A": "1 "}}),
        "app.server.env['A']: must not end with a space, which `chpst -e` takes off (got '1 '); remove it",
    ),
    "web_extra_config_is_a_list": (
        change(web={"extra_config": ["gzip on;"]}),
        'web.extra_config: must be lines of text (got [\'gzip on;\']); give a string; for a secret in it write @@TOKEN@@, and beside it secrets={"TOKEN": config.require_secret("token")}',
    ),
    "web_extra_config_with_an_agent_mark": (
        change(web={"extra_config": "return 200 '@@secret:lb-stats-password@@';"}),
        "web.extra_config: must hold '@@' only as @@NAME@@, the name of a secret in capital letters, digits and underscores (got \"return 200 '@@secret:lb-stats-password@@';\"); remove it",
    ),
    "web_read_timeout_is_text": (
        change(web={"proxy_read_timeout": "60s"}),
        "web.proxy_read_timeout: must be a number of seconds between 0.1 and 86400 (got '60s'); give one in that range",
    ),
    "worker_connections_too_few": (
        change(web={"worker_connections": 1}),
        "web.worker_connections: must be a whole number between 16 and 65535 (got 1); give one in that range",
    ),
    "lb_port_too_large": (
        change(lb={"port": 65536}),
        "lb.port: must be a whole number between 1 and 65535 (got 65536); give one in that range",
    ),
    "lb_port_is_the_statistics_port": (
        change(lb={"port": 8080}),
        "lb.stats.port: 8080 is taken on the same host by lb.port; choose another port",
    ),
    "lb_port_of_the_health_check": (
        change(lb={"port": 8010}),
        "lb.port: 8010 is taken on the same host by the health check of haproxy; choose another port",
    ),
    "balance_unknown": (
        change(lb={"balance": "fastest"}),
        "lb.balance: must be one of roundrobin, static-rr, leastconn, first, source, random, or Uri() or Hdr(name) (got 'fastest'); choose one of them",
    ),
    "balance_with_newline": (
        change(lb={"balance": "roundrobin\noption httpclose"}),
        "lb.balance: must be one of roundrobin, static-rr, leastconn, first, source, random, or Uri() or Hdr(name) (got 'roundrobin\\noption httpclose'); choose one of them",
    ),
    "maxconn_zero": (
        change(lb={"maxconn": 0}),
        "lb.maxconn: must be a whole number between 1 and 1000000 (got 0); give one in that range",
    ),
    "nbthread_zero": (
        change(lb={"nbthread": 0}),
        "lb.nbthread: must be a whole number between 1 and 64 (got 0); give one in that range",
    ),
    "retries_negative": (
        change(lb={"retries": -1}),
        "lb.retries: must be a whole number between 0 and 100 (got -1); give one in that range",
    ),
    "redispatch_is_text": (
        change(lb={"redispatch": "yes"}),
        "lb.redispatch: must be True or False (got 'yes'); give one of them",
    ),
    "log_facility_single": (
        change(lb={"log": ("local0",)}),
        'lb.log: must be two facilities (got (\'local0\',)); give ("local0", "local1")',
    ),
    "log_facility_unknown": (
        change(lb={"log": ("local0", "local9")}),
        "lb.log[1]: must be one of local0, local1, local2, local3, local4, local5, local6, local7, daemon, user (got 'local9'); choose one of them",
    ),
    "cookie_name_with_blank": (
        change(lb={"cookie": Cookie("SERVER ID")}),
        "lb.cookie.name: must be letters, digits and _ . - (got 'SERVER ID'); change it to that shape",
    ),
    "cookie_is_a_string": (
        change(lb={"cookie": "SERVERID"}),
        "lb.cookie: must be a Cookie (got 'SERVERID'); write Cookie(...)",
    ),
    "server_maxconn_zero": (
        change(lb={"default_server": DefaultServer(maxconn=0)}),
        "lb.default_server.maxconn: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "check_interval_zero": (
        change(lb={"default_server": DefaultServer(inter=0)}),
        "lb.default_server.inter: must be a number of seconds between 0.1 and 3600 (got 0); give one in that range",
    ),
    "fall_zero": (
        change(lb={"default_server": DefaultServer(fall=0)}),
        "lb.default_server.fall: must be a whole number between 1 and 100 (got 0); give one in that range",
    ),
    "default_server_missing": (
        change(lb={"default_server": None}),
        "lb.default_server: must be a DefaultServer (got None); write DefaultServer(...)",
    ),
    "queue_timeout_zero": (
        change(lb={"timeout": Timeouts(queue=0)}),
        "lb.timeout.queue: must be a number of seconds between 0.001 and 86400 (got 0); give one in that range",
    ),
    "client_timeout_is_text": (
        change(lb={"timeout": Timeouts(**change(client="50s"))}),
        "lb.timeout.client: must be a number of seconds between 0.001 and 86400 (got '50s'); give one in that range",
    ),
    "stats_port_too_large": (
        change(stats={"port": 70000}),
        "lb.stats.port: must be a whole number between 1 and 65535 (got 70000); give one in that range",
    ),
    "stats_uri_with_blank": (
        change(stats={"uri": "/my stats"}),
        "lb.stats.uri: must be a path such as /my_stats (got '/my stats'); change it to that shape",
    ),
    "stats_realm_with_quote": (
        change(stats={"realm": 'Global" statistics'}),
        "lb.stats.realm: must be words without quotes or backslashes (got 'Global\" statistics'); change it to that shape",
    ),
    "stats_realm_with_newline": (
        change(stats={"realm": "Global\nstats admin if TRUE"}),
        "lb.stats.realm: must be words without quotes or backslashes (got 'Global\\nstats admin if TRUE'); change it to that shape",
    ),
    "stats_user_with_colon": (
        change(stats={"user": "admin:admin"}),
        "lb.stats.user: must be letters, digits and _ . - (got 'admin:admin'); change it to that shape",
    ),
    "stats_password_missing": (
        change(stats={"password": None}),
        'lb.stats.password: must be a secret text; give config.require_secret("token"), which is set by: pulumi config set --secret token',
    ),
    "stats_password_empty": (
        change(stats={"password": ""}),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "stats_password_with_blank": (
        change(stats={"password": "two words"}),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "stats_password_with_newline": (
        change(stats={"password": "a\nstats admin if TRUE"}),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "lb_extra_config_with_control_character": (
        change(lb={"extra_config": "option httpclose\x00"}),
        "lb.extra_config: must not hold control characters but tab and newline (got 'option httpclose\\x00'); remove them",
    ),
    "thin_port_of_the_agents_check": (
        change(thin={"port": 8010}),
        "app.server.port: 8011 is taken on the same host by the agent's check; choose another port",
    ),
    "thin_port_privileged": (
        change(thin={"port": 80}),
        "app.server.port: must be a whole number between 1024 and 65535 (got 80); give one in that range",
    ),
    "thin_processes_past_the_last_port": (
        change(thin={"port": 65533, "processes": 5}),
        "app.server.processes: runs past port 65535 from port 65533 (got 5); lower port or processes",
    ),
    "thin_app_not_a_folder": (
        change(thin={"app": "stacks/nowhere"}),
        "app.server.app: is not a folder (got 'stacks/nowhere'); give the folder of the application",
    ),
    "thin_app_without_config_ru": (
        change(thin={"app": "hacomponents/topology"}),
        "app.server.app: has no config.ru, which Thin starts (got 'hacomponents/topology'); give the folder that holds it",
    ),
    "thin_environment_with_newline": (
        change(thin={"environment": "production\nport: 1"}),
        "app.server.environment: must be a word such as production (got 'production\\nport: 1'); change it to that shape",
    ),
    "thin_health_without_slash": (
        change(thin={"health": "up"}),
        "app.server.health: must be a path such as /up (got 'up'); change it to that shape",
    ),
    "thin_health_with_blank": (
        change(thin={"health": "/up HTTP/1.0"}),
        "app.server.health: must be a path such as /up (got '/up HTTP/1.0'); change it to that shape",
    ),
    "thin_timeout_zero": (
        change(thin={"timeout": 0}),
        "app.server.timeout: must be a whole number between 1 and 3600 (got 0); give one in that range",
    ),
    "thin_package_with_semicolon": (
        change(thin={"packages": ("ruby; reboot",)}),
        "app.server.packages[0]: must be a Debian package's name (got 'ruby; reboot'); change it to that shape",
    ),
    "thin_variable_name_with_equals": (
        change(thin={"env": {"A=B": "1"}}),
        "app.server.env['A=B']: must be named by letters, digits and underscores (got 'A=B'); change it to that shape",
    ),
    "thin_variable_with_newline": (
        change(thin={"env": {"A": "1\n2"}}),
        "app.server.env['A']: must be one line of text (got '1\\n2'); remove control characters",
    ),
    "thin_secret_variable_missing": (
        change(thin={"secret_env": {"SECRET_KEY_BASE": None}}),
        "app.server.secret_env['SECRET_KEY_BASE']: must be a secret text; give config.require_secret(\"token\"), which is set by: pulumi config set --secret token",
    ),
    "thin_secret_variable_with_quote": (
        change(thin={"secret_env": {"SECRET_KEY_BASE": "'; reboot"}}),
        "app.server.secret_env['SECRET_KEY_BASE']: must be one line of letters, digits and marks, without quotes, '$' or '|'; choose another",
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


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (
            Process(""),
            "db.track.name: must be a process name of 15 characters at most (got ''); change it to that shape",
        ),
        (
            Process("a-name-of-sixteen"),
            "db.track.name: must be a process name of 15 characters at most (got 'a-name-of-sixteen'); change it to that shape",
        ),
        (
            Process("mysqld; reboot"),
            "db.track.name: must be a process name of 15 characters at most (got 'mysqld; reboot'); change it to that shape",
        ),
        (
            Url("http://10.10.0.5/health"),
            "db.track.url: must be a URL such as http://127.0.0.1:8080/health (got 'http://10.10.0.5/health'); change it to that shape",
        ),
        ("mysqld", "db.track: must be a Process or a Url (got 'mysqld'); write Process(\"mysqld\")"),
    ],
)
def test_refused_track(track: Any, message: str) -> None:
    """
    What a pair that stands alone watches is one process by its name, or a URL on the host itself.
    """

    def program() -> None:
        net = Network("db", cidr="10.10.0.0/24")
        VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10"), track=track)

    assert f"db: 1 problem; nothing was changed\n  {message}" == run(program).error


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


def test_a_wrong_tier_is_not_held_against_others() -> None:
    """
    Of a tier that is wrong by itself nothing else is told: neither that it serves nothing, nor that its VIP is
    another's. Of the others, everything is.
    """
    result = run(
        lambda: rails(
            thin={"processes": 0}, web_vip={"address": "10.10.0.20", "virtual_router_id": 300}, web={"port": 8009}
        )
    )

    assert ["app.server.processes", "web.vip.virtual_router_id", "web.port"] == paths(result.error)


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
