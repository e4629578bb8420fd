"""Compression of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
# What is text; nginx always compresses text/html. Images, fonts in WOFF and videos are compressed already.
TYPES = (
    "application/atom+xml",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    "application/rss+xml",
    "application/wasm",
    "application/xml",
    "font/otf",
    "font/ttf",
    "image/svg+xml",
    "text/css",
    "text/javascript",
    "text/plain",
    "text/xml",
)


@dataclass(frozen=True)
class Gzip:
    """Compresses answers for clients that accept it, also those that came through another proxy.

    Pages that hold a secret beside what a visitor chooses, over HTTPS, should not be compressed (the BREACH attack),
    unless the application masks the secret, as Rails does with its tokens.

    Args:
        types: beside text/html. Default: text, scripts, data, SVG.
        min_length: bytes from which it is worth it. Default: 1024.
        comp_level: 1 (fast) to 9 (small). Default: 5.
    """

    types: tuple[str, ...] = TYPES
    min_length: int = 1024
    comp_level: int = 5

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the settings."""
        yield from fields.integer(f"{path}.min_length", self.min_length, 0, 1_000_000)
        yield from fields.integer(f"{path}.comp_level", self.comp_level, 1, 9)
        if not isinstance(self.types, tuple | list):
            yield Problem(f"{path}.types", "must be a list of media types", 'write ["text/css"]', self.types)
            return
        for index, each in enumerate(self.types):
            where = f"{path}.types[{index}]"
            yield from fields.text(where, each, MEDIA_TYPE, "a media type such as text/css")
            # nginx would warn.
            if each == "text/html":
                yield Problem(where, "text/html is always compressed", "remove it")
        if len({str(each) for each in self.types}) < len(self.types):
            yield Problem(f"{path}.types", "names one type twice", "remove one", self.types)
