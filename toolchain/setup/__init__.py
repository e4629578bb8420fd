"""Set-up: everything that a clone needs, from what the machine has or can fetch."""

from __future__ import annotations

from pathlib import Path

from toolchain import cache
from toolchain.progress import say
from toolchain.setup import cli, engine, image, plugins, python
from toolchain.setup.packages import require


def set_up() -> None:
    """Make the clone able to run stacks. What is there already is left alone. Raises `StepFailed`."""
    with cache.lock("set-up"):
        environment = python.install()
        pulumi = cli.install(environment)
        plugins.install(pulumi, environment)
        engine.start()
        image.make()
    say(f"==> ready: Docker, Python environment; Pulumi CLI {pulumi.version} {pulumi.origin}; {plugins.origin(pulumi)}")


def set_up_tests() -> None:
    """Have what `make test` needs beside `set_up` and `set_up_checks`. Raises `StepFailed`."""
    require("procps", command="ps")  # `docker top` runs the machine's own
    # For the rows of the command plugin over SSH. Where systemd runs, the package would open a service on the user's
    # machine, which is not ours to do: those rows then run only if there is an sshd.
    if not Path("/run/systemd/system").is_dir():
        require("openssh-server", command="sshd")


def set_up_checks() -> None:
    """Make the clone able to run `make check`, which needs no Pulumi CLI and no Docker. Raises `StepFailed`."""
    with cache.lock("set-up"):
        python.install()
        require("shellcheck", command="shellcheck")
