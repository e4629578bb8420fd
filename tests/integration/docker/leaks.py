"""Where a secret stands in clear, in any of the ways to write it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from hacomponents.testing import HostHandle

SAMPLE = 0.05
"""Seconds between two looks at all processes."""
DIGESTS = ("md5", "sha1", "sha256")
DIGITS = 12
"""How many of a digest's hexadecimal digits are enough to know it by."""
GREP = (
    "LC_ALL=C grep --recursive --files-with-matches --fixed-strings --file=- --devices=skip"
    " --exclude-dir=proc --exclude-dir=sys / 2>/dev/null; true"
)


@dataclass(frozen=True)
class Planted:
    """Secrets that were planted.

    Args:
        values: by name.
    """

    values: Mapping[str, str]
    _forms: dict[str, frozenset[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_forms", {name: frozenset(_forms(value)) for name, value in self.values.items()})

    def found_in(self, text: str) -> list[str]:
        """Names of those that are in a text."""
        return [name for name, forms in self._forms.items() if any(form in text for form in forms)]

    def patterns(self) -> str:
        """All ways to write all of them, one a line."""
        return "\n".join(sorted(form for forms in self._forms.values() for form in forms))


def _forms(value: str) -> Iterator[str]:
    """A value as it is, escaped, encoded, and as digests without a key, from which it could be guessed."""
    raw = value.encode()
    yield value
    yield quote(value, safe="")
    yield json.dumps(value)[1:-1].replace("&", r"\u0026")  # as Go writes it
    yield raw.hex()
    yield from _base64(raw)
    for algorithm in DIGESTS:
        yield hashlib.new(algorithm, raw).hexdigest()[:DIGITS]


def _base64(raw: bytes) -> Iterator[str]:
    """What any base64 of any text around the value has of it: it depends on how many bytes stand before."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        core = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield core
        yield core.replace("+", "-").replace("/", "_")


@dataclass(frozen=True)
class StoredFile:
    """A file with secrets in it.

    Args:
        path: on its host.
        mode: such as "600".
        owner: its user.
        secrets: names of them.
    """

    path: str
    mode: str
    owner: str
    secrets: tuple[str, ...]


def search(host: HostHandle, planted: Planted) -> list[StoredFile]:
    """All files of a host that have a secret in them."""
    found = []
    for path in host.exec("sh", "-c", GREP, stdin=planted.patterns()).splitlines():
        mode, owner = host.exec("stat", "--format", "%a %U", path).split()
        found.append(StoredFile(path, mode, owner, tuple(planted.found_in(host.exec("cat", path)))))
    return found


class ProcessWatch:
    """Looks for secrets in all processes of this machine, its containers' too, for the time of a `with` statement.

    Args:
        planted: what to look for.

    Attributes:
        command_lines: names of secrets and the command lines that they were in.
        environments: names of secrets and the command lines of the processes that had them in their environment.
    """

    def __init__(self, planted: Planted) -> None:
        self.command_lines: set[tuple[str, str]] = set()
        self.environments: set[tuple[str, str]] = set()
        self._planted = planted
        self._seen: dict[Path, bytes] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    self._look(process)

    def _look(self, process: Path) -> None:
        line, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        if (process / "cmdline").read_bytes() != line:
            return  # it was becoming another program
        words = line.replace(b"\0", b" ").decode(errors="replace").strip()
        for name, data, found in (
            ("cmdline", line, self.command_lines),
            ("environ", environment, self.environments),
        ):
            if self._seen.get(process / name) != data:
                self._seen[process / name] = data
                found.update((secret, words) for secret in self._planted.found_in(data.decode(errors="replace")))
