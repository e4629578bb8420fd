"""Bad inputs to TLS and to what guards a site: one line a rule, with its exact message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Gzip, Limits, Tls
from tests import certificates as samples
from tests.topology.declare import told
from tests.topology.sites import rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

OWN, KEY = samples.private_key()
CERTIFICATE = samples.certificate(OWN, ["www.example.com", "*.example.org"])
CONVERT = "convert it by: openssl pkey -in FILE"
SHAPE = "must be one private key in PEM (-----BEGIN PRIVATE KEY-----), without a password"
DATE = f"{samples.NOW - timedelta(days=1):%Y-%m-%d}"


def tls(**keywords: Any) -> dict[str, Any]:
    """A site with TLS, good but for these keywords of it; of any type, since wrong types are among them."""
    return {"server_name": ["www.example.com"], "tls": Tls(**{"certificate": CERTIFICATE, "key": KEY, **keywords})}


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "tls_of_another_kind": (
        {"tls": "yes"},
        "web.tls: must be a Tls (got 'yes'); write Tls(certificate=..., key=...) or SelfSigned()",
    ),
    "certificate_is_a_path": (
        tls(certificate="site.pem"),
        "web.tls.certificate: must be certificates in PEM (-----BEGIN CERTIFICATE-----); give its text, the site's own certificate first, without comments between",
    ),
    "certificate_is_missing": (
        tls(certificate=None),
        "web.tls.certificate: must be text in PEM (got None); give a string, or an Output of one",
    ),
    "certificate_with_a_key": (
        tls(certificate=CERTIFICATE + KEY),
        "web.tls.certificate: must be certificates in PEM (-----BEGIN CERTIFICATE-----); give its text, the site's own certificate first, without comments between",
    ),
    "certificate_is_expired": (
        tls(certificate=samples.certificate(OWN, days=-1)),
        f"web.tls.certificate: has expired on {DATE} (certificate 1 of 1); give one that browsers accept",
    ),
    "certificate_of_another_name": (
        {**tls(), "server_name": ["www.example.com", "example.net"]},
        "web.tls.certificate: is not for example.net (its names: www.example.com, *.example.org); give one that is, or another server_name",
    ),
    "wildcard_of_another_level": (
        {**tls(), "server_name": ["a.b.example.org"]},
        "web.tls.certificate: is not for a.b.example.org (its names: www.example.com, *.example.org); give one that is, or another server_name",
    ),
    "certificate_of_no_redirected_name": (
        {**tls(), "redirect_from": ["example.com"]},
        "web.tls.certificate: is not for example.com (its names: www.example.com, *.example.org); give one that is, or another server_name",
    ),
    "key_is_a_path": (tls(key="site.key"), f"web.tls.key: {SHAPE}; {CONVERT}"),
    "key_with_a_password": (tls(key=samples.private_key("hunter2")[1]), f"web.tls.key: {SHAPE}; {CONVERT}"),
    "key_is_a_certificate": (tls(key=CERTIFICATE), f"web.tls.key: {SHAPE}; {CONVERT}"),
    "key_with_carriage_returns": (tls(key=KEY.replace("\n", "\r\n")), f"web.tls.key: {SHAPE}; {CONVERT}"),
    "key_that_is_none": (
        tls(key="-----BEGIN PRIVATE KEY-----\nTm8ga2V5\n-----END PRIVATE KEY-----\n"),
        f"web.tls.key: cannot be read as a private key; {CONVERT}",
    ),
    "key_is_missing": (
        tls(key=None),
        'web.tls.key: must be a secret text; give config.require_secret("token"), which is set by: pulumi config set --secret token',
    ),
    "key_of_another_certificate": (
        tls(key=samples.private_key()[1]),
        "web.tls.key: does not belong to the certificate; give the key that the certificate was made for",
    ),
    "hsts_in_words": (
        tls(hsts="1y"),
        "web.tls.hsts: must be a whole number between 0 and 126144000 (got '1y'); give one in that range",
    ),
    "hsts_without_redirect": (
        tls(hsts=300, redirect=False),
        "web.tls.hsts: needs redirect=True (got 300); redirect requests by HTTP, or leave hsts out",
    ),
    "redirect_in_words": (
        tls(redirect="no"),
        "web.tls.redirect: must be True or False (got 'no'); give one of them",
    ),
    "tls_port_of_the_site": (
        {**tls(), "tls_port": 80},
        "web.tls_port: 80 is taken on the same host by web.port; choose another port",
    ),
    "tls_port_too_large": (
        {"tls_port": 65536},
        "web.tls_port: must be a whole number between 1 and 65535 (got 65536); give one in that range",
    ),
    "gzip_is_a_flag": ({"gzip": True}, "web.gzip: must be a Gzip (got True); write Gzip(...)"),
    "gzip_type_of_html": (
        {"gzip": Gzip(types=("text/css", "text/html"))},
        "web.gzip.types[1]: text/html is always compressed; remove it",
    ),
    "gzip_type_twice": (
        {"gzip": Gzip(types=("text/css", "text/css"))},
        "web.gzip.types: names one type twice (got ('text/css', 'text/css')); remove one",
    ),
    "gzip_type_with_statement": (
        {"gzip": Gzip(types=("text/css; return 200",))},
        "web.gzip.types[0]: must be a media type such as text/css (got 'text/css; return 200'); change it to that shape",
    ),
    "gzip_types_in_one": (
        {"gzip": Gzip(types="text/css")},  # type: ignore[arg-type]
        "web.gzip.types: must be a list of media types (got 'text/css'); write [\"text/css\"]",
    ),
    "gzip_level": (
        {"gzip": Gzip(comp_level=10)},
        "web.gzip.comp_level: must be a whole number between 1 and 9 (got 10); give one in that range",
    ),
    "gzip_length": (
        {"gzip": Gzip(min_length=-1)},
        "web.gzip.min_length: must be a whole number between 0 and 1000000 (got -1); give one in that range",
    ),
    "limits_of_nothing": (
        {"limits": Limits()},
        "web.limits: limits nothing; give requests_per_second or connections, or no limits",
    ),
    "limits_are_a_number": ({"limits": 10}, "web.limits: must be a Limits (got 10); write Limits(...)"),
    "limits_below_one_a_second": (
        {"limits": Limits(requests_per_second=0.5)},  # type: ignore[arg-type]
        "web.limits.requests_per_second: must be a whole number between 0 and 100000 (got 0.5); give one in that range",
    ),
    "limits_burst_alone": (
        {"limits": Limits(burst=10, connections=10)},
        "web.limits.burst: needs requests_per_second (got 10); give both, or none",
    ),
    "limits_burst": (
        {"limits": Limits(requests_per_second=1, burst=-1)},
        "web.limits.burst: must be a whole number between 0 and 100000 (got -1); give one in that range",
    ),
    "limits_connections": (
        {"limits": Limits(connections=100000)},
        "web.limits.connections: must be a whole number between 0 and 65535 (got 100000); give one in that range",
    ),
    "headers_in_a_list": (
        {"headers": ["X-A"]},
        'web.headers: must be a dict of names to texts (got [\'X-A\']); write {"X-Frame-Options": "DENY"}',
    ),
    "header_name_with_a_space": (
        {"headers": {"X A": "1"}},
        "web.headers['X A']: must be named by letters, digits and hyphens, 38 at most (got 'X A'); change it to that shape",
    ),
    "header_with_a_variable": (
        {"headers": {"X-A": "$host"}},
        "web.headers['X-A']: must be one line without '\"', '\\\\', '$' or '@', or None (got '$host'); change it to that shape",
    ),
    "header_with_two_lines": (
        {"headers": {"X-A": "1\r\nX-B: 2"}},
        "web.headers['X-A']: must be one line without '\"', '\\\\', '$' or '@', or None (got '1\\r\\nX-B: 2'); change it to that shape",
    ),
    "header_twice": (
        {"headers": {"X-A": "1", "x-a": "2"}},
        "web.headers['x-a']: is named twice; remove one",
    ),
    "header_of_hsts": (
        {"headers": {"Strict-Transport-Security": "max-age=1"}},
        "web.headers['Strict-Transport-Security']: is a header of nginx's own; remove it",
    ),
    "trusted_proxies_in_one": (
        {"trusted_proxies": "10.0.0.0/8"},
        "web.trusted_proxies: must be a list of networks (got '10.0.0.0/8'); write [\"10.0.0.0/24\"]",
    ),
    "trusted_proxies_with_host_bits": (
        {"trusted_proxies": ["10.0.0.1/8"]},
        "web.trusted_proxies[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.0.0.1/8'); correct it",
    ),
    "trusted_proxies_are_everybody": (
        {"trusted_proxies": ["0.0.0.0/0"]},
        "web.trusted_proxies[0]: trusts everybody, so that any client could choose its address (got '0.0.0.0/0'); name the networks of the proxies in front",
    ),
    "trusted_proxies_twice": (
        {"trusted_proxies": ["10.0.0.0/8", "10.0.0.0/8"]},
        "web.trusted_proxies: names one network twice (got ['10.0.0.0/8', '10.0.0.0/8']); remove one",
    ),
    "proxy_protocol_in_words": (
        {"proxy_protocol": "v2", "trusted_proxies": ["10.0.0.0/8"]},
        "web.proxy_protocol: must be True or False (got 'v2'); give one of them",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(web=keywords))


def test_a_key_is_not_shown() -> None:
    """
    No line of a key that is refused is in the message.
    """
    error = told(lambda: rails(web=tls(key=KEY + KEY)))

    assert "web.tls.key" in error
    assert [] == [line for line in KEY.splitlines()[1:-1] if line in error]
