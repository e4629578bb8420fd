"""Parts of documents that are made by programs: what stands between `<!-- NAME -->` and `<!-- /NAME -->`."""

from __future__ import annotations

import re


def replaced(text: str, name: str, content: str) -> str:
    """A document with new content between its marks; as it was where it has no such marks.

    Args:
        text: of the document.
        name: of the marks.
        content: ends in a newline.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{content}\n{end}", text, flags=re.DOTALL)
