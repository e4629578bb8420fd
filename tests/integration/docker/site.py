"""The deployed site: its hosts, its addresses, and what its balancers say."""

from __future__ import annotations

import base64
import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from hacomponents.testing import eventually
from hacomponents.testing.docker import inspect
from tests.integration.docker.architecture import Architecture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.testing import HostHandle, PairUnderTest
    from hacomponents.testing.client import Request

PORTS = (3000, 3001, 3002, 3003, 3004)
Row = dict[str, str]


@dataclass(frozen=True)
class Site(Architecture):
    """A Rails HA stack that is up, and a client on its network."""

    @property
    def web(self) -> PairUnderTest:
        """The nginx hosts."""
        return self.pair("web", 10)

    @property
    def lb(self) -> PairUnderTest:
        """The haproxy hosts."""
        return self.pair("lb", 20)

    @property
    def app(self) -> HostHandle:
        """The box with the five Thin servers."""
        return self.host("app-1")

    @property
    def hosts(self) -> tuple[HostHandle, ...]:
        """All of them."""
        return (*self.web.hosts, *self.lb.hosts, self.app)

    def url(self, path: str) -> str:
        """A page behind the VIP of the web tier."""
        return f"http://{self.web.vip}{path}"

    def thin_url(self, port: int, path: str) -> str:
        """A page of one Thin server, asked directly."""
        return f"http://{self.app.address}:{port}{path}"

    def note_form(self, words: str) -> Request:
        """How to post a note, with the token and the session of a form that was just fetched."""
        form = self.client.succeeds(self.url("/"))
        token = form.body.split('name="authenticity_token" value="')[1].split('"')[0]
        headers = {
            "Cookie": form.cookie("_notes_app_session").split(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"authenticity_token": token, "note[body]": words})
        return {"method": "POST", "headers": headers, "body": body}

    def statistics(self, host: HostHandle) -> list[Row]:
        """The rows of a balancer's statistics page, by haproxy's names (management guide, 9.1)."""
        url = f"http://{host.address}:8080/my_stats;csv"
        page = self.client.succeeds(url, headers=self.authorization(), timeout=3).body
        return list(csv.DictReader(page.removeprefix("# ").splitlines()))

    def servers(self, host: HostHandle) -> dict[str, Row]:
        """The rows of the Thin servers, by name."""
        return {row["svname"]: row for row in self.statistics(host) if row["type"] == "2"}

    def backend(self, host: HostHandle) -> Row:
        """The row of the Thin servers taken together."""
        return next(row for row in self.statistics(host) if row["type"] == "1" and row["pxname"] == "app")

    def authorization(self) -> Mapping[str, str]:
        """The header that opens the statistics page."""
        return basic("admin", self.stack.secrets["stats_password"])

    def heal(self) -> None:
        """Bring back whatever a story left broken, and wait until the whole site is well."""
        for host in self.hosts:
            if inspect(host.name, "{{.State.Paused}}") == "true":
                host.unpause()
            elif not host.running:
                host.start()
        # Where the box itself has just started, there is nothing to bring up yet, and nothing is down.
        self.app.exec("sh", "-c", "sv up /etc/service/thin-* || true")
        eventually(self.well, within=60, every=0.5)

    def well(self) -> bool:
        """The site is well: it answers, both balancers see five servers, each VIP has one holder."""
        self.client.succeeds(self.url("/up"), timeout=3)
        for host in self.lb.hosts:
            states = {name: row["status"] for name, row in self.servers(host).items()}
            assert list(states.values()) == ["UP"] * len(PORTS), f"{host.name}: {states}"
        return bool(self.web.holder) and bool(self.lb.holder)


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP basic authentication (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
