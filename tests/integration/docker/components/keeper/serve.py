"""Keeps what is posted, in SQLite under /var/lib/app; a GET lists it. On SIGTERM it finishes its requests."""

# ruff: noqa: INP001  # a program, not a module of a package

import os
import signal
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

STATE = Path("/var/lib/app")
PRIVATE = STATE / "private"


class Handler(BaseHTTPRequestHandler):
    """Answers any request."""

    def do_GET(self) -> None:
        """List what is kept, and how."""
        modes = [f"{path.name} {path.stat().st_mode & 0o777:o} {path.stat().st_uid}" for path in (STATE, PRIVATE)]
        notes = [text for (text,) in database.execute("SELECT text FROM notes")]
        self.answer("\n".join([*modes, *notes]))

    def do_POST(self) -> None:
        """Keep a line."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with database:
            database.execute("INSERT INTO notes VALUES (?)", (text,))
        self.answer("kept")

    def answer(self, words: str) -> None:
        """Say something."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(words.encode())))
        self.end_headers()
        self.wfile.write(words.encode())


PRIVATE.mkdir(mode=0o700, exist_ok=True)
database = sqlite3.connect(STATE / "notes.db")
database.execute("PRAGMA journal_mode=WAL")
database.execute("CREATE TABLE IF NOT EXISTS notes (text)")
server = HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
