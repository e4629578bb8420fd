"""Sample sites of the tests of rules."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.components import sites
from tests.topology.declare import Network

rails = partial(sites.rails, kind=Network)


def change(**keywords: Any) -> dict[str, Any]:
    """Keywords of `rails` that a row changes; of any type, since wrong types are among them."""
    return keywords
