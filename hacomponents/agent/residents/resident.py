"""What the agent's own services have in common: they run until another version of the agent is installed."""

import os
import signal
import typing

INSTALLED = "/usr/local/lib/hacomponents/agent"  # a link to the version in force
STARTED = os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def superseded() -> bool:
    """Tell whether another version was installed since this one was started; the supervisor then starts that one."""
    return os.path.realpath(INSTALLED) != STARTED


def until_superseded(step: typing.Callable[[], object]) -> str:
    """Take one ``step`` after the other until then, or until the supervisor ends this process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while not superseded():
        step()
    return "another version of the agent takes over"
