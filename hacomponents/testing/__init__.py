"""The vocabulary of tests: real hosts, a real client, real failures.

    with VipWatch(web) as watch, client.load("http://10.10.0.10/up", connections=8) as load:
        web.holder.kill()
        client.eventually("http://10.10.0.10/up", within=2)

    assert watch.overlaps == ()
    assert load.report.failures == ()

`Client` asks from a container of its own on the stack's network; `HostHandle` and `PairUnderTest` break hosts;
`VipWatch` samples who holds a VIP; `eventually` waits for a fact, with a deadline. They need the `docker` command and
its daemon, nothing else, and what they start ends by itself: every program in a container is bounded in time and
number.
"""

from hacomponents.testing.answers import Failure, GapReport, LoadReport, NoAnswer, Response
from hacomponents.testing.client import Client
from hacomponents.testing.docker import DockerError
from hacomponents.testing.host import HostHandle, PairUnderTest
from hacomponents.testing.poll import eventually
from hacomponents.testing.vip_watch import Move, Overlap, VipWatch

__all__ = [
    "Client",
    "DockerError",
    "Failure",
    "GapReport",
    "HostHandle",
    "LoadReport",
    "Move",
    "NoAnswer",
    "Overlap",
    "PairUnderTest",
    "Response",
    "VipWatch",
    "eventually",
]
