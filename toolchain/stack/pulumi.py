"""The `pulumi` command, in the clone's root and with its environment."""

from __future__ import annotations

import signal
import subprocess

from toolchain import environment
from toolchain.clone import ROOT
from toolchain.errors import Failed


def ask(*arguments: str, stdin: str = "") -> str:
    """Run a command that takes no time.

    Args:
        arguments: of `pulumi`.
        stdin: what it reads, such as a secret, which an argument would show to every user of the machine.

    Returns:
        What it wrote to standard output.

    Raises:
        Failed: it failed, with all that it wrote.
    """
    command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, cwd=ROOT, env=environment.full(), check=False
    )
    if done.returncode:
        raise Failed(
            f"pulumi {arguments[0]}",
            f"$ {' '.join(command)}\n{done.stdout}{done.stderr}",
            "correct what Pulumi says, then run this again",
        )
    return done.stdout


def show(*arguments: str, remedy: str) -> None:
    """Run a command that the user watches. Raises `Failed`; Pulumi itself has told why by then.

    Args:
        arguments: of `pulumi`.
        remedy: what the user can do when it fails.
    """
    # Ctrl-C reaches Pulumi as well: it ends what is under way in good order, and we wait for it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        done = subprocess.run(["pulumi", *arguments], cwd=ROOT, env=environment.full(), check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    if done.returncode:
        raise Failed(f"pulumi {arguments[0]}", f"it ended with exit {done.returncode}, see above", remedy)
