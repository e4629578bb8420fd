"""A machine's image that stories build theirs on, so that another image takes no packages and no time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hacomponents.hosts.docker.build_context import MODES
from hacomponents.testing.docker import docker
from tests.daemons import IMAGE

if TYPE_CHECKING:
    from tests.integration.docker.stack import Stack

NAME = "hacomponents-test-machine"
PACKAGES = "memcached nftables"


@cache
def machine() -> str:
    """The name of the image, which has memcached."""
    docker("build", "--quiet", "--tag", NAME, "--build-arg", f"PACKAGES={PACKAGES}", str(IMAGE), timeout=300)
    return NAME


def build_on(stack: Stack, number: int = 1) -> None:
    """Have a stack's images made of it, where its program says `build_context.SOURCE = Path("image")`.

    Args:
        stack: that was created.
        number: another one is another image. Default: 1.
    """
    folder = stack.project / "image"
    folder.mkdir(exist_ok=True)
    for name in MODES:
        (folder / name).write_text(f"FROM {machine()}\nLABEL number={number}\n" if name == "Dockerfile" else "")
