"""Files by which an application guards what is served of it: what hosts get of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hacomponents import ApachePhp, AppTier, Tomcat
from hacomponents.docker import Network
from tests.components.program import Run, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What each server needs, and no guard.
FILES = ("index.php", "config.ru", "wsgi.py", "www/index.php", "shop/index.php")


def deploy(folder: Path, kind: Any, settings: Mapping[str, Any], files: Mapping[str, str]) -> Run:
    """What comes of a program with one tier, of an application with these files."""
    for name in (*FILES, *files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(files.get(name, "# code\n"))

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24")
        AppTier("app", hosts=net.hosts("app", 2), server=kind(**{"app": str(folder), **settings}))

    return run(program)


HTACCESS = {".htaccess": "RewriteEngine On\n", "data/.htaccess": "Require all denied\n"}


def test_apache_is_asked_about_each_htaccess(tmp_path: Path) -> None:
    """
    Apache may read them, the modules that they are written for are there, and the agent has each of them checked.
    """
    files = {**HTACCESS, "lib/x/.htaccess": ""}
    result = deploy(
        tmp_path, ApachePhp, {"allow_override": ["FileInfo", "AuthConfig"], "virtual_hosts": {"a.b": "data"}}, files
    )

    bundle = json.loads(result.of_host("app-1-push").inputs["stdin"])
    config, service = bundle["files"]["/etc/apache2/app.conf"]["content"], bundle["services"]["apache-80"]
    at = service["health"] + ".hacomponents-overrides/"
    assert "    AllowOverride FileInfo AuthConfig\n" in config
    assert "LoadModule authz_user_module" in config
    assert {"/srv/app/.htaccess": at, "/srv/app/data/.htaccess": f"{at}data/"} == service["overrides"]


def test_tomcat_sends_no_hidden_file(tmp_path: Path) -> None:
    """
    What begins with a dot, and what is for another server, is denied by its path, but for `.well-known`.
    """
    names = (".env", "a/.svn/b/.c", ".well-known/acme-challenge/x", "a/.well-known/.d", "a/web.config", "index.jsp")
    result = deploy(tmp_path, Tomcat, {}, dict.fromkeys(names, "x"))

    content = json.loads(result.of_host("app-1-push").inputs["stdin"])["files"]["/etc/tomcat10/app-web.xml"]["content"]
    found = [
        line.strip() for line in content.partition("<web-resource-name>hidden")[2].splitlines() if "url-pattern" in line
    ]
    patterns = ("/.env", "/a/.svn/*", "/a/.well-known/.d", "/a/web.config")
    assert [f"<url-pattern>{pattern}</url-pattern>" for pattern in patterns] == found[: len(patterns)]
    assert len(patterns) == len(found)
