"""Application tiers with a text in every field that may have one; each text that is rendered is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hacomponents.topology.app import App
from hacomponents.topology.network import Host
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import ApachePhp, Command, Folder, Git, Gunicorn, Passenger, Puma, Tomcat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.topology.server import Server

FILES = {"top7.php": b"<?php\n", "root9/one7.php": b"<?php\n", "root9/two7.php": b"<?php\n"}
RACK = {"config.ru": b"run App\n"}
PYTHON = {"wsgi7/__init__.py": b"app7 = None\n"}


def common(kind: str) -> dict[str, Any]:
    """The fields that all servers have."""
    return {
        "app": f"{kind}7dir",
        "health": f"/{kind}7health",
        "packages": (f"{kind}7-package",),
        "env": {f"{kind}7LANG": f"{kind}7value"},
        "secret_env": {f"{kind}7KEY": Secret("key7", "0123456789abcdef", 8, clean=True)},
    }


def tier(kind: str, number: int, server: Server, files: Mapping[str, bytes] = RACK) -> App:
    """A tier of one host, numbered among those that a site has."""
    return App(f"{kind}tier", (Host(f"host{kind}-1", f"10.10.0.{number}"),), server, Folder(f"{kind}7dir", files))


def servers(extra_config: str) -> tuple[App, ...]:
    """One tier for each kind but Thin.

    Args:
        extra_config: for Apache.
    """
    php = ApachePhp(
        **common("php"),
        virtual_hosts={"www.name9.com": "root9"},
        php_value={"session.name9": "phpvalue9"},
        allow_override=("AuthConfig",),
        extra_config=extra_config,
    )
    return (
        tier("php", 140, php, FILES),
        tier("puma", 141, Puma(**common("puma"), environment="puma7staging")),
        tier("gunicorn", 142, Gunicorn(**common("gunicorn"), wsgi_app="wsgi7:app7"), PYTHON),
        tier("tomcat", 143, Tomcat(**common("tomcat"), catalina_opts=("-Dtomcat7=1",))),
        tier("passenger", 144, Passenger(**common("passenger"), environment="passenger7staging")),
        tier("command", 145, Command(**common("command"), start=("serve7", "word7"), stop_signal="QUIT")),
        tier("git", 146, Command(app=Git("https://git7.example.com/x", "v7", "folder7"), start=("serve8",))),
    )
