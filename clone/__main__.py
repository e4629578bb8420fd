"""`python -m clone COMMAND`, in the root of the clone and with the environment that `toolchain` made."""

from __future__ import annotations

import sys

from clone import commands, drawings
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from toolchain.errors import StepFailed

COMMANDS = {
    "up": commands.up,
    "down": commands.down,
    "preview": commands.preview,
    "status": commands.status,
    "drill": commands.drill,
    "diagram": drawings.draw_stack,
    "url": commands.url,
    "docs": drawings.write_docs,
}


def main() -> None:
    """Run the command that the first argument names; exits with 1 where it cannot be done, with 130 on Ctrl-C."""
    try:
        COMMANDS[sys.argv[1]]()
    except (OperationFailed, StepFailed) as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
