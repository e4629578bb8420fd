"""`make test`: every check and test, in stages."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from toolchain import cache, environment
from toolchain.clone import ROOT
from toolchain.errors import StepFailed
from toolchain.progress import last_line, say
from toolchain.quality.leftovers import clear
from toolchain.setup import set_up, set_up_checks, set_up_tests

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REPORT = 30.0
"""Seconds between two lines of progress."""
CLOSING = re.compile(r"^=+ (.*) in [\d.]+s(?: \([\d:]+\))? =+$", re.MULTILINE)
"""The line by which pytest ends, such as `===== 3 passed, 1 skipped in 0.21s =====`."""


@dataclass(frozen=True)
class Stage:
    """A part of the tests that runs as one command.

    Args:
        name: of it.
        command: words of it.
        counts: whether all of it fails where this does; else it is told, and that is all. Default: it counts.
    """

    name: str
    command: Sequence[str]
    counts: bool = True


@dataclass(frozen=True)
class Result:
    """How a stage ended.

    Args:
        stage: which.
        passed: whether all was well.
        seconds: that it took.
        output: all that it wrote.
    """

    stage: Stage
    passed: bool
    seconds: float
    output: str


def _pytest(name: str, *arguments: str) -> Stage:
    return Stage(name, ("pytest", "--color=no", "--verbose", *arguments))


ARCHITECTURES = "tests/integration/docker/architectures"
COMPONENTS = "tests/integration/docker/components"
STATES = "tests/integration/docker/test_states.py"
ELSEWHERE = tuple(f"--ignore={path}" for path in (ARCHITECTURES, COMPONENTS, STATES))
NEWEST = ("tests/golden/test_daemons.py", "tests/integration/docker/test_platforms.py", "--platform", "debian-14")
PLAN = (
    # The second lane waits for containers most of its time, while the first one computes.
    (
        (
            Stage("check", (str(ROOT / "toolchain" / "run"), "check")),
            _pytest("unit", "tests", "-n2", "-m", "not daemons and not integration"),
            _pytest("daemons", "tests", "-m", "daemons"),
            _pytest("states", STATES, "-n2"),
            # Of a release that is not out, whose packages change from day to day.
            replace(_pytest("newest", *NEWEST), counts=False),
        ),
        (
            _pytest("conformance", "toolchain/conformance"),
            _pytest("architectures", ARCHITECTURES),
            _pytest("components", COMPONENTS),
        ),
    ),
    # Alone on the machine: these stories measure times.
    ((_pytest("integration", "tests", "-m", "integration", *ELSEWHERE),),),
)
"""Groups of lanes of stages: group after group, the lanes of a group side by side, the stages of a lane in turn."""


def test() -> None:
    """Run all stages, also after one has failed, and end with one line in pytest's form. Raises `StepFailed`."""
    start = time.monotonic()
    # A runner that was started in the background passes ignored signals on; stories send them and look what happens.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    set_up()
    set_up_checks()
    set_up_tests()
    with cache.lock("test"):
        clear()
        results = [result for group in PLAN for result in _run_side_by_side(group)]
    counted = [result for result in results if result.stage.counts]
    failed = [result.stage.name for result in counted if not result.passed]
    for result in results:
        said = "ok" if result.passed else "FAILED" if result.stage.counts else "FAILED, which is only told"
        say(f"{result.stage.name:12} {said:6} {result.seconds:5.0f} s")
    sys.stdout.write(f"{closing_line((result.output for result in counted), time.monotonic() - start)}\n")
    if failed:
        raise StepFailed("test", f"not passed: {', '.join(failed)}", "see the words of these stages above")


def soak() -> None:
    """Fifty pushes to each tier in a row, and every other change, under load, for half an hour. Raises `StepFailed`."""
    set_up()
    set_up_tests()
    stories = ("tests/integration/docker/test_load.py", "--thorough", "--timeout=7200", "--log-cli-level=INFO")
    with cache.lock("test"):
        clear()
        done = subprocess.run(["pytest", *stories], cwd=ROOT, env=environment.full(), check=False)
    if done.returncode:
        raise StepFailed("soak", "not passed", "see above: each failed request is listed with the client's own error")


def _run_side_by_side(lanes: Sequence[Sequence[Stage]]) -> list[Result]:
    with ThreadPoolExecutor(len(lanes)) as pool:
        done = list(pool.map(lambda lane: [_run(stage) for stage in lane], lanes))
    return [result for lane in done for result in lane]


def _run(stage: Stage) -> Result:
    """Run a stage to its end; its words are shown where it fails."""
    say(f"==> {stage.name}")
    log, start = cache.log(f"test-{stage.name}"), time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            stage.command, cwd=ROOT, env=environment.full(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        while True:
            try:
                code = process.wait(REPORT)
                break
            except subprocess.TimeoutExpired:
                say(f"    {stage.name} {time.monotonic() - start:.0f} s  {last_line(log)}")
    text = log.read_text(errors="replace")
    say(f"    {stage.name} {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s  {last_line(log)}")
    if code:
        say(text)
    return Result(stage, code == 0, time.monotonic() - start, text)


def closing_line(outputs: Iterable[str], seconds: float) -> str:
    """The sum of pytest's closing lines, in their form, for whatever reads a log's end.

    Args:
        outputs: of pytest's runs, and of other commands, which say nothing here.
        seconds: that all of it took.
    """
    counts: Counter[str] = Counter()
    for output in outputs:
        for closing in CLOSING.findall(output)[-1:]:
            for number, word in re.findall(r"(\d+) (\w+)", closing):
                counts["errors" if word == "error" else word] += int(number)
    del counts["deselected"]
    said = ", ".join(f"{number} {word}" for word, number in sorted(counts.items())) or "no tests ran"
    return f"===== {said} in {seconds:.2f}s ====="
