"""The audit log: one line for each change of the host, turned over at 1 MB."""

import os
import time

from . import files
from .layout import Layout
from .lock import held

LIMIT = 1000000


def note(layout: Layout, text: str) -> None:
    """Append ``text``, on one line, with the time."""
    files.make_directory(os.path.dirname(layout.audit))
    line = "{} {}\n".format(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), " ".join(text.split()))
    with held(layout.audit + ".lock", "note", patient=True):  # others note, too: one of us turns it over
        if os.path.exists(layout.audit) and os.path.getsize(layout.audit) > LIMIT:
            files.rename(layout.audit, layout.audit + ".1")
        with open(layout.audit, "a", encoding="utf-8") as stream:
            stream.write(line)
