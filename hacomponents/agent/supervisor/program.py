"""What a supervisor is told of a daemon, and what it tells of a daemon's log."""

import typing

Mark = typing.Tuple[int, int]  # where a log ended; what the figures mean, only the supervisor knows


class Program(typing.NamedTuple):
    """How a daemon is run: what a supervisor needs to know of it."""

    command: typing.Sequence[str]
    stop_signal: str
    directory: typing.Optional[str] = None
    user: typing.Optional[str] = None
    variables: typing.Mapping[str, str] = {}
    environment: typing.Optional[str] = None  # a folder with a file for each variable more, whose first line it is
    directories: typing.Sequence[str] = ()  # made before it starts, where missing, and given to the owner
    owner: typing.Optional[str] = None  # the user, where none is given
    vips: typing.Sequence[str] = ()  # taken off the host when it has ended
    health: bool = True  # whether its answers are checked after a start
    all_ends: bool = False  # whether its end is that of all that it has started, in whatever group


class ByHand(typing.NamedTuple):
    """Commands for a person on the host."""

    start: str
    restart: str  # also of a process that does not heed its signal to end
    log: str
