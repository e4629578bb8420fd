"""Every path is well; the query may ask to be slow, or what the application was told."""

# ruff: noqa: INP001  # a program, not a module of a package

import json
import os
import time
from collections.abc import Callable


def application(environ: dict[str, str], start_response: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
    """Answer any request (PEP 3333)."""
    if environ["QUERY_STRING"] == "slow":
        time.sleep(0.2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["QUERY_STRING"] == "told":
        headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        protocol, client = environ["wsgi.url_scheme"], environ["HTTP_X_FORWARDED_FOR"]
        return [json.dumps({"headers": headers, "client": client, "protocol": protocol}).encode()]
    return [f"release 1, {len(os.environ['KEY'])} letters, {environ.get('HTTP_X_FORWARDED_FOR')}".encode()]
