"""The commands."""

from __future__ import annotations

import sys

from toolchain import docker
from toolchain.progress import say
from toolchain.setup import set_up
from toolchain.stack import daemon, data, pulumi, site, status
from toolchain.stack.recovery import recover
from toolchain.stack.stack import Stack

REMEDY = "correct what is said above, then run this again: it goes on where it stopped (docs/how-to/recover.md)"

SETTLING = 15
"""Seconds after a push in which the last keepalived may still learn who holds its VIP."""


def up() -> None:
    """Bring the stack up, see that its site answers and that every standby stands by, and say where it is."""
    stack = _ready()
    if stack.recorded():
        pulumi.show("preview", "--diff", "--stack", stack.name, remedy=REMEDY)
    pulumi.show("up", "--yes", "--skip-preview", "--stack", stack.name, remedy=REMEDY)
    url = stack.url()
    site.check(stack, url)
    site.tell(stack, url)
    status.settled(stack, SETTLING)


def preview() -> None:
    """Show what `up` would change, line by line."""
    stack = _ready()
    pulumi.show("preview", "--diff", "--stack", stack.name, remedy=REMEDY)


def down() -> None:
    """Destroy the stack, and remove whatever else carries its labels, its data included, for which it asks."""
    set_up()
    stack = Stack.asked()
    known = stack.exists()
    if known:
        stack.select()
        daemon.use(stack)
    data.confirm_loss(stack)
    if known:
        recover(stack, created=False)
        pulumi.show("destroy", "--yes", "--skip-preview", "--stack", stack.name, remedy=REMEDY)
    docker.remove(stack.objects(), "it is of this stack, and `pulumi destroy` leaves it")
    say(f"\n{stack.name} is gone: no container, network or volume of it is left")


def show_status() -> None:
    """Write what each host says of itself, and fail with every problem."""
    stack = Stack.asked()
    stack.require()
    daemon.use(stack)
    found = status.hosts(stack)
    sys.stdout.write(status.table(found))
    status.check(stack, found)


def url() -> None:
    """Write the URL, and nothing else, to standard output."""
    sys.stdout.write(f"{Stack.asked().url()}\n")


def _ready() -> Stack:
    """The stack that was asked for: the machine set up, the stack selected, and recovered from a killed run."""
    set_up()
    stack = Stack.asked()
    created = not stack.exists()
    stack.select()
    daemon.use(stack)
    recover(stack, created=created)
    return stack
