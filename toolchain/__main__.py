"""`toolchain/run COMMAND`: what the Makefile's targets do."""

from __future__ import annotations

import sys

from toolchain import environment
from toolchain.errors import StepFailed
from toolchain.progress import say
from toolchain.quality import benchmarks, changelog, checks, tests
from toolchain.setup import set_up

COMMANDS = {
    "setup": set_up,
    "environment": environment.show,
    "test": tests.test,
    "soak": tests.soak,
    "bench": benchmarks.bench,
    "check": checks.check,
    "format": checks.reformat,
    "goldens": checks.goldens,
    "changelog": changelog.changelog,
}
CREATING = ("up", "down", "preview", "diagram", "docs")
"""Commands of `clone`, the module, which make the machine ready first."""
ASKING = ("status", "drill", "url")
"""Commands of `clone` for a stack that is up, on a machine that is ready by then."""


def main() -> None:
    """Run the command that the first argument names."""
    names = [*COMMANDS, *CREATING, *ASKING]
    if sys.argv[1:] not in [[name] for name in names]:
        sys.exit(f"usage: toolchain/run {'|'.join(names)}")
    name = sys.argv[1]
    try:
        if name in COMMANDS:
            COMMANDS[name]()
            return
        if name in CREATING:
            set_up()
        environment.become("clone", name)
    except StepFailed as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
