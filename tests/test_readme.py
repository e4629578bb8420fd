"""The README is a promise."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_first_block_is_the_stack() -> None:
    """
    The first code block is the Rails stack whole, as it is deployed.
    """
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)

    assert block is not None
    assert (ROOT / "stacks" / "rails_ha.py").read_text() == block[1]
