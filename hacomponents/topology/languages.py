"""What `extra_config` may hold: whole statements, which stay inside the block that they are put into.

The daemon itself checks on the host what they mean; here it is seen that they cannot change what is around them.
"""

from __future__ import annotations

import re

# As nginx reads its files (ngx_conf_file.c): a brace that is not after `$` ends a word, `}` is special at its start.
NGINX = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<mark>[;{}])
    |(?P<word>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|\$\{|[^\s;{"'\\])(?:\\.|\$\{|[^\s;{\\])*)""",
    re.VERBOSE | re.DOTALL,
)
# As Varnish reads VCL (vcc_token.c). `{"` opens a text, `C{` a piece of C.
VCL = re.compile(
    r"""(?P<space>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<word>\{".*?"\}|\"\"\".*?\"\"\"|"(?!"")[^"\n]*"|(?!C\{)[A-Za-z][A-Za-z0-9_.-]*|[^A-Za-z\s;{}"'\#/]|/(?![*/]))
    |(?P<mark>[;}]|\{(?!"))""",
    re.VERBOSE | re.DOTALL,
)
# As haproxy reads a line (configuration manual, 2.2).
HAPROXY = re.compile(r"""(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\\"'#])*(?:#.*)?""")
HAPROXY_LINE = 1000
HAPROXY_SECTIONS = (
    *("backend", "cache", "crt-store", "defaults", "fcgi-app", "frontend", "global", "http-errors", "listen"),
    *("log-forward", "mailers", "peers", "program", "resolvers", "ring", "traces", "userlist"),
)
# A line that begins with `<` opens or ends a section (Apache's documentation, Configuration Sections).
APACHE_SECTION = re.compile(r"\s*<(?P<end>/?)\s*(?P<name>[^\s>]*)", re.ASCII)


def nginx(text: str) -> str:
    """What is wrong with statements of nginx; nothing is good."""
    return _blocks(NGINX, text, "must close its quotes")


def vcl(text: str) -> str:
    """What is wrong with declarations of VCL, such as whole subroutines; nothing is good."""
    return _blocks(VCL, text, "must close its quotes and comments, and hold no C")


def _blocks(language: re.Pattern[str], text: str, unreadable: str) -> str:
    """What is wrong with statements that end by `;` or are blocks in braces."""
    depth, inside, position = 0, False, 0
    while position < len(text):
        token = language.match(text, position)
        if token is None:
            return unreadable
        position = token.end()
        mark = token["mark"]
        if (mark == "}" and (inside or not depth)) or (mark in (";", "{") and not inside):
            return f"must not hold a {mark!r} that ends nothing of its own"
        depth += {"{": 1, "}": -1}.get(mark, 0)
        inside = bool(token["word"]) or (inside and mark is None)
    return "must end its last statement by ';' and close its blocks" if inside or depth else ""


def haproxy(text: str) -> str:
    """What is wrong with lines of haproxy; nothing is good."""
    for line in text.split("\n"):
        if HAPROXY.fullmatch(line) is None:
            return "must close its quotes on the same line"
        if len(line) > HAPROXY_LINE:
            return f"must have lines of at most {HAPROXY_LINE} characters"
        first = re.sub(r"[\"'\\]", "", (line.split() or [""])[0])
        if first in HAPROXY_SECTIONS or first.startswith("."):
            return f"must be lines of the backend, and {first!r} begins something else"
    return ""


def apache(text: str) -> str:
    """What is wrong with lines of Apache; nothing is good."""
    if re.search(r"\\\\$|\\\n*\Z", text, re.MULTILINE):
        return "must not end its last line by a backslash, nor any by two"
    sections: list[str] = []
    for line in text.replace("\\\n", "").split("\n"):
        mark = APACHE_SECTION.match(line)
        if mark is None:
            continue
        name = mark["name"].lower()
        if not mark["end"]:
            sections.append(name)
        elif not sections or sections.pop() != name:
            return f"must not hold a {'</' + mark['name'] + '>'!r} that ends nothing of its own"
    return f"must end its <{sections[-1]}>" if sections else ""
