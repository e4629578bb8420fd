"""A push to a box that is cut at one of its steps."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.agent import cutter
from tests.agent.boxes import docker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.agent.boxes import Box

POWER = "power"


def cut(box: Box, document: Mapping[str, Any], at: str, end: str) -> tuple[int, str]:
    """Push, and have an end ("fail", a signal, or the power's) come before step `at`, its number or how it begins.

    Returns the exit status and all that was said.
    """
    if end == POWER:
        return _push(box, document, at, "SIGSTOP", lambda _: _cycle(box))
    return _push(box, document, at, end, lambda _: None)


def held_up(
    box: Box, document: Mapping[str, Any], at: str, meanwhile: Callable[[subprocess.Popen[str]], object]
) -> tuple[int, str]:
    """Push, do something just before step `at`, and let the push go on. `meanwhile` is given the client's process."""

    def then(push: subprocess.Popen[str]) -> None:
        meanwhile(push)
        box.run("pkill -CONT -f '[c]lass Cutter'")

    return _push(box, document, at, "SIGSTOP", then)


def _push(
    box: Box, document: Mapping[str, Any], at: str, end: str, then: Callable[[subprocess.Popen[str]], object]
) -> tuple[int, str]:
    command = ["docker", "exec", "-i", box.name, "python3", "-c", Path(cutter.__file__).read_text(), at, end, "apply"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as push:
        assert push.stdin is not None
        assert push.stdout is not None
        push.stdin.write(json.dumps(document))
        push.stdin.close()
        said = []
        for line in push.stdout:
            said.append(line)
            if line.startswith("CUT"):
                then(push)
    return push.returncode, "".join(said)


def _cycle(box: Box) -> None:
    docker("kill", box.name)
    docker("start", box.name)
