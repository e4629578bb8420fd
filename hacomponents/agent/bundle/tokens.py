"""Tokens in the text of a bundle's files, replaced on the host while a release is staged.

- ``@@secret:NAME@@``: the secret's value; one of several lines, such as a private key, is all that its file has.
- ``@@digest:SERVICE@@``: the digest of the service's slice, by which its daemon proves which release it serves.
- ``@@root@@``: the release's directory.
- ``@@maxconn:N@@``: N connections, or as many as the hard limit of open files carries.
- ``@@open_files:N@@``: N, or the hard limit of open files.
- ``@@threads:N@@``: N threads, or as many as the host has processors for.
"""

import re
import typing

MARK = re.compile(r"@@([^@\n]*)@@")
FILES_PER_CONNECTION = 2  # haproxy: the client's and the server's side
FILES_PER_SERVER = 2  # its check and its agent-check
FILES_BESIDES = 100  # listeners, logs, threads; measured: 40
SHORTEST = 8  # characters of a line that is redacted by itself
SERVER = re.compile(r"^\s*server \S+ \S+:\d+", re.MULTILINE)


def names(text: str, kind: str) -> typing.List[str]:
    """Return the arguments of all tokens of ``kind`` in ``text``, sorted, each once."""
    found = (token.partition(":") for token in MARK.findall(text))
    return sorted({argument for word, _, argument in found if word == kind})


def stands_alone(text: str) -> bool:
    """Tell whether ``text`` is one token and nothing else but the end of its line."""
    return MARK.fullmatch(text[:-1] if text.endswith("\n") else text) is not None


def problems(text: str, secrets: typing.Container[str], services: typing.Container[str]) -> typing.List[str]:
    """Return what is wrong with the tokens of ``text``, given the names that exist."""
    return [line for line in (_problem(token, secrets, services) for token in MARK.findall(text)) if line]


def _problem(token: str, secrets: typing.Container[str], services: typing.Container[str]) -> str:
    kind, _, argument = token.partition(":")
    if kind == "secret":
        return "" if argument in secrets else f"@@{token}@@: no such name in secrets"
    if kind == "digest":
        return "" if argument in services else f"@@{token}@@: no such service"
    if kind in {"maxconn", "open_files", "threads"}:
        good = argument.isdigit() and int(argument) > 0
        return "" if good else f"@@{token}@@: must be a positive whole number"
    return "" if kind == "root" and not argument else f"@@{token}@@: unknown token"


def affordable_connections(wanted: int, besides: int, open_files: int) -> int:
    """Return ``wanted``, or as many connections as ``open_files`` (the hard limit) carries with those ``besides``."""
    return max(1, min(wanted, (open_files - besides) // FILES_PER_CONNECTION))


class Values:
    """What the tokens stand for in one release on one host."""

    def __init__(
        self,
        root: str,
        digests: typing.Mapping[str, str],
        secrets: typing.Mapping[str, str],
        open_files: int,
        processors: int,
    ) -> None:
        self.root = root
        self.digests = digests
        self.secrets = secrets
        self.open_files = open_files
        self.processors = processors
        self.lowered: typing.List[str] = []

    def expand(self, text: str) -> str:
        """Return ``text`` with every token replaced; what had to be lowered is noted in ``lowered``."""
        besides = FILES_BESIDES + FILES_PER_SERVER * len(SERVER.findall(text))
        return MARK.sub(lambda match: self._value(match.group(1), besides), text)

    def redact(self, text: str) -> str:
        """Return ``text`` (a daemon's words, say) with every secret's value, or a line of it, replaced by its token."""
        lines = [(line, name) for name, value in self.secrets.items() for line in _redactable_lines(value)]
        for line, name in sorted(lines, key=lambda item: -len(item[0])):
            text = text.replace(line, f"@@secret:{name}@@")
        return text

    def _value(self, token: str, besides: int) -> str:
        kind, _, argument = token.partition(":")
        if kind == "secret":
            return self.secrets[argument]
        if kind == "digest":
            return self.digests[argument]
        if kind == "maxconn":
            return self._maxconn(int(argument), besides)
        if kind == "open_files":
            return str(min(int(argument), self.open_files))
        if kind == "threads":
            return self._threads(int(argument))
        return self.root

    def _maxconn(self, wanted: int, besides: int) -> str:
        carried = affordable_connections(wanted, besides, self.open_files)
        if carried < wanted:
            note = "maxconn lowered from {} to {}: {} connections need {} open files, the hard limit here is {}"
            needed = FILES_PER_CONNECTION * wanted + besides
            self.lowered.append(note.format(wanted, carried, wanted, needed, self.open_files))
        return str(carried)

    def _threads(self, wanted: int) -> str:
        if self.processors < wanted:
            self.lowered.append(f"nbthread lowered from {wanted} to {self.processors}, the processors of this host")
        return str(min(wanted, self.processors))


def _redactable_lines(value: str) -> typing.List[str]:
    """Return the strings to redact: the value, or each line of a PEM except its headers."""
    if "\n" not in value:
        return [value] if value else []
    return [line for line in value.splitlines() if len(line) >= SHORTEST and not line.startswith("-----")]
