"""Runs inside a box: a program for a supervisor to run. ``python3 -c TEXT [WORD ...]``.

It says who and where it is, and each signal that it is sent; all but SIGHUP, SIGUSR1 and SIGUSR2 end it. With the word
"stubborn" none does. With "stray" it leaves a process in another session behind.
"""

import json
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path


def say(text: str) -> None:
    """Write a line of the log."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def told(number: int, _frame: object) -> None:
    """Say which signal has come, and end where it is one to end by."""
    say(signal.Signals(number).name)
    if number in (signal.SIGTERM, signal.SIGQUIT) and "stubborn" not in sys.argv:
        sys.exit()


for known in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGQUIT):
    signal.signal(known, told)
if "stray" in sys.argv:
    subprocess.Popen(["sleep", "7357"], start_new_session=True)
about = {
    "user": pwd.getpwuid(os.getuid()).pw_name,
    "directory": str(Path.cwd()),
    "group": os.getpgid(0) == os.getpid(),
    "environment": dict(os.environ),
}
say("I am " + json.dumps(about))
while True:
    signal.pause()
