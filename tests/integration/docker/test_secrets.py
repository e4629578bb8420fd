"""Secrets are in clear nowhere but in the files that need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hacomponents.testing.docker import docker
from tests.integration.docker.stack import PulumiError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration


def texts(folder: Path) -> dict[str, str]:
    """Every file below a folder, as text."""
    return {str(path): path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}


def clear(secrets: dict[str, str], places: dict[str, str]) -> list[str]:
    """Where a secret stands in clear."""
    return [f"{name} in {place}" for place, text in places.items() for name, value in secrets.items() if value in text]


def test_secrets_are_in_no_clear_text(site: Site) -> None:
    """
    No secret is in clear in state, backups, export, event log, outputs, container metadata, process lists or logs.
    """
    planted = {name: site.stack.secrets[name] for name in ("stats_password", "secret_key_base", "digest_key")}
    site.stack.write(lb="retries=4")
    places = {"preview": site.stack.preview().output}
    with pytest.raises(PulumiError) as refused:
        site.stack.push(lb='extra_config="nonsense"')
    places["refused push"] = str(refused.value)
    places["push"] = site.stack.push().output
    places["refresh"] = site.stack.refresh().output
    places["export"] = site.stack.pulumi("stack", "export", "--stack", site.stack.name)
    for host in site.hosts:
        places[f"{host.name}: metadata"] = docker("inspect", host.name)
        places[f"{host.name}: processes"] = docker("top", host.name, "-eo", "pid,args")
        places[f"{host.name}: log"] = host.exec("sh", "-c", "cat /var/lib/hacomponents/log /var/log/syslog/current")
        places[f"{host.name}: bundle"] = host.exec("cat", "/etc/hacomponents/current/bundle.json")

    where_it_belongs = {"haproxy.cfg": site.lb.hosts[0].exec("cat", "/etc/haproxy/haproxy.cfg")}
    assert ["stats_password in haproxy.cfg"] == clear(planted, where_it_belongs)
    assert [] == clear(planted, {**places, **texts(site.stack.folder / "state"), **_events(site)})


def test_secret_files_are_for_their_reader_only(site: Site) -> None:
    """
    The password is in haproxy's configuration, which nobody but root can read.
    """
    for host in site.lb.hosts:
        config = "/etc/haproxy/haproxy.cfg"
        assert site.stack.secrets["stats_password"] in host.exec("cat", config)
        assert "600" == host.exec("stat", "--dereference", "--format", "%a", config)


def _events(site: Site) -> dict[str, str]:
    log = site.stack.folder / "events.json"
    return {str(log): log.read_text()}
