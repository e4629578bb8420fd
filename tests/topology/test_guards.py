"""Files by which an application guards what is served of it: honoured, refused or warned of, never dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import ApachePhp, AppTier, Command, Gunicorn, Passenger, Puma, Thin, Tomcat
from tests.topology.declare import Network, told, warned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# ruff: noqa: E501  # messages are whole, so that they can be searched for

# What each server needs, and no guard.
FILES = ("index.php", "config.ru", "wsgi.py", "www/index.php", "shop/index.php")
IGNORED = 'give ["All"], or the words of what they may say; ["None"] to have them ignored'
LEAVE_OUT = "deny that in the application itself, and leave the file out"
SITES = {"www.example.com": "www", "shop.example.com": "shop"}


def deploy(folder: Path, kind: Any, settings: Mapping[str, Any], files: Mapping[str, str]) -> Callable[[], None]:
    """A program with one tier, of an application with these files."""
    for name in (*FILES, *files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(files.get(name, "# code\n"))

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24")
        AppTier("app", hosts=net.hosts("app", 2), server=kind(**{"app": str(folder), **settings}))

    return program


HTACCESS = {".htaccess": "RewriteEngine On\n", "data/.htaccess": "Require all denied\n"}
REFUSED: Mapping[str, tuple[Any, Mapping[str, Any], Mapping[str, str], str]] = {
    "htaccess_without_a_word": (
        *(ApachePhp, {}, HTACCESS),
        f"allow_override: is not given, and Apache would ignore .htaccess, data/.htaccess; {IGNORED}",
    ),
    "many_of_them": (
        *(ApachePhp, {}, {f"{name}/.htaccess": "" for name in "abcde"}),
        f"allow_override: is not given, and Apache would ignore a/.htaccess, b/.htaccess, c/.htaccess and 2 more; {IGNORED}",
    ),
    "above_a_document_root": (
        *(ApachePhp, {"virtual_hosts": SITES}, {".htaccess": "Require all denied"}),
        f"allow_override: is not given, and Apache would ignore .htaccess; {IGNORED}",
    ),
    "allow_override_is_a_text": (
        *(ApachePhp, {"allow_override": "All"}, {}),
        "allow_override: must be a list of words (got 'All'); write [\"All\"]",
    ),
    "allow_override_of_another_word": (
        *(ApachePhp, {"allow_override": ["Rewrite"]}, {}),
        "allow_override[0]: must be one of All, None, AuthConfig, FileInfo, Indexes, Limit, Options (got 'Rewrite'); choose one of them",
    ),
    "allow_override_all_and_more": (
        *(ApachePhp, {"allow_override": ["All", "FileInfo"]}, {}),
        "allow_override: must hold All or None alone (got ['All', 'FileInfo']); remove the others",
    ),
    "user_ini": (
        *(ApachePhp, {}, {".user.ini": "; why\nauto_prepend_file = waf.php\nopen_basedir=/srv\n"}),
        "app: has .user.ini, which PHP in Apache does not read: auto_prepend_file, open_basedir would not hold (got 'FOLDER'); give those settings by php_value",
    ),
    "user_ini_of_which_one_is_given": (
        *(ApachePhp, {"php_value": {"open_basedir": "/srv"}}, {"a/.user.ini": "x.y = 1\nopen_basedir=/srv\n"}),
        "app: has a/.user.ini, which PHP in Apache does not read: x.y would not hold (got 'FOLDER'); give those settings by php_value",
    ),
    **{
        f"htaccess_in_public_behind_{kind.__name__}": (
            *(kind, {}, {"public/.htaccess": "Deny from all"}),
            f"app: has public/.htaccess, which {kind.__name__} does not read: what it denies would be served (got 'FOLDER'); {LEAVE_OUT}",
        )
        for kind in (Thin, Puma, Passenger)
    },
    "htaccess_behind_Tomcat": (
        *(Tomcat, {}, {"data/.htaccess": "Deny from all"}),
        f"app: has data/.htaccess, which Tomcat does not read: what it denies would be served (got 'FOLDER'); {LEAVE_OUT}",
    ),
    "context_of_Tomcat": (
        *(Tomcat, {}, {"META-INF/context.xml": "<Context/>"}),
        "app: has META-INF/context.xml, which is not read: whom its valves keep out would come in (got 'FOLDER'); say the same in WEB-INF/web.xml, by filters such as RemoteAddrFilter, and leave the file out",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path: Path, name: str) -> None:
    """
    A guard that would be ignored where it guards something is refused with path, rule, value and remedy.
    """
    kind, settings, files, message = REFUSED[name]

    error = told(deploy(tmp_path, kind, settings, files))

    wanted = message.replace("FOLDER", str(tmp_path))
    assert f"site: 1 problem; nothing was changed\n  app.server.{wanted}" == error


RELIES = "if the application relies on it, say the same to this server"
WARNED: Mapping[str, tuple[Any, Mapping[str, Any], Mapping[str, str], list[str]]] = {
    "no_guard": (ApachePhp, {}, {}, []),
    "htaccess_that_is_read": (ApachePhp, {"allow_override": ["All"]}, HTACCESS, []),
    "htaccess_that_is_to_be_ignored": (ApachePhp, {"allow_override": ["None"]}, HTACCESS, []),
    "htaccess_of_what_is_not_served": (ApachePhp, {"virtual_hosts": SITES}, {"lib/.htaccess": "Deny from all"}, []),
    "user_ini_whose_settings_are_given": (
        *(ApachePhp, {"php_value": {"open_basedir": "/srv"}}, {".user.ini": "open_basedir = /srv\n"}),
        [],
    ),
    "htaccess_of_code": (Puma, {}, {"app/.htaccess": "Deny from all"}, []),
    "htaccess_behind_Gunicorn": (
        *(Gunicorn, {}, {"static/.htaccess": "Deny from all"}),
        [
            "has static/.htaccess, which only Apache reads (got 'FOLDER'); if it denies what the application serves, deny that in the application"
        ],
    ),
    "htaccess_of_a_command": (Command, {"start": ("serve",)}, {".htaccess": "Deny from all"}, []),
    "web_config_beside_htaccess": (
        *(ApachePhp, {"allow_override": ["All"]}, {".htaccess": "", "web.config": "<configuration/>"}),
        [],
    ),
    "web_config_alone": (
        *(ApachePhp, {}, {"web.config": "<configuration/>"}),
        [f"has web.config, which only IIS reads (got 'FOLDER'); {RELIES}"],
    ),
    "headers_of_a_hoster": (
        *(Command, {"start": ("serve",)}, {"public/_headers": "/*\n  X-Frame-Options: DENY\n"}),
        [f"has public/_headers, which only a hoster of files reads (got 'FOLDER'); {RELIES}"],
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_warned(tmp_path: Path, name: str) -> None:
    """
    A guard that nobody reads, where only the application knows what it serves, is a warning.
    """
    kind, settings, files, warnings = WARNED[name]

    found = [text for text in warned(deploy(tmp_path, kind, settings, files)) if text.startswith("app.server.app: has")]
    assert [f"app.server.app: {warning}".replace("FOLDER", str(tmp_path)) for warning in warnings] == found
