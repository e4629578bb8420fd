"""The program that runs on a host and applies bundles. Standard library only, Python 3.6 or later.

To the library it offers two texts: `payload`, the agent's own sources as JSON, and `INSTALLER`, a Python program that
puts such a payload (on its standard input) on a host.
"""

import hashlib
import json
import os
import typing

# Python 3.6, one process: `python3 -c INSTALLER < payload`. The version's directory is complete before the one link is
# swapped, and the command is written last, so that a host has a whole agent or none.
INSTALLER = '''\
import json, os, sys

payload = json.load(sys.stdin)
base, command = "/usr/local/lib/hacomponents", "/usr/local/sbin/hacomponents-agent"
folder = os.path.join(base, "agent-" + payload["version"])
link = os.path.join(base, "agent")
script = """#!/usr/bin/python3
import sys
sys.path.insert(0, "{}")
from agent.__main__ import main
sys.exit(main(sys.argv[1:]))
""".format(base)

def write(path, text, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(path + ".new", mode)
    os.rename(path + ".new", path)

if os.path.islink(link) and os.readlink(link) == folder and os.path.exists(command):
    print("agent {} is installed".format(payload["version"]))
    sys.exit(0)
for name, source in sorted(payload["files"].items()):
    write(os.path.join(folder, name), source, 0o644)
if os.path.lexists(link + ".new"):
    os.unlink(link + ".new")
os.symlink(folder, link + ".new")
os.rename(link + ".new", link)
write(command, script, 0o755)
print("agent {} installed".format(payload["version"]))
'''


def payload() -> str:
    """Return the agent's sources and their version (the first 12 hex digits of their sha256) as JSON, sorted."""
    sources = dict(_sources(os.path.dirname(os.path.abspath(__file__)), ""))
    version = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:12]
    return json.dumps({"format": 1, "version": version, "files": sources}, indent=2, sort_keys=True) + "\n"


def _sources(folder: str, prefix: str) -> "typing.Iterator[typing.Tuple[str, str]]":
    for entry in sorted(os.listdir(folder)):
        path = os.path.join(folder, entry)
        if os.path.isdir(path) and entry != "__pycache__":
            for pair in _sources(path, prefix + entry + "/"):
                yield pair
        elif entry.endswith(".py"):
            with open(path, encoding="utf-8") as stream:
                yield prefix + entry, stream.read()
