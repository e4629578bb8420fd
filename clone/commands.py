"""The commands for the stack that make's variables name."""

from __future__ import annotations

import os
import sys

from clone import data
from clone.stack import CloneStack, agreed
from hacomponents.operations import daemon, docker_objects, front_page, pulumi
from hacomponents.operations import status as hosts
from hacomponents.operations.drill.drill import drill as run_drill
from hacomponents.operations.drill.promises import chosen
from hacomponents.operations.progress import say
from hacomponents.operations.recovery import recover
from toolchain.setup import image

REMEDY = "correct what is said above, then run this again: it goes on where it stopped (docs/how-to/recover.md)"

SETTLING = 15
"""Seconds after a push in which the last keepalived may still learn who holds its VIP."""


def up() -> None:
    """Bring the stack up, see that its site answers and that every standby stands by, and say where it is."""
    stack = _ready()
    deployed = stack.deployed
    if deployed.recorded():
        pulumi.show("preview", "--diff", "--stack", stack.name, remedy=REMEDY)
    pulumi.show("up", "--yes", "--skip-preview", "--stack", stack.name, remedy=REMEDY)
    url = deployed.url()
    front_page.check(deployed, url)
    front_page.tell(stack.name, url)
    hosts.settled(deployed, SETTLING)


def preview() -> None:
    """Show what `up` would change, line by line."""
    stack = _ready()
    pulumi.show("preview", "--diff", "--stack", stack.name, remedy=REMEDY)


def down() -> None:
    """Destroy the stack, and remove whatever else carries its labels, its data included, for which it asks."""
    stack = CloneStack.asked()
    deployed = stack.deployed
    known = deployed.exists()
    if known:
        stack.select()
        daemon.use(deployed)
    data.confirm_loss(deployed)
    if known:
        recover(deployed, created=False)
        pulumi.show("destroy", "--yes", "--skip-preview", "--stack", stack.name, remedy=REMEDY)
    docker_objects.remove(deployed.objects(), "it is of this stack, and `pulumi destroy` leaves it")
    say(f"\n{stack.name} is gone: no container, network or volume of it is left")


def status() -> None:
    """Write what each host says of itself, and fail with every problem."""
    hosts.report(CloneStack.asked().deployed)


def drill() -> None:
    """Run the drill with the faults of FAULTS, separated by spaces. Exits with 1 where a promise was not kept."""
    promises = chosen(os.environ.get("FAULTS", "").split())
    broken = run_drill(CloneStack.asked().deployed, promises, agreed=agreed())
    sys.exit(1 if broken else 0)


def url() -> None:
    """Write the URL, and nothing else, to standard output."""
    sys.stdout.write(f"{CloneStack.asked().deployed.url()}\n")


def _ready() -> CloneStack:
    """The stack that was asked for: selected, and recovered from a killed run."""
    stack = CloneStack.asked()
    created = not stack.deployed.exists()
    stack.select()
    if platform := stack.configured().get("platform"):
        image.make(platform)
    daemon.use(stack.deployed)
    recover(stack.deployed, created=created)
    return stack
