"""Secrets that texts of the program name: refused with a remedy that bares none, or put where they belong."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

import hacomponents
import hacomponents.topology
from hacomponents import (
    ApachePhp,
    AppTier,
    Backend,
    CacheTier,
    Command,
    LoadBalancerTier,
    Puma,
    ReverseProxyTier,
    Stats,
    Tls,
    Vip,
    VipPair,
    VirtualHost,
    Vrrp2,
)
from hacomponents.docker import Network
from hacomponents.topology.secret import SECRET
from tests.components.program import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

HUSH = "hush-hush-4711"
OUTPUT = object()
"""In a row, a secret Output: one can only be made inside of a program."""
RAILS = "stacks/rails_app"
MARKED = "must hold '@@' only as @@NAME@@, the name of a secret in capital letters, digits and underscores"
NAMING = '@@TOKEN@@, and beside it secrets={"TOKEN": config.require_secret("token")}'
SECRET_TEXT = (
    'must be a secret text; give config.require_secret("token"), which is set by: pulumi config set --secret token'
)
INSIDE = (
    "must be one line of letters, digits and the marks - . _ ~ + / = :, as it stands inside of a text; choose another"
)
EXAMPLE = 'write secrets={"TOKEN": config.require_secret("token")}'


def made(value: Any) -> Any:
    """The same with an Output of a secret wherever a row asks for one."""
    if isinstance(value, dict):
        return {name: made(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(made, value))
    return pulumi.Output.secret(HUSH) if value is OUTPUT else value


def site(**given: Any) -> Callable[[], None]:
    """A program with every text that may name secrets; keywords are of its tiers and servers, whatever their types."""

    def program() -> None:
        tiers = made(given)
        net = Network("site", cidr="10.10.0.0/24")
        app = AppTier(
            "app",
            hosts=net.hosts("app", 2),
            server=Command(**{"app": RAILS, "start": ("serve",), **tiers.get("app", {})}),
        )
        php = AppTier(
            "php", hosts=net.hosts("php", 2), server=ApachePhp(**{"app": "stacks/php_app", **tiers.get("php", {})})
        )
        api = Backend(**{"to": php, "host": ("api.example.com",), **tiers.get("api", {})})
        cache = CacheTier(
            "cache", hosts=net.hosts("cache", 2), to=app, vip=Vip(net.address(12)), **tiers.get("cache", {})
        )
        settings: Any = {"cookie": None, **tiers.get("lb", {})}
        lb = LoadBalancerTier(
            "lb", hosts=net.hosts("lb", 2), to=cache, backends=(api,), vip=Vip(net.address(11)), **settings
        )
        vip = Vip(net.address(10), notify=tiers.get("notify", ""), secrets=tiers.get("secrets", {}))
        web = {"to": lb, "vip": vip, **tiers.get("web", {})}
        ReverseProxyTier("web", hosts=net.hosts("web", 2), **web)

    return program


def script(text: str = "echo @@TOKEN@@") -> str:
    """A hook."""
    return f"#!/bin/sh\n{text}\n"


REFUSED: Mapping[str, tuple[Callable[[], None], str]] = {
    "notify_is_made_of_a_secret": (
        site(notify=OUTPUT),
        f'web.vip.notify: must be the text of a script (got <Output>); give Path("notify.sh").read_text(); for a secret in it write {NAMING}',
    ),
    "extra_config_is_made_of_a_secret": (
        site(lb={"extra_config": OUTPUT}),
        f"lb.extra_config: must be lines of text (got <Output>); give a string; for a secret in it write {NAMING}",
    ),
    "variable_is_a_secret": (
        site(app={"env": {"A": OUTPUT}}),
        f"app.server.env['A']: must be one line of text (got <Output>); give a string; a secret goes into secret_env, one in a longer text is {NAMING}",
    ),
    "argument_is_a_secret": (
        site(app={"start": ("serve", OUTPUT)}),
        "app.server.start[1]: must be text of one line, with '@@' only as @@file:NAME@@, the path of a file with a secret (got <Output>); change it to that shape",
    ),
    "argument_names_a_secret_itself": (
        site(app={"start": ("serve", "--token=@@TOKEN@@"), "env": {"A": "@@TOKEN@@"}, "secrets": {"TOKEN": HUSH}}),
        "app.server.start[1]: must not hold a secret itself: a list of processes would show it to everybody on the host (got '--token=@@TOKEN@@'); write @@file:NAME@@, the path of a file with it, or put it into env",
    ),
    "argument_names_no_secret": (
        site(app={"start": ("serve", "@@file:TOKEN@@")}),
        'app.server.start[1]: names TOKEN, which is not in app.server.secrets; add secrets={"TOKEN": config.require_secret("token")}, or remove it',
    ),
    "notify_names_no_secret": (
        site(notify=script()),
        'web.vip.notify: names TOKEN, which is not in web.vip.secrets; add secrets={"TOKEN": config.require_secret("token")}, or remove it',
    ),
    "extra_config_of_nginx_names_no_secret": (
        site(web={"extra_config": 'set $a "@@API_KEY@@ @@API_KEY@@";'}),
        'web.extra_config: names API_KEY, which is not in web.secrets; add secrets={"API_KEY": config.require_secret("api_key")}, or remove it',
    ),
    "extra_config_of_varnish_names_another_secret": (
        site(cache={"extra_config": 'sub vcl_recv { set req.http.A = "@@B@@@@TOKEN@@"; }', "secrets": {"TOKEN": HUSH}}),
        'cache.extra_config: names B, which is not in cache.secrets; add secrets={"B": config.require_secret("b")}, or remove it',
    ),
    "variable_names_no_secret": (
        site(app={"env": {"DB": "db://@@DB@@"}}),
        'app.server.env[\'DB\']: names DB, which is not in app.server.secrets; add secrets={"DB": config.require_secret("db")}, or remove it',
    ),
    "name_in_small_letters": (
        site(php={"extra_config": "SetEnv A @@token@@"}),
        f"php.server.extra_config: {MARKED} (got 'SetEnv A @@token@@'); remove it",
    ),
    "mark_of_the_agent_in_a_hook": (site(notify=script("@@root@@")), f"web.vip.notify: {MARKED}; remove it"),
    "two_names_share_their_marks": (
        site(app={"env": {"A": "@@A@@root@@"}, "secrets": {"A": HUSH}}),
        f"app.server.env['A']: {MARKED} (got '@@A@@root@@'); remove it",
    ),
    "secret_is_named_nowhere": (
        site(notify=script("date"), secrets={"TOKEN": HUSH}),
        "web.vip.secrets['TOKEN']: is named nowhere; write @@TOKEN@@ where it belongs, or remove it",
    ),
    "secret_of_a_backend_is_named_nowhere": (
        site(api={"secrets": {"TOKEN": HUSH}}),
        "lb.backends[0].secrets['TOKEN']: is named nowhere; write @@TOKEN@@ where it belongs, or remove it",
    ),
    "secrets_are_a_secret": (
        site(notify=script(), secrets=OUTPUT),
        f"web.vip.secrets: must be a dict of names to secrets; {EXAMPLE}",
    ),
    "secret_is_a_number": (site(notify=script(), secrets={"TOKEN": 7}), f"web.vip.secrets['TOKEN']: {SECRET_TEXT}"),
    "secret_with_a_mark_of_the_shell": (
        site(notify=script(), secrets={"TOKEN": "a;reboot"}),
        f"web.vip.secrets['TOKEN']: {INSIDE}",
    ),
    "secret_with_a_mark_of_log_formats": (
        site(lb={"extra_config": "http-request set-header A @@TOKEN@@", "secrets": {"TOKEN": "a%T"}}),
        f"lb.secrets['TOKEN']: {INSIDE}",
    ),
    "secret_is_empty": (site(notify=script(), secrets={"TOKEN": ""}), f"web.vip.secrets['TOKEN']: {INSIDE}"),
    "secret_of_two_lines": (site(notify=script(), secrets={"TOKEN": "a\nb"}), f"web.vip.secrets['TOKEN']: {INSIDE}"),
    "secret_with_a_small_name": (
        site(notify=script("date"), secrets={"token": HUSH}),
        "web.vip.secrets['token']: must be named by capital letters, digits and underscores, 32 at most (got 'token'); change it to that shape",
    ),
    "file_of_two_words": (
        site(app={"start": ("serve", "@@file:TOKEN@@"), "secrets": {"TOKEN": "two words"}}),
        "app.server.secrets['TOKEN']: must be PEM, or one line of letters, digits and marks without quotes, '$' or '|'; choose another",
    ),
}


@pytest.mark.parametrize(("program", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(program: Callable[[], None], message: str) -> None:
    """
    A bad input is refused with path, rule and remedy; no secret is shown, and no remedy would bare one.
    """
    told = run(program).error

    assert f"site: 1 problem; nothing was changed\n  {message}" == told
    assert HUSH not in told


PLACES: Mapping[str, tuple[Callable[[], None], str, str, str, dict[str, str]]] = {
    "notify": (
        site(notify=script(), secrets={"TOKEN": HUSH}),
        *("web-1", "/etc/keepalived/notify/10.10.0.10", "echo @@secret:web-vip-vip-secrets-token@@", {"mode": "0700"}),
    ),
    "nginx": (
        site(web={"extra_config": 'set $a "x@@TOKEN@@";', "secrets": {"TOKEN": HUSH}}),
        *("web-1", "/etc/nginx/nginx.conf", 'set $a "x@@secret:web-sites-web-secrets-token@@";', {}),
    ),
    "haproxy": (
        site(lb={"extra_config": "http-request set-header A @@TOKEN@@", "secrets": {"TOKEN": HUSH}}),
        *("lb-1", "/etc/haproxy/haproxy.cfg", "set-header A @@secret:lb-secrets-token@@", {}),
    ),
    "another_backend_of_haproxy": (
        site(api={"extra_config": "http-request set-header A @@TOKEN@@", "secrets": {"TOKEN": HUSH}}),
        *("lb-1", "/etc/haproxy/haproxy.cfg", "set-header A @@secret:lb-backends-0-secrets-token@@", {}),
    ),
    "varnish": (
        site(cache={"extra_config": 'sub vcl_recv { set req.http.A = "@@TOKEN@@"; }', "secrets": {"TOKEN": HUSH}}),
        *("cache-1", "/etc/varnish/default.vcl", 'set req.http.A = "@@secret:cache-secrets-token@@";'),
        {"mode": "0600", "owner": "vcache"},
    ),
    "apache": (
        site(php={"extra_config": "SetEnv A @@TOKEN@@", "secrets": {"TOKEN": HUSH}}),
        *("php-1", "/etc/apache2/php.conf", "SetEnv A @@secret:php-server-secrets-token@@", {}),
    ),
    "variable": (
        site(app={"env": {"DB": "db://me:@@TOKEN@@@10.0.0.1/x"}, "secrets": {"TOKEN": HUSH}}),
        *("app-1", "/etc/command/app.env/DB", "db://me:@@secret:app-server-secrets-token@@@10.0.0.1/x\n"),
        {"mode": "0600", "owner": "www-data"},
    ),
    "argument": (
        site(app={"start": ("serve", "--token=@@file:TOKEN@@"), "secrets": {"TOKEN": HUSH}}),
        *("app-1", "/etc/command/app.secrets/TOKEN", "@@secret:app-server-secrets-token@@"),
        {"mode": "0600", "owner": "www-data"},
    ),
}


def pushed(program: Callable[[], None], host: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The bundle of a host, and the values of its secrets."""
    result = run(program)
    assert "" == result.error
    values = json.loads(result.of_host(f"{host}-secrets").inputs["stdin"]["value"])["secrets"]
    return json.loads(result.of_host(f"{host}-push").inputs["stdin"]), {
        name: secret["value"] for name, secret in values.items()
    }


@pytest.mark.parametrize("place", PLACES)
def test_a_named_secret_stands_where_it_belongs(place: str) -> None:
    """
    The bundle has the secret's name where the text names it, in a file that others cannot read; the value is with the
    host's secrets alone.
    """
    program, host, path, words, attributes = PLACES[place]

    bundle, values = pushed(program, host)

    entry = bundle["files"][path]
    assert words in entry.pop("content")
    assert attributes == entry
    assert [HUSH] == list(values.values())
    assert values.keys() == bundle["secrets"].keys()
    assert HUSH not in json.dumps(bundle)


def test_an_argument_is_the_path_of_the_file() -> None:
    """
    A program is told where its secret is, and is started anew when that changes.
    """
    program, host, path, *_ = PLACES["argument"]

    service = pushed(program, host)[0]["services"]["command-8080"]

    assert ["serve", f"--token=/etc/hacomponents/current{path}"] == service["command"]
    assert "/etc/command/app.secrets/" in service["files"]


def test_a_rotation_is_a_change_of_the_digest_alone() -> None:
    """
    Another value changes one line of the bundle, which is what makes the host take it.
    """
    program, host, *_ = PLACES["notify"]
    before = pushed(program, host)[0]
    after = pushed(site(notify=script(), secrets={"TOKEN": "another"}), host)[0]

    assert before.pop("secrets").keys() == after["secrets"].keys()
    assert before == {key: value for key, value in after.items() if key != "secrets"}


def secret_fields() -> list[tuple[type, str]]:
    """Every field of the topology that holds a secret, or several."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(hacomponents.topology.__path__, "hacomponents.topology.")
    ]
    things = [thing for module in modules for thing in vars(module).values()]
    kinds = {kind for kind in things if isinstance(kind, type) and dataclasses.is_dataclass(kind)}
    marked = {
        (kind, field.name)
        for kind in kinds
        for field in dataclasses.fields(kind)
        if SECRET.items() <= field.metadata.items()
    }
    return sorted(((kind, field) for kind, field in marked if not kind.__subclasses__()), key=str)


# What a program gives that has no secret where one is wanted.
WRONG: Mapping[str, Any] = {
    "secrets": {"TOKEN": None},
    "secret_env": {"TOKEN": None},
    "password": None,
    "auth_pass": None,
    "key": None,
}


@pytest.mark.parametrize(("kind", "field"), secret_fields(), ids=str)
def test_every_field_for_a_secret_asks_for_one_of_the_stack(kind: type, field: str) -> None:
    """
    Whatever secret is missing, the remedy is a secret of the stack's configuration, and never a text of the program.
    """
    others: dict[str, Any] = {"certificate": "", "start": ("serve",), "app": RAILS, "to": None, "address": "10.10.0.10"}
    others |= {"name": "web", "hosts": ()}
    needed = {each.name for each in dataclasses.fields(kind) if each.name in others and each.name != field}
    held = kind(**{**{name: others[name] for name in needed if _is_required(kind, name)}, field: WRONG[field]})

    told = run(_with(held)).error

    assert SECRET_TEXT in told, told


def _is_required(kind: type, name: str) -> bool:
    found = {each.name: each for each in dataclasses.fields(kind)}[name]
    return found.default is dataclasses.MISSING and found.default_factory is dataclasses.MISSING


def _with(held: Any) -> Callable[[], None]:
    """A program with this somewhere, good or not otherwise."""

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24")
        is_server = hasattr(held, "secret_env")
        app = AppTier("app", hosts=net.hosts("app", 2), server=held if is_server else Puma(RAILS))
        match held:
            case Stats():
                LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip(net.address(11)), stats=held)
            case Vrrp2():
                VipPair("db", hosts=net.hosts("db", 2), vip=Vip(net.address(9), vrrp=held))
            case Vip():
                VipPair("db", hosts=net.hosts("db", 2), vip=held)
            case Tls():
                ReverseProxyTier("web", hosts=net.hosts("web", 2), to=app, vip=Vip(net.address(10)), tls=held)
            case VirtualHost():
                site = dataclasses.replace(held, to=app)
                ReverseProxyTier("web", hosts=net.hosts("web", 2), sites=[site], vip=Vip(net.address(10)))
            case Backend():
                further = dataclasses.replace(held, to=app)
                LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip(net.address(11)), backends=(further,))
            case _ if not is_server:
                component = CacheTier if type(held).__name__ == "Cache" else LoadBalancerTier
                component("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip(net.address(11)), secrets=held.secrets)

    return program


def test_no_remedy_sets_configuration_in_clear() -> None:
    """
    Wherever the library tells a command that sets configuration, it sets a secret.
    """
    modules = Path(hacomponents.__file__).parent.rglob("*.py")
    told = [line for module in modules for line in re.findall(r"config set [^\n]*", module.read_text())]

    assert told
    assert [] == [line for line in told if not line.startswith("config set --secret")]
