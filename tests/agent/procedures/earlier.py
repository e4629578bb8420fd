"""A release as version 0.1.0 of the agent wrote it: its bundle, its files, its scripts for runit.

Its program gets its environment by a command in the bundle itself, and `environment` are its variables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORD = json.loads(Path(__file__).with_name("earlier_release.json").read_text())
ID: str = RECORD["id"]
NAME, URL = "app-3000", "http://127.0.0.1:3000/up"
CUT_OFF = json.dumps({"before": ID, "after": None})
"""The note of a push away from it that was cut off: whoever heals the host goes back to it."""


def files(root: str) -> dict[str, str]:
    """Each file of the host below `root`, by its path there: of the release, and the note."""
    release = f"/etc/hacomponents/releases/{ID}"
    texts = {release + path: text.replace("@ROOT@", root) for path, text in RECORD["files"].items()}
    return {**texts, "/etc/hacomponents/pending": CUT_OFF}


def successor(*, page: str) -> dict[str, Any]:
    """What the library of today pushes there. `page`, a file in the application's folder, is good if it is "up"."""
    document: dict[str, Any] = json.loads(RECORD["files"]["/bundle.json"])
    service = document["services"][NAME]
    service.update(command=service["command"][3:], variables=service["environment"], environment="/etc/thin/app.env")
    document["files"][f"/srv/app/{page}"] = document["files"].pop("/srv/app/up")
    return document
