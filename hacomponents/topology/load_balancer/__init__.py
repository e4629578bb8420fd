"""The load-balancer tier: haproxy in front of other tiers."""

from hacomponents.topology.load_balancer.backend import Backend, BackendSettings
from hacomponents.topology.load_balancer.balance_algorithm import BALANCE, Hdr, Uri
from hacomponents.topology.load_balancer.frontend import Frontend
from hacomponents.topology.load_balancer.pages import Prometheus, Stats
from hacomponents.topology.load_balancer.servers import DefaultServer, HttpCheck
from hacomponents.topology.load_balancer.stickiness import Cook, Cookie, StickTable
from hacomponents.topology.load_balancer.tier import (
    FACILITIES,
    HEALTH,
    HEALTH_PORT,
    MONITOR_URI,
    PEERS_PORT,
    LoadBalancer,
)
from hacomponents.topology.load_balancer.timeouts import DAY, Timeouts

__all__ = [
    "BALANCE",
    "DAY",
    "FACILITIES",
    "HEALTH",
    "HEALTH_PORT",
    "MONITOR_URI",
    "PEERS_PORT",
    "Backend",
    "BackendSettings",
    "Cook",
    "Cookie",
    "DefaultServer",
    "Frontend",
    "Hdr",
    "HttpCheck",
    "LoadBalancer",
    "Prometheus",
    "Stats",
    "StickTable",
    "Timeouts",
    "Uri",
]
