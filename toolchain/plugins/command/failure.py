"""The text of a failed script, as the official plugin (and Go) words it."""

from __future__ import annotations

from toolchain.plugins.rpc import RequestFailed

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def failed(status: str, script: str, output: str) -> RequestFailed:
    """Return the error of `script` that ended with `status` after writing `output`."""
    return RequestFailed(f"{status}: running {quoted(script)}:\n{output}")


def quoted(text: str) -> str:
    """Quote `text` as Go's strconv.Quote does."""
    return '"' + "".join(map(_quoted_character, text)) + '"'


def _quoted_character(character: str) -> str:
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    if code < ord(" ") or code == 0x7F:  # noqa: PLR2004 - DEL
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the basic plane
