"""Highly available web sites as a few lines of Pulumi."""

from hacomponents.components.app_tier import AppTier
from hacomponents.components.cache_tier import CacheTier
from hacomponents.components.load_balancer_tier import LoadBalancerTier
from hacomponents.components.memcached_tier import MemcachedTier
from hacomponents.components.reverse_proxy_tier import ReverseProxyTier
from hacomponents.components.vip_pair import VipPair
from hacomponents.errors import HaError, Problem, TopologyError
from hacomponents.topology.cache import Probe
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
from hacomponents.topology.server import ApachePhp, Thin
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3

__all__ = [
    "ApachePhp",
    "AppTier",
    "Backend",
    "CacheTier",
    "Cook",
    "Cookie",
    "DefaultServer",
    "Gzip",
    "HaError",
    "Hash",
    "Hdr",
    "HttpCheck",
    "Limits",
    "LoadBalancerTier",
    "MemcachedLookup",
    "MemcachedTier",
    "Probe",
    "Problem",
    "Process",
    "Prometheus",
    "ReverseProxyTier",
    "SelfSigned",
    "Stats",
    "Status",
    "StickTable",
    "Thin",
    "Timeouts",
    "Tls",
    "TopologyError",
    "Uri",
    "Url",
    "Vip",
    "VipPair",
    "VirtualHost",
    "Vrrp2",
    "Vrrp3",
]
