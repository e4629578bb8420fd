"""Runs inside a box: calls methods of the supervisor of this host, one after the other, with the host's lock.

``python3 -c TEXT CALLS``, a JSON list of lists: the name of a method and its arguments. Prints the results as JSON.
"""

import functools
import json
import os
import signal
import sys
import typing
from pathlib import Path

sys.path.insert(0, "/usr/local/lib/hacomponents")

from agent.host import Host  # type: ignore[import-not-found]  # of the box
from agent.supervisor import Program  # type: ignore[import-not-found]

EMPTY = '{"format": 1, "host": "box", "files": {}, "services": {}}'


def release(host: typing.Any, name: str, digest: str, programs: typing.Mapping[str, typing.Any]) -> None:
    """Write a release that runs these programs, and put it in force."""
    texts = {"bundle.json": EMPTY}
    for service, program in programs.items():
        texts.update(host.supervisor.run_files(service, Program(**program), digest, name))
    for path, text in texts.items():
        file = Path(host.layout.releases, name, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    host.tracks.ensure(programs)
    host.store.swap(name)
    for service in programs:
        host.supervisor.follow(service, host.layout.current)


def well(host: typing.Any, name: str) -> None:
    """Have the track file of a service say that it is well."""
    Path(host.layout.track, name).write_text("0\n")


def die(_host: typing.Any) -> None:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(calls: typing.Sequence[typing.Sequence[typing.Any]]) -> None:
    """Make all calls."""
    host = Host()
    methods = {step.__name__: functools.partial(step, host) for step in (release, well, die)}
    methods.update({name: getattr(host.supervisor, name) for name, *_ in calls if name not in methods})
    with host.changing("test"):
        results = [methods[name](*arguments) for name, *arguments in calls]
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
