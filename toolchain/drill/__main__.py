"""The drill, in the clone's virtual environment, since `hacomponents.testing` is of the library."""

from __future__ import annotations

import os
import signal
import sys

from toolchain.drill.drill import drill
from toolchain.drill.failures import FAILURES, Failure
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.stack.stack import Stack


def main() -> None:
    """Play all stories, and leave a report. Exits with 1 where a promise was not kept, with 130 on Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        broken = drill(Stack.asked(), chosen(os.environ.get("STORIES", "")))
    except Failed as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(1 if broken else 0)


def chosen(names: str) -> list[Failure]:
    """The failures of these names, separated by spaces; all of them where none is named. Raises `Failed`."""
    known = {failure.name: failure for failure in FAILURES}
    unknown = [name for name in names.split() if name not in known]
    if unknown:
        raise Failed("drill", f"there is no story {', '.join(unknown)}", f'choose of: STORIES="{" ".join(known)}"')
    return [failure for failure in FAILURES if failure.name in names.split() or not names.split()]


if __name__ == "__main__":
    main()
