"""The files of a stack as they are pushed, one folder a host."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

import stacks
from hacomponents.topology.platform import DEFAULT_PLATFORM, Platform
from tests.components.program import CONFIG, run

GOLDEN = Path(__file__).parent
STACKS = tuple(sorted(module.name for module in pkgutil.iter_modules(stacks.__path__)))
# Copies of a folder of this repository, which say nothing new here.
LEFT_OUT = ("/srv/",)


def rendered(stack: str, platform: Platform = DEFAULT_PLATFORM) -> dict[str, str]:
    """Every file of every host of a stack on a release, by its path under `tests/golden/STACK/`.

    The services and secrets of a bundle are the file `services.json` of its host.
    """

    def program() -> None:
        sys.modules.pop(f"stacks.{stack}", None)
        importlib.import_module(f"stacks.{stack}")

    result = run(program, {**CONFIG, "hacomponents:platform": platform.name}, stack=stack)
    assert not result.error, result.error
    files: dict[str, str] = {}
    for push in result.of_type("command:local:Command").values():
        if push.name.endswith("-push"):
            files.update(_files(json.loads(push.inputs["stdin"])))
    return files


def all_rendered() -> dict[str, dict[str, str]]:
    """The files of every stack, by its name."""
    return {stack: rendered(stack) for stack in STACKS}


def _files(bundle: dict[str, Any]) -> dict[str, str]:
    host = bundle["host"]
    texts = {path: entry["content"] for path, entry in bundle["files"].items() if not path.startswith(LEFT_OUT)}
    rest = {name: value for name, value in bundle.items() if name != "files"}
    return {
        f"{host}/services.json": json.dumps(rest, indent=2, sort_keys=True) + "\n",
        **{f"{host}{path}": text for path, text in texts.items()},
    }


def recorded(stack: str) -> dict[str, str]:
    """The same from the folder."""
    folder = GOLDEN / stack
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def record(stack: str) -> None:
    """Replace the folder by what is rendered now; the difference is then for review."""
    folder = GOLDEN / stack
    for name in recorded(stack):
        (folder / name).unlink()
    for name, text in rendered(stack).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


if __name__ == "__main__":
    for each in STACKS:
        record(each)
