"""What a stack's hosts keep, on volumes that outlive their containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clone.stack import agreed
from hacomponents.operations import consent, docker_objects
from hacomponents.operations.progress import say

if TYPE_CHECKING:
    from hacomponents.operations.stack import DeployedStack

EMPTY = "0B"


def confirm_loss(stack: DeployedStack) -> None:
    """Say which data go with a stack, and ask; a stack without any goes without a word. Raises `OperationFailed`.

    Args:
        stack: that is about to be taken away.
    """
    sizes = docker_objects.volume_sizes() if any(item.kind == "volume" for item in stack.objects()) else {}
    kept = {item.name: sizes[item.name] for item in stack.objects() if sizes.get(item.name, EMPTY) != EMPTY}
    if not kept:
        return
    say(f"With {stack.name} goes what its hosts keep, for good:")
    for name, size in sorted(kept.items()):
        say(f"  volume {name}: {size}")
    say(f"To save one: docker run --rm -v {min(kept)}:/data debian:trixie-slim tar -c -C /data . >{min(kept)}.tar")
    remedy = f"save what you need, then: make down STACK={stack.name} YES=1"
    consent.require(
        f"down of {stack.name}", stack.name, agreed=agreed(), remedy=remedy, spared="nothing was taken away"
    )
