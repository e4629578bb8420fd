"""Our own site on a network that is there: the library's configuration, agent and images, without Pulumi."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.images import role_image
from hacomponents import agent
from hacomponents.hosts.docker.host import AGENT, CAPABILITIES, SYSCTLS
from hacomponents.render import bundle_of
from hacomponents.render.haproxy import HEALTH as HAPROXY_HEALTH
from hacomponents.render.nginx import HEALTH as NGINX_HEALTH
from hacomponents.testing import HostHandle
from hacomponents.testing.docker import docker
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair, Service
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from hacomponents.topology.app import App

PUSH = 180
"""Seconds for a push, with the start of the servers."""
# Beside the article's hosts, on one network.
WEB, LB = 40, 50
OPTIONS = [
    *(f"--cap-add={capability}" for capability in CAPABILITIES),
    *(f"--sysctl={name}={value}" for name, value in SYSCTLS.items()),
    "--tmpfs=/run",
]


@dataclass(frozen=True)
class OurSite:
    """The site of the stack `rails_ha` in front of an application.

    Use it as a context manager: its hosts are removed at the end.

    Args:
        network: of Docker.
        cidr: the network's IPv4 subnet.
        app: what stands behind; its hosts are pushed to as well.
        own_app: whether the application's hosts are ours to start, too. Default: True.
    """

    network: str
    cidr: str
    app: App
    own_app: bool = True
    _started: list[HostHandle] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Start every host and push to it, the application's first."""
        site = self._site()
        problems = list(site.problems())
        if problems:
            raise ValueError("\n".join(map(str, problems)))
        try:
            for tier in site.tiers if self.own_app else site.tiers[1:]:
                for host in () if isinstance(tier, Pair) else tier.hosts:
                    self._push(site, host, tier.name)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove them."""
        self._remove()

    @property
    def vip(self) -> str:
        """Where clients come in."""
        return self._net.address(WEB)

    def hosts(self, tier: str) -> list[HostHandle]:
        """The hosts of a tier."""
        return [host for host in self._started if host.name.startswith(f"{self.network}-our-{tier}-")]

    @property
    def _net(self) -> Network:
        return Network(self.network, self.cidr)

    def _site(self) -> Site:
        lb_hosts, web_hosts = self._pair("lb", LB), self._pair("web", WEB)
        lb_vip, web_vip = Vip(self._net.address(LB)), Vip(self._net.address(WEB))
        lb = LoadBalancer("lb", lb_hosts, self.app, lb_vip)
        web = ReverseProxy("web", web_hosts, lb, web_vip)
        pairs = (
            Pair("lb-vip", lb_hosts, lb_vip, Service("haproxy", HAPROXY_HEALTH)),
            Pair("web-vip", web_hosts, web_vip, Service("nginx", NGINX_HEALTH)),
        )
        return Site(self.network, self._net, (self.app, lb, web, *pairs))

    def _pair(self, tier: str, offset: int) -> tuple[Host, Host]:
        first, second = (Host(f"{tier}-{number}", self._net.address(offset + number)) for number in (1, 2))
        return first, second

    def _push(self, site: Site, host: Host, tier: str) -> None:
        bundle = bundle_of(site, host)
        name = f"{self.network}-our-{host.name}"
        docker("run", "--detach", "--name", name, "--hostname", host.name, "--network", self.network,
               "--ip", host.address, *OPTIONS, role_image(tier, bundle.packages))  # fmt: skip
        self._started.append(HostHandle(name))
        docker("exec", "-i", name, "python3", "-c", agent.INSTALLER, stdin=agent.payload())
        docker("exec", "-i", name, AGENT, "apply", stdin=bundle.text, timeout=PUSH)

    def _remove(self) -> None:
        docker("rm", "--force", *(host.name for host in self._started))
