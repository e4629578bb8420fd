"""Our own site on a network that is there: the library's configuration, agent and images, without Pulumi."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.images import role_image
from hacomponents import agent
from hacomponents.errors import TopologyError
from hacomponents.hosts.docker.container import CAPABILITIES, SYSCTLS
from hacomponents.hosts.reach import AGENT
from hacomponents.render import bundle_of
from hacomponents.testing import HostHandle
from hacomponents.testing.docker import docker
from hacomponents.topology.firewall import Firewall
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self, TypeAlias

    from hacomponents.topology.app import App

    Settings: TypeAlias = Mapping[str, Any]

PUSH = 180
"""Seconds for a push, with the start of the servers."""
# Beside the article's hosts, on one network.
WEB, LB = 40, 50
OPTIONS = [
    *(f"--cap-add={capability}" for capability in CAPABILITIES),
    *(f"--sysctl={name}={value}" for name, value in SYSCTLS.items()),
    "--tmpfs=/run",
]


def start(handle: HostHandle, host: Host, network: str, image: str) -> None:
    """Start a host as a container of a network, with the agent on it."""
    docker("run", "--detach", "--name", handle.name, "--hostname", host.name, "--network", network,
           "--ip", host.address, *OPTIONS, image)  # fmt: skip
    handle.exec("python3", "-c", agent.INSTALLER, stdin=agent.payload())


def push(handle: HostHandle, host: Host, site: Site) -> None:
    """Push to a host what the site has for it."""
    docker("exec", "-i", handle.name, AGENT, "apply", stdin=bundle_of(site, host).text, timeout=PUSH)


@dataclass(frozen=True)
class OurSite:
    """The site of the stack `rails_ha` in front of an application.

    Use it as a context manager: its hosts are removed at the end.

    Args:
        network: of Docker.
        cidr: the network's IPv4 subnet.
        app: what stands behind.
        own_app: whether the application's hosts are ours to start, too. Default: True.
    """

    network: str
    cidr: str
    app: App
    own_app: bool = True
    _started: list[HostHandle] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Start every host and push to it, the application's first."""
        try:
            site = self._site()
            for tier in site.tiers if self.own_app else site.tiers[1:]:
                for host in () if isinstance(tier, Pair) else tier.hosts:
                    self._start(host, role_image(tier.name, bundle_of(site, host).packages))
                    self._push(site, host)
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
        return [host for host in self._started if host.name.startswith(self._container(tier))]

    def change(self, web: Settings | None = None, lb: Settings | None = None) -> None:
        """Push other settings of the proxies; what is not given is the default again."""
        site = self._site(web, lb)
        for tier in site.tiers:
            if isinstance(tier, ReverseProxy | LoadBalancer):
                for host in tier.hosts:
                    self._push(site, host)

    @property
    def _net(self) -> Network:
        # Whoever measures asks tiers in the middle, too.
        return Network(self.network, self.cidr, firewall=Firewall(management=(self.cidr,)))

    def _site(self, web: Settings | None = None, lb: Settings | None = None) -> Site:
        web_hosts, lb_hosts = self._pair("web", WEB), self._pair("lb", LB)
        web_vip, lb_vip = Vip(self._net.address(WEB)), Vip(self._net.address(LB))
        balancer = LoadBalancer("lb", lb_hosts, self.app, lb_vip, **(lb or {}))
        proxy = ReverseProxy("web", web_hosts, (VirtualHost("rails", balancer, **(web or {})),), web_vip)
        lb_pair = Pair("lb-vip", lb_hosts, lb_vip)
        web_pair = Pair("web-vip", web_hosts, web_vip)
        site = Site(self.network, self._net, (self.app, balancer, proxy, lb_pair, web_pair))
        if wrong := list(problems(site)):
            raise TopologyError(site.name, wrong)
        return site

    def _pair(self, tier: str, offset: int) -> tuple[Host, Host]:
        first, second = (Host(f"{tier}-{number}", self._net.address(offset + number)) for number in (1, 2))
        return first, second

    def _container(self, host: str) -> str:
        return f"{self.network}-our-{host}"

    def _start(self, host: Host, image: str) -> None:
        handle = HostHandle(self._container(host.name))
        self._started.append(handle)
        start(handle, host, self.network, image)

    def _push(self, site: Site, host: Host) -> None:
        push(HostHandle(self._container(host.name)), host, site)

    def _remove(self) -> None:
        docker("rm", "--force", *(host.name for host in self._started))
