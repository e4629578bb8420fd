"""Highly available web sites as a few lines of Pulumi."""

from hacomponents.components.app_tier import AppTier
from hacomponents.components.cache_tier import CacheTier
from hacomponents.components.load_balancer_tier import LoadBalancerTier
from hacomponents.components.memcached_tier import MemcachedTier
from hacomponents.components.reverse_proxy_tier import ReverseProxyTier
from hacomponents.components.vip_pair import VipPair
from hacomponents.errors import HaError, Problem, TopologyError
from hacomponents.hosts.group import HostGroup
from hacomponents.hosts.sources import network
from hacomponents.topology.cache import Probe
from hacomponents.topology.firewall import Firewall
from hacomponents.topology.load_balancer import (
    Backend,
    Cook,
    Cookie,
    DefaultServer,
    Hdr,
    HttpCheck,
    Prometheus,
    Stats,
    StickTable,
    Timeouts,
    Uri,
)
from hacomponents.topology.pair import Process, Url
from hacomponents.topology.reverse_proxy import (
    Gzip,
    Hash,
    Limits,
    MemcachedLookup,
    SelfSigned,
    Status,
    Tls,
    VirtualHost,
)
from hacomponents.topology.server import ApachePhp, Command, Git, Gunicorn, Passenger, Puma, Thin, Tomcat
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3

__all__ = [
    "ApachePhp",
    "AppTier",
    "Backend",
    "CacheTier",
    "Command",
    "Cook",
    "Cookie",
    "DefaultServer",
    "Firewall",
    "Git",
    "Gunicorn",
    "Gzip",
    "HaError",
    "Hash",
    "Hdr",
    "HostGroup",
    "HttpCheck",
    "Limits",
    "LoadBalancerTier",
    "MemcachedLookup",
    "MemcachedTier",
    "Passenger",
    "Probe",
    "Problem",
    "Process",
    "Prometheus",
    "Puma",
    "ReverseProxyTier",
    "SelfSigned",
    "Stats",
    "Status",
    "StickTable",
    "Thin",
    "Timeouts",
    "Tls",
    "Tomcat",
    "TopologyError",
    "Uri",
    "Url",
    "Vip",
    "VipPair",
    "VirtualHost",
    "Vrrp2",
    "Vrrp3",
    "network",
]
