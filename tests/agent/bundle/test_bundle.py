"""What the agent refuses in a bundle: each rule with its exact words, and all problems together."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.bundle import Bundle, parse
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.errors import InvalidBundle
from tests.agent.samples import APP, HAPROXY, NGINX, document, text

if TYPE_CHECKING:
    from collections.abc import Callable


def problems(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """What is wrong with the sample bundle after `change`."""
    bundle = document()
    change(bundle)
    with pytest.raises(InvalidBundle) as caught:
        parse(json.dumps(bundle), KINDS, reserved=("/etc/service",))
    return caught.value.problems


def put(*keys: str, value: Any) -> Callable[[dict[str, Any]], object]:
    """A change of the value at `keys`."""

    def change(bundle: dict[str, Any]) -> None:
        for key in keys[:-1]:
            bundle = bundle[key]
        bundle[keys[-1]] = value

    return change


def drop(*keys: str) -> Callable[[dict[str, Any]], object]:
    """A removal of what is at `keys`."""

    def change(bundle: dict[str, Any]) -> None:
        for key in keys[:-1]:
            bundle = bundle[key]
        del bundle[keys[-1]]

    return change


def content(value: str) -> Callable[[dict[str, Any]], object]:
    """A change of nginx's file."""
    return put("files", NGINX, "content", value=value)


SERVICE = ("services", "nginx")
KEEPALIVED = ("services", "keepalived")
PROCESS = ("services", "app-3000")
APACHE = {
    "daemon": "apache",
    "files": ["/srv/app/"],
    "config": APP,
    "pid_file": "/run/apache.pid",
    "release": "http://127.0.0.1:80/release",
    "health": "http://127.0.0.1:80/",
    "port": 80,
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            put("format", value=2),
            "format: must be 1 (got 2); the agent and the library are of different versions",
        ),
        (put("more", value=1), "more: unknown field"),
        (
            put("host", value="Web_1"),
            "host: must be lower-case letters, digits and hyphens, at most 63 (got 'Web_1')",
        ),
        (put("files", value=[]), "files: must be an object"),
        (put("secrets", "stats", value="x"), "secrets.stats: must be 8 to 128 hexadecimal digits (got 'x')"),
        (
            put("files", "etc/x", value={"content": ""}),
            "files.etc/x: must be an absolute path without control characters (got 'etc/x')",
        ),
        (
            put("files", "/etc/../x", value={"content": ""}),
            "files./etc/../x: must be a normal path, without empty, '.' or '..' parts (got '/etc/../x')",
        ),
        (
            put("files", "/etc/hacomponents/current", value={"content": ""}),
            "files./etc/hacomponents/current: lies where no file of a bundle may be (got '/etc/hacomponents/current')",
        ),
        (
            put("files", "/etc/service/x/run", value={"content": ""}),
            "files./etc/service/x/run: lies where no file of a bundle may be (got '/etc/service/x/run')",
        ),
        (
            put(*PROCESS, "writable", value=["/var/lib/app", "/etc/service"]),
            "services.app-3000.writable: lies where no file of a bundle may be (got '/etc/service')",
        ),
        (put("files", "/etc/nginx", value={"content": ""}), f"files./etc/nginx: is a directory too, of {NGINX}"),
        (put("files", APP, value="text"), f"files.{APP}: must be an object"),
        (put("files", APP, value={}), f"files.{APP}: must have either content or base64"),
        (put("files", APP, value={"content": 1}), f"files.{APP}: content: must be text"),
        (put("files", APP, value={"base64": "*"}), f"files.{APP}: base64: must be base64"),
        (
            put("files", APP, "mode", value="rw"),
            f"files.{APP}: mode: must be four octal digits such as '0644' (got 'rw')",
        ),
        (put("files", APP, "owner", value="a b"), f"files.{APP}: owner: must be a user's name (got 'a b')"),
        (put("files", APP, "colour", value=1), f"files.{APP}: colour: unknown field"),
        (content("@@secret:nope@@"), f"files.{NGINX}: @@secret:nope@@: no such name in secrets"),
        (content("@@digest:nope@@"), f"files.{NGINX}: @@digest:nope@@: no such service"),
        (content("@@maxconn:many@@"), f"files.{NGINX}: @@maxconn:many@@: must be a positive whole number"),
        (content("@@nope@@"), f"files.{NGINX}: @@nope@@: unknown token"),
        (
            put("services", "maintenance", value=document()["services"]["nginx"]),
            "services.maintenance: is a reserved name",
        ),
        (
            put(*SERVICE, "daemon", value="lighttpd"),
            f"services.nginx.daemon: must be one of {', '.join(sorted(KINDS))} (got 'lighttpd')",
        ),
        (drop(*SERVICE, "config"), "services.nginx.config: is missing"),
        (put(*SERVICE, "instances", value={}), "services.nginx.instances: unknown field"),
        (
            put(*SERVICE, "config", value="/etc/nginx/x"),
            "services.nginx.config: /etc/nginx/x is not a file of the bundle",
        ),
        (
            put(*SERVICE, "config", value=HAPROXY),
            f"services.nginx.config: {HAPROXY} is not under one of its files /etc/nginx/",
        ),
        (
            put(*SERVICE, "files", value=["/etc/nginx/", "/etc/ssl/"]),
            "services.nginx.files: no file of the bundle is at /etc/ssl/",
        ),
        (put(*SERVICE, "files", value=[]), "services.nginx.files: must be a list, not empty (got [])"),
        (
            put(*SERVICE, "health", value="ftp://x/"),
            "services.nginx.health: must be an http:// address with a path (got 'ftp://x/')",
        ),
        (
            put("services", "haproxy", "socket", value="/srv/x"),
            "services.haproxy.socket: must be a path below /run (got '/srv/x')",
        ),
        (put(*PROCESS, "port", value=0), "services.app-3000.port: must be a port, 1 to 65535 (got 0)"),
        (put(*KEEPALIVED, "peer", value="web-2"), "services.keepalived.peer: must be an IPv4 address (got 'web-2')"),
        (
            put(*KEEPALIVED, "advert_int", value=0),
            "services.keepalived.advert_int: must be a number of seconds, more than 0 and at most 600 (got 0)",
        ),
        (put(*KEEPALIVED, "source", value="::1"), "services.keepalived.source: must be an IPv4 address (got '::1')"),
        (
            put(*KEEPALIVED, "instances", value={"10.0.0.10": {"interface": "eth0", "vips": ["10"]}}),
            (
                "services.keepalived.instances: 10.0.0.10 must be an address with its prefix length, "
                "such as 10.0.0.10/24 (got '10')"
            ),
        ),
        (
            put(*KEEPALIVED, "instances", value={"10.0.0.10": {"interface": "eth0; reboot", "vips": ["10.0.0.10/24"]}}),
            "services.keepalived.instances: 10.0.0.10 must be the name of an interface (got 'eth0; reboot')",
        ),
        (
            put(*KEEPALIVED, "instances", value={"10.0.0.10": {"vips": ["10.0.0.10/24"]}}),
            "services.keepalived.instances: 10.0.0.10 must have an interface and vips (got {'vips': ['10.0.0.10/24']})",
        ),
        (
            put(*KEEPALIVED, "instances", value={}),
            "services.keepalived.instances: must be an object of VRRP instances, not empty (got {})",
        ),
        (
            put(*PROCESS, "command", value=["a\nb"]),
            "services.app-3000.command: must be text of one line, not empty (got 'a\\nb')",
        ),
        (put(*PROCESS, "user", value="-x"), "services.app-3000.user: must be a user's name (got '-x')"),
        (
            put(*PROCESS, "health_timeout", value=0),
            "services.app-3000.health_timeout: must be a number of seconds, more than 0 and at most 600 (got 0)",
        ),
        (
            put(*PROCESS, "stop_signal", value="KILL"),
            "services.app-3000.stop_signal: must be one of TERM, QUIT, INT, USR1, USR2, HUP (got 'KILL')",
        ),
        (
            put("services", "apache", value={**APACHE, "overrides": ["/srv/app/.htaccess"]}),
            "services.apache.overrides: must be an object of paths (got ['/srv/app/.htaccess'])",
        ),
        (
            put("services", "apache", value={**APACHE, "overrides": {"/srv/app/.htaccess": "ftp://127.0.0.1/"}}),
            "services.apache.overrides: must be an http:// address with a path (got 'ftp://127.0.0.1/')",
        ),
        (
            put("services", "apache", value={**APACHE, "overrides": {"../.htaccess": "http://127.0.0.1:80/"}}),
            "services.apache.overrides: must be an absolute path without control characters (got '../.htaccess')",
        ),
        (
            put(*PROCESS, "environment", value={"A": "x"}),
            "services.app-3000.environment: must be an absolute path without control characters (got {'A': 'x'})",
        ),
        (
            put(*PROCESS, "variables", value={"A B": "x"}),
            "services.app-3000.variables: 'A B' is no name of a variable",
        ),
        (
            put(*PROCESS, "variables", value={"A": "x\n"}),
            "services.app-3000.variables: A must be text of one line (got 'x\\n')",
        ),
    ],
)
def test_each_wrong_value_is_named(change: Callable[[dict[str, Any]], object], problem: str) -> None:
    """
    A wrong value is reported by its path, with the rule and the value.
    """
    assert [problem] == problems(change)


def test_all_problems_are_reported_together() -> None:
    """
    Two wrong values make one error with both; its headline says that nothing was changed.
    """
    bundle = document()
    bundle["files"][NGINX]["content"] = "@@nope@@"
    bundle["services"]["haproxy"]["socket"] = "x"

    with pytest.raises(InvalidBundle) as caught:
        parse(json.dumps(bundle), KINDS)

    assert (
        "Rejected: web-1: the bundle has 2 problems; nothing was changed\n"
        f"  files.{NGINX}: @@nope@@: unknown token\n"
        "  services.haproxy.socket: must be a path below /run (got 'x')"
    ) == str(caught.value)


def test_two_keepalived_are_refused() -> None:
    """
    A host runs one keepalived.
    """
    again = document()["services"]["keepalived"]

    assert ["services: only one keepalived can run on a host (got another, keepalived)"] == problems(
        put("services", "another", value=again)
    )


@pytest.mark.parametrize("garbage", ["", "{", "[]", "null", "3"])
def test_what_is_no_bundle_is_refused(garbage: str) -> None:
    """
    Text that is no JSON object is a refusal, not a crash.
    """
    with pytest.raises(InvalidBundle, match="nothing was changed"):
        parse(garbage, KINDS)


def sample(**knobs: Any) -> Bundle:
    """The sample bundle."""
    return parse(text(**knobs), KINDS)


def test_the_same_bundle_is_the_same_release() -> None:
    """
    A release's name does not depend on the order of keys, and changes with any file.
    """
    document_of = document()
    shuffled = {key: document_of[key] for key in reversed(list(document_of))}

    assert sample().id == parse(json.dumps(shuffled), KINDS).id
    assert sample().id != sample(body="other").id


def test_a_slice_changes_with_what_feeds_it() -> None:
    """
    A service's digest changes with its files, its definition and its secrets, and with nothing else.
    """
    rotated = document()
    rotated["secrets"]["stats"] = "feedfeed"

    def changed(other: Bundle) -> set[str]:
        return {name for name in sample().digests if sample().digests[name] != other.digests[name]}

    assert {"app-3000", "app-3001"} == changed(sample(app="other"))
    assert {"nginx", "haproxy", "keepalived"} == changed(sample(body="other"))
    assert {"haproxy"} == changed(parse(json.dumps(rotated), KINDS))


def test_services_start_with_keepalived_last() -> None:
    """
    A VIP never points at a host whose proxies have not started.
    """
    assert ["app-3000", "app-3001", "haproxy", "nginx", "keepalived"] == list(sample().digests)


def test_binary_files_are_kept_as_they_are() -> None:
    """
    A base64 file is its bytes; what looks like a token in it is none.
    """
    bundle = document()
    bundle["files"]["/srv/app/logo"] = {"base64": base64.b64encode(b"\x00@@root@@").decode()}

    assert parse(json.dumps(bundle), KINDS).files["/srv/app/logo"].data == b"\x00@@root@@"
