"""The architectures: programs under `stacks/`, and what they ask of a stack's configuration."""

from __future__ import annotations

import ast
import re
import secrets
from typing import TYPE_CHECKING

from toolchain.clone import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LENGTHS = {"auth_pass": 4, "secret_key_base": 64, "stats_password": 12}
"""How many random bytes a secret has, where it is not 32; their values are hexadecimal."""
REQUIRED = re.compile(r"""\brequire_secret\(\s*["'](\w+)["']""")
"""How a program asks for a secret."""


def names() -> list[str]:
    """All of them."""
    return sorted(path.stem for path in (ROOT / "stacks").glob("[!_]*.py"))


def program(name: str) -> Path:
    """The file of an architecture."""
    return ROOT / "stacks" / f"{name}.py"


def summary(name: str) -> str:
    """What an architecture is, in the words of its program."""
    return (ast.get_docstring(ast.parse(program(name).read_text())) or "").partition("\n")[0]


def fresh_secrets(name: str) -> dict[str, str]:
    """A random value for each secret that a program requires, and for the key of their digests.

    Args:
        name: of the architecture; one that is unknown, which the program itself tells, requires nothing.
    """
    required = REQUIRED.findall(program(name).read_text()) if name in names() else []
    return {secret: secrets.token_hex(LENGTHS.get(secret, 32)) for secret in sorted({"digest_key", *required})}
