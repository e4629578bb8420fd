"""What was rendered, as the daemons read it: words in their places, without comments and layout."""

from __future__ import annotations

import ast
import base64
import json
import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import crossplane  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable

# What each daemon reads of a line or a word at most; more is an error there.
HAPROXY_LINE, NGINX_WORD = 2048, 4096
# An open quote ends with its line (httpd, ap_getword_conf).
APACHE_WORD = re.compile(r"""<[^\s>]*|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^\s>]\S*""")
SECTIONS = ("global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "program", "cache")
# Comments are taken as nothing; a text is a word with its quotes, of which there are three kinds (vcc_token.c).
VCL_TOKEN = re.compile(
    r"""(?:\#[^\n]*|//[^\n]*|/\*.*?\*/)|(\{".*?"\}|\"{3}.*?\"{3}|"[^"\n]*"|[{};]|/|[^\s{};"\#/]+)""",
    re.VERBOSE | re.DOTALL,
)


def bundle(text: str) -> Any:
    """A bundle with each file's content as its daemon reads it. Raises where one could not."""
    document = json.loads(text)
    document["files"] = {path: _file(path, entry) for path, entry in document["files"].items()}
    return document


def _file(path: str, entry: dict[str, Any]) -> Any:
    if "base64" in entry:
        return base64.b64decode(entry["base64"]).hex()
    read = next((read for name, read in READERS.items() if path.endswith(name)), str)
    return {**entry, "content": read(entry["content"])}


def nginx(text: str) -> Any:
    """The blocks and statements of nginx.conf."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "nginx.conf")
        file.write_text(text)
        # What a directive may be is nginx's own to check; crossplane would drop the whole file.
        alone = {"check_ctx": False, "check_args": False}
        parsed = crossplane.parse(str(file), single=True, catch_errors=False, comments=False, **alone)
    return _statements(parsed["config"][0]["parsed"])


def _statements(block: list[dict[str, Any]]) -> list[Any]:
    for statement in block:
        assert all(len(word) < NGINX_WORD for word in statement["args"]), "a word is too long"
    return [
        [each["directive"], *each["args"], *([_statements(each["block"])] if "block" in each else [])] for each in block
    ]


def haproxy(text: str) -> Any:
    """The sections of haproxy.cfg: each a list of lines, each a list of words (configuration manual, 2.2)."""
    sections: list[list[list[str]]] = [[]]
    for line in text.split("\n"):
        assert len(line) < HAPROXY_LINE, "a line is too long"
        words = shlex.split(line, comments=True)
        if words and words[0] in SECTIONS:
            sections.append([])
        sections[-1].extend([words] if words else [])
    return sections


def keepalived(text: str) -> Any:
    """The blocks of keepalived.conf: lines of words, `#` and `!` begin comments, a line's last brace opens a block."""
    blocks: list[list[Any]] = [[]]
    for line in text.split("\n"):
        words = shlex.split(re.sub(r"(^|\s)[#!].*", "", line))
        if words[-1:] == ["{"]:
            blocks[-1].append([*words[:-1], fresh := []])  # type: ignore[var-annotated]
            blocks.append(fresh)
        elif words == ["}"]:
            blocks.pop()
        elif words:
            blocks[-1].append(words)
    (whole,) = blocks
    return whole


def apache(text: str) -> Any:
    """The sections of Apache's files: lines of words, `<NAME ...>` opens a section and `</NAME>` ends it."""
    sections: list[list[Any]] = [[]]
    for line in text.replace("\\\n", "").split("\n"):
        words = [] if line.lstrip().startswith("#") else APACHE_WORD.findall(line)
        if words and words[0].startswith("</"):
            sections.pop()
        elif words and words[0].startswith("<"):
            sections[-1].append([*words, fresh := []])  # type: ignore[var-annotated]
            sections.append(fresh)
        elif words:
            sections[-1].append(words)
    (whole,) = sections
    return whole


def vcl(text: str) -> Any:
    """The declarations and statements of VCL: words that end by `;`, or blocks."""
    blocks: list[list[Any]] = [[]]
    words: list[Any] = []
    for token in VCL_TOKEN.findall(text):
        if token == "{":
            fresh: list[Any] = []
            blocks[-1].append([*words, fresh])
            blocks.append(fresh)
            words = []
        elif token in (";", "}"):
            blocks[-1].extend([words] if words else [])
            words = []
            if token == "}":
                blocks.pop()
        elif token:
            words.append(token)
    (whole,) = blocks
    return whole


def python(text: str) -> Any:
    """The names and values of a Python file with nothing else in it."""
    return [[each.targets[0].id, ast.literal_eval(each.value)] for each in ast.parse(text).body]  # type: ignore[attr-defined]


def lines(text: str) -> Any:
    """The words of each line: of a Ruby file that calls methods with literals, of nftables' rules."""
    return [words for line in text.split("\n") if (words := shlex.split(line, comments=True))]


def xml(text: str) -> Any:
    """The elements of an XML file."""

    def element(node: ET.Element) -> list[Any]:
        return [node.tag, node.attrib, (node.text or "").strip(), [element(child) for child in node]]

    return element(ET.fromstring(text))  # noqa: S314  # our own


READERS: dict[str, Callable[[str], Any]] = {
    "/default.vcl": vcl,
    "/nginx.conf": nginx,
    "/haproxy.cfg": haproxy,
    "/keepalived.conf": keepalived,
    ".nft": lines,
    ".conf": apache,
    ".py": python,
    ".rb": lines,
    ".xml": xml,
    ".yml": yaml.safe_load,
}
