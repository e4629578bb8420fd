#!/usr/bin/env bash
# A worker of gunicorn 26 that is told to stop waits for a client that asks nothing, all of --graceful-timeout.
#
# Version: gunicorn 26.2.0 of PyPI, Python 3.11; 25.3.0 does the same, 23.0.0 and 27.0.1 do not.
# Valid input: gunicorn with worker class gthread; a client that has its answer and keeps the connection, as every proxy
#   does; then SIGTERM.
# Expected: nothing is under way, so gunicorn closes the connection and is gone at once, as without the client.
# Seen: it is gone after --graceful-timeout, 10 s here and 30 s by default.
#
# Needs python3.11 with venv, and a package index; changes nothing outside of a temporary folder. Takes half a minute.
set -euo pipefail

VERSION=26.2.0

folder=$(mktemp -d)
clean() {
    [ ! -s pid ] || kill -KILL "$(cat pid)" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean EXIT
cd "$folder"

python3.11 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install "gunicorn==$VERSION" packaging==26.4

cat >application.py <<'END'
def application(_, start):
    start("200 OK", [("Content-Length", "3")])
    return [b"ok\n"]
END

cat >stop.py <<'END'
"""Print the seconds that gunicorn takes to stop."""

import http.client
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

command = ["venv/bin/gunicorn", "--worker-class", "gthread", "--bind", "127.0.0.1:0", "--pid", "pid", "--log-file", "log"]
command += ["--graceful-timeout", "10", "--keep-alive", "60", "application"]
gunicorn = subprocess.Popen(command, env={"HOME": "."})
for _ in range(300):
    time.sleep(0.1)
    log = Path("log").read_text() if Path("log").exists() else ""
    if "Booting worker" in log:
        break
client = http.client.HTTPConnection("127.0.0.1", int(re.findall(r"at: http://127.0.0.1:(\d+)", log)[-1]), timeout=10)
client.request("GET", "/")
client.getresponse().read()
if sys.argv[1] == "closed":
    client.close()
time.sleep(1)
start = time.monotonic()
gunicorn.send_signal(signal.SIGTERM)
gunicorn.wait(30)
print(round(time.monotonic() - start, 1))
END

closed=$(venv/bin/python stop.py closed)
rm log
idle=$(venv/bin/python stop.py idle)
echo "without a client: $closed s; with an idle one: $idle s"
if [ "${closed%.*}" -lt 5 ] && [ "${idle%.*}" -ge 9 ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
