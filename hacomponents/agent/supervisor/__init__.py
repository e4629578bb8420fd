"""Who runs the daemons of a host, and starts again what has ended. Nothing outside knows who that is."""

from ..disk.layout import Layout
from ..machine import Machine
from .contract import GUARD, Supervisor
from .program import ByHand, Mark, Program
from .runit import Runit


def supervisor_of(layout: Layout, machine: Machine) -> Supervisor:
    """Return the supervisor of this host."""
    return Runit(layout, machine)


__all__ = ["GUARD", "ByHand", "Mark", "Program", "Supervisor", "supervisor_of"]
