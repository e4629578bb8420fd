"""Runs one Pulumi program; started by the host with the project's own Python, so it needs nothing but `pulumi`.

Exits 0 when the program is done, 32 when it failed and the user was told why, and with the program's own code when the
program exited itself: the contract of Pulumi's own `pulumi-language-python-exec`, v3.251.0.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi

_FAILED = 1
_TOLD = 32
_INTERRUPTED = 130


def main() -> int:
    """Run the program that the arguments name; return the exit code."""
    arguments = _arguments()
    os.chdir(arguments.pwd)
    program = Path(arguments.program).resolve()
    sys.argv = [arguments.program, *arguments.args]
    sys.path[0] = str(program if program.is_dir() else program.parent)  # instead of this file's own folder
    _configure(arguments)
    if program.is_dir() and not (program / "__main__.py").exists():
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        return _TOLD
    return _run(program, arguments.parallel)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "organization", "root_directory", "pwd"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--dry_run", action="store_true")
    parser.add_argument("program")
    parser.add_argument("args", nargs="*")
    return parser.parse_args()


def _configure(arguments: argparse.Namespace) -> None:
    runtime = pulumi.runtime
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )


def _run(program: Path, parallel: int) -> int:
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a failed program leaves futures that nobody awaits
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(parallel, 1) * 4)

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return _FAILED
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)  # threads that wait for the engine would hold up the end
    except Exception:  # noqa: BLE001 - whatever the program raises is shown to its author
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_traceback(program)}")
        return _TOLD
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


def _traceback(program: Path) -> str:
    """Format the exception being handled, without the frames above the program's own."""
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    main = str(program / "__main__.py" if program.is_dir() else program)
    for position, frame in enumerate(frames):
        if str(Path(frame.filename).resolve()) == main:
            return traceback.format_exc(limit=position - len(frames))
    return traceback.format_exc()


if __name__ == "__main__":
    sys.exit(main())
