"""Apache with PHP in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, Json, text
from hacomponents.render.server.place import USER, Place
from hacomponents.render.template import render
from hacomponents.topology.server.guards import HTACCESS

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import ApachePhp
    from hacomponents.topology.site import Site

RELEASE = "/.hacomponents-release"
OVERRIDES = "/.hacomponents-overrides"
# What Debian's own Apache has, beside those that are loaded anyway: applications' files are written for it.
OVERRIDE_MODULES = (
    *("access_compat", "auth_basic", "authn_core", "authn_file", "authz_groupfile", "authz_user", "autoindex"),
    "negotiation",
)


def files_for(server: ApachePhp, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    place = Place(tier)
    name = f"apache-{server.port}"
    config, release = f"{place.etc}.conf", f"{place.etc}.release"
    content = render(
        "apache/apache.conf.j2",
        site=site,
        tier=tier,
        server=server,
        host=host,
        proxies=site.believed_by(tier),
        php_value={"session.save_path": place.state, "session.gc_probability": "1", **server.php_value},
        directory=place.directory,
        release=release,
        release_url=RELEASE,
        overrides_url=OVERRIDES if server.reads_htaccess else "",
        override_modules=OVERRIDE_MODULES,
        pid=_pid(server),
        log=_log(tier),
    )
    rotation = render("apache/logrotate.j2", site=site, tier=tier, pid=_pid(server), log=_log(tier))
    return HostFiles(
        files={
            config: text(content),
            release: text(f"@@digest:{name}@@\n"),
            f"/etc/logrotate.d/apache-{tier.name}": text(rotation),
        },
        services={name: {**_service(server, place, host, config, release), **_overrides(server, tier, host)}},
        packages=("apache2", "libapache2-mod-php"),
    )


def _overrides(server: ApachePhp, tier: App, host: Host) -> Json:
    """The `.htaccess` files, for Apache to check them, each with a URL where a running one says whether it reads it."""
    at, directory = f"http://{host.address}:{server.port}{OVERRIDES}/", Place(tier).directory
    files = server.overrides(tier.folder)
    found = {f"{directory}/{file}": at + file.removesuffix(HTACCESS) for file in files}
    return {"overrides": found} if found else {}


def _pid(server: ApachePhp) -> str:
    return f"/run/apache-{server.port}.pid"


def _log(tier: App) -> str:
    """Not `*.log`: those are the package's to turn over."""
    return f"/var/log/apache2/{tier.name}.access_log"


def _service(server: ApachePhp, place: Place, host: Host, config: str, release: str) -> Json:
    origin = f"http://{host.address}:{server.port}"
    return {
        "daemon": "apache",
        "files": [*place.feeds, config, release],
        "config": config,
        "pid_file": _pid(server),
        **place.environment_field,
        "owner": USER,
        "writable": [place.state],
        "release": origin + RELEASE,
        "health": origin + server.health,
        "health_timeout": server.health_timeout,
        "port": server.port,
    }
