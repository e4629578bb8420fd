"""Tomcat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, text
from hacomponents.render.server.place import CURRENT, Place
from hacomponents.render.server.process import process
from hacomponents.render.template import render
from hacomponents.topology.server.guards import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.render.host_files import Json
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Tomcat
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint


def files_for(server: Tomcat, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    place = Place(tier)
    config, web = f"{place.etc}.xml", f"{place.etc}-web.xml"
    proxies = [re.escape(address) for address in site.believed_by(tier)]
    content = render(
        "tomcat/server.xml.j2", site=site, tier=tier, server=server, host=host, place=place, web=web, proxies=proxies
    )
    web_xml = render("tomcat/web.xml.j2", site=site, tier=tier, hidden=sorted(set(_hidden(tier))))
    return HostFiles(
        files={config: text(content), web: text(web_xml)},
        services={
            f"tomcat-{endpoint.port}": _service(server, tier, endpoint, [config, web], host)
            for endpoint in server.endpoints(host)
        },
        packages=(f"tomcat{host.platform.tomcat}-common",),
    )


def _hidden(tier: App) -> Iterator[str]:
    """Patterns of what nobody is sent: what begins with a dot, but for `.well-known`, and what is for other servers."""
    for file in tier.folder.files:
        *folders, name = file.split("/")
        dotted = [index for index, part in enumerate(folders) if part[0] == "." and part != ".well-known"]
        if dotted:
            yield f"/{'/'.join(folders[: dotted[0] + 1])}/*"
        elif name[0] == "." or name in FOREIGN:
            yield f"/{file}"


def _service(server: Tomcat, tier: App, endpoint: Endpoint, files: list[str], host: Host) -> Json:
    home = f"/usr/share/tomcat{host.platform.tomcat}"
    variables = {
        "CATALINA_HOME": home,
        "CATALINA_BASE": Place(tier).state,
        "CATALINA_TMPDIR": "/tmp",  # noqa: S108  # the JVM's own default
        "CATALINA_OPTS": " ".join(server.catalina_opts),
    }
    command = [f"{home}/bin/catalina.sh", "run", "-config", CURRENT + files[0]]
    return process(tier, endpoint, command, files=files, variables=variables)
