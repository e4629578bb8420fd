"""The `pulumi` command, in the folder and with the environment of this process."""

from __future__ import annotations

import signal
import subprocess

from hacomponents.operations.errors import OperationFailed

INSTALL = "install the Pulumi CLI, and have it on the PATH (https://www.pulumi.com/docs/install/)"
REMEDIES = {
    "no Pulumi.yaml project file found": "run this in the folder of the stack's Pulumi project, which has Pulumi.yaml",
    "passphrase must be set": "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, as for `pulumi up`",
    "PULUMI_ACCESS_TOKEN must be set": "log in to the backend that has the stack: pulumi login",
}
"""What Pulumi says, and what to do about it."""


def ask(*arguments: str, stdin: str = "") -> str:
    """Run a command that takes no time.

    Args:
        arguments: of `pulumi`.
        stdin: what it reads, such as a secret, which an argument would show to every user of the machine.

    Returns:
        What it wrote to standard output.

    Raises:
        OperationFailed: it failed, with all that it wrote.
    """
    command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise OperationFailed(f"pulumi {arguments[0]}", "there is no command `pulumi`", INSTALL) from error
    if done.returncode:
        words = done.stdout + done.stderr
        known = (remedy for said, remedy in REMEDIES.items() if said in words)
        remedy = next(known, "correct what Pulumi says, then run this again")
        raise OperationFailed(f"pulumi {arguments[0]}", f"$ {' '.join(command)}\n{words}", remedy)
    return done.stdout


def show(*arguments: str, remedy: str) -> None:
    """Run a command that the user watches. Raises `OperationFailed`; Pulumi itself has told why by then.

    Args:
        arguments: of `pulumi`.
        remedy: what the user can do when it fails.
    """
    # Ctrl-C reaches Pulumi as well: it ends what is under way in good order, and we wait for it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        done = subprocess.run(["pulumi", *arguments], check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    if done.returncode:
        raise OperationFailed(f"pulumi {arguments[0]}", f"it ended with exit {done.returncode}, see above", remedy)
