"""Taking a server out of its balancers before it ends: by haproxy's agent-check, which asks here about each server.

The balancers ask `agent_check` twice a second, by the server's port. It says "down" for a server that is to leave, and
notes what it told to whom: so whoever ends the server knows when no balancer sends it a request any more.
"""

import os
import time
import typing

from . import files

UP, DOWN = "up", "down"
RECENT = 3  # seconds: a balancer that has not asked for so long is none any more
TWICE = 2  # by the second "down", the first one has been acted upon
PATIENCE = 5  # seconds for all balancers to ask


class Draining:
    """Which servers are to leave, and what the balancers know of it. A server is known by its port.

    ``run`` is the agent's directory for what does not outlive the power.
    """

    def __init__(self, run: str) -> None:
        self._leaving = run + "/leaving"
        self._told = run + "/balancers"

    def leave(self, port: int) -> None:
        """Have balancers send no more requests to ``port``."""
        files.make_directory(self._leaving)
        files.write(self._mark(port), b"")

    def join(self, port: int) -> None:
        """Have them send requests again."""
        files.remove(self._mark(port))

    def all_join(self) -> None:
        """Forget all that was to leave."""
        files.remove(self._leaving)

    def tell(self, port: int, balancer: str) -> str:
        """Return the word on ``port``, and note that ``balancer`` knows it."""
        word = DOWN if os.path.exists(self._mark(port)) else UP
        note = os.path.join(self._told, str(port), balancer)
        known, _, times = files.text(note).partition(" ")
        files.make_directory(os.path.dirname(note))
        files.write(note, f"{word} {int(times) + 1 if known == word else 1}".encode())
        return word

    def is_known(self, port: int, word: str, times: int = 1) -> bool:
        """Tell whether every balancer that still asks about ``port`` was told ``word``, so many times."""
        return all(known == word and told >= times for known, told in self._notes(port))

    def is_asked(self, port: int) -> bool:
        """Tell whether any balancer asks about ``port``."""
        return any(True for _ in self._notes(port))

    def _notes(self, port: int) -> typing.Iterator[typing.Tuple[str, int]]:
        folder = os.path.join(self._told, str(port))
        for balancer in files.names(folder):
            note = os.path.join(folder, balancer)
            asked = files.modified(note)
            word, _, times = files.text(note).partition(" ")
            if asked is not None and times and asked > time.time() - RECENT:
                yield word, int(times)

    def _mark(self, port: int) -> str:
        return os.path.join(self._leaving, str(port))
