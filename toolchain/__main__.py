"""`toolchain/run COMMAND`: what the Makefile's targets do."""

from __future__ import annotations

import sys

from toolchain import diagram, drill, environment
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.quality import benchmarks, changelog, checks, tests
from toolchain.setup import set_up
from toolchain.stack import commands

COMMANDS = {
    "setup": set_up,
    "environment": environment.show,
    "up": commands.up,
    "down": commands.down,
    "preview": commands.preview,
    "status": commands.show_status,
    "drill": drill.drill,
    "diagram": diagram.diagram,
    "url": commands.url,
    "test": tests.test,
    "soak": tests.soak,
    "bench": benchmarks.bench,
    "check": checks.check,
    "format": checks.reformat,
    "goldens": checks.goldens,
    "docs": diagram.docs,
    "changelog": changelog.changelog,
}


def main() -> None:
    """Run the command that the first argument names."""
    if sys.argv[1:] not in [[name] for name in COMMANDS]:
        sys.exit(f"usage: toolchain/run {'|'.join(COMMANDS)}")
    try:
        COMMANDS[sys.argv[1]]()
    except Failed as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
