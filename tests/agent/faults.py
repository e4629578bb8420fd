"""Failing, or killing, one step of a push: any change of a file, and anything the machine is asked to do."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

from hacomponents.agent.machine import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from hacomponents.agent.host import Host

KILLED = 137
FILE_STEPS = ("chmod", "fchmod", "fsync", "mkdir", "open", "rename", "symlink", "unlink", "utime")
MACHINE_STEPS: dict[str, Callable[..., Any]] = {
    "attempt": lambda command, *_: Result(command, 1, "it failed"),
    "get": lambda *_: (0, "it failed"),
    "ask": lambda *_: "",
    "addresses": lambda *_: {},
    "others_with": lambda *_: ["02:00:00:00:00:01"],
}


class Steps:
    """Counts the steps of a push, and lets number `at` fail, or kills this process at it."""

    def __init__(self, at: int, *, kill: bool) -> None:
        self.taken = 0
        self._at = at
        self._kill = kill

    def watch(self, host: Host, patch: pytest.MonkeyPatch) -> None:
        """Count every step from now on."""
        for name in FILE_STEPS:
            patch.setattr(os, name, self._counted(name, getattr(os, name), _no_space))
        patch.setattr(shutil, "rmtree", self._counted("rmtree", shutil.rmtree, _no_space))
        for name, failure in MACHINE_STEPS.items():
            patch.setattr(host.machine, name, self._counted(name, getattr(host.machine, name), failure))

    def _counted(self, name: str, step: Callable[..., Any], failure: Callable[..., Any]) -> Callable[..., Any]:
        # What the pretended machine does inside of one of its steps is not a step of the push.
        def counted(*arguments: Any, **keywords: Any) -> Any:
            if self._inside:
                return step(*arguments, **keywords)
            self.taken += 1
            if self.taken == self._at:
                if self._kill:
                    os._exit(KILLED)
                return failure(*arguments)
            if name == "fsync":  # counted, but this test is not about disks
                return None
            self._inside = name in MACHINE_STEPS or name == "rmtree"
            try:
                return step(*arguments, **keywords)
            finally:
                self._inside = False

        return counted

    _inside = False


def _no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
