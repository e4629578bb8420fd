"""Every path is well; the query may ask to be slow, or what the application was told. SIGTERM lets requests finish."""

# ruff: noqa: INP001  # a program, not a module of a package

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers any request."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path.endswith("?slow"):
            time.sleep(0.2)
        words = f"release 1, {len(os.environ['KEY'])} letters, {self.headers['X-Forwarded-For']}".encode()
        if self.path.endswith("?told"):
            words = json.dumps({"headers": dict(self.headers), "client": self.headers["X-Forwarded-For"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)


server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
server.daemon_threads = False
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
