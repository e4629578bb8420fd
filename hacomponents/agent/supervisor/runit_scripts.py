"""The scripts by which runit starts a service, stops it, and clears up what it has left behind."""

import shlex
import typing

from ..disk.layout import Layout
from .program import Program

SCRIPTS = ("run", "finish", "control/t", "log/run")
VARIABLE = "HACOMPONENTS_SERVICE"  # in the environment of all that an application has started

RUN = """\
#!/bin/sh
# Made by hacomponents. Starts {name} from release {release}; {digest} is what it serves.
exec 2>&1
{preparation}
echo $$ > {pids}/{name}
echo {digest} {release} > {loaded}/{name}.$$.new && mv {loaded}/{name}.$$.new {loaded}/{name}
{announcement}
exec {command}
"""

ANNOUNCEMENT = """\
echo 0 > {permits}/{name}.$$
(hacomponents-agent ready {name} $$ &)"""

FINISH = """\
#!/bin/sh
# Made by hacomponents. {name} has ended: tell keepalived at once, then clear what it left behind.
echo 1 > {track}/{name}
# Without its permit, a check that is still under way cannot declare the daemon well again.
rm -f {permits}/{name}.*
echo 1 > {track}/{name}
if read -r group < {pids}/{name}; then
{wait_for_children}    kill -KILL "-$group" 2>/dev/null
    rm -f {pids}/{name}
fi
{sweep}{strays}echo "{name}: ended (exit $1, signal $2)" >&2
"""

# keepalived's child gives the VIP up by itself when its parent dies, which is faster for the peer than to miss adverts.
WAIT_FOR_CHILDREN = """\
    tries=0
    while [ "$tries" -lt 20 ] && kill -0 "-$group" 2>/dev/null; do
        tries=$((tries + 1))
        sleep 0.05
    done
"""

STRAYS = """\
# What it has left behind in other groups goes, too: it would keep the port from the next start.
strays() {{
    grep -lsz '^{variable}={name}$' /proc/[0-9]*/environ
{as_user}}}
tries=0
while [ "$tries" -lt 20 ] && left=$(strays | cut -d / -f 3) && [ -n "$left" ]; do
    kill -KILL $left 2>/dev/null
    tries=$((tries + 1))
    sleep 0.05
done
"""

# In a container, root may not look at other users' processes; they themselves may.
AS_USER = """\
    chpst -u {user} grep -lsz '^{variable}={name}$' /proc/[0-9]*/environ
"""

SWEEP = """\
for vip in {vips}; do
    ip -o address show to "$vip" | while read -r _ interface _ address _; do
        ip address del "$address" dev "$interface"
    done
done
"""

STOP = """\
#!/bin/sh
# Made by hacomponents. How {name} is asked to end.
read -r pid < supervise/pid && kill -{stop_signal} "$pid"
"""

LOG = """\
#!/bin/sh
# Made by hacomponents. The words of {name}: kept here, and shown on the console. One group, which can be ended.
exec chpst -P sh -c 'tee /dev/stderr | svlogd -tt {logs}/{name}'
"""


def rendered(layout: Layout, name: str, program: Program, digest: str, release: str) -> typing.Dict[str, str]:
    """Return the scripts that run ``program``, by their names."""
    words = {
        "name": name,
        "digest": digest,
        "release": release,
        "pids": layout.pids,
        "permits": layout.permits,
        "loaded": layout.loaded,
        "track": layout.track,
        "logs": layout.logs,
        "stop_signal": program.stop_signal,
        "preparation": _preparation(name, program),
        "strays": _strays(name, program) if program.all_ends else "",
        "command": _command(program),
        "wait_for_children": WAIT_FOR_CHILDREN if program.vips else "",
        "sweep": SWEEP.format(vips=" ".join(vip.partition("/")[0] for vip in program.vips)) if program.vips else "",
    }
    announcement = ANNOUNCEMENT.format(**words) if program.health else ""
    texts = dict(zip(SCRIPTS, (RUN.format(announcement=announcement, **words), FINISH, STOP, LOG)))
    return {script: text if script == "run" else text.format(**words) for script, text in texts.items()}


def _strays(name: str, program: Program) -> str:
    words = {"variable": VARIABLE, "name": name, "user": program.user}
    return STRAYS.format(as_user=AS_USER.format(**words) if program.user else "", **words)


def _preparation(name: str, program: Program) -> str:
    owner = program.owner or program.user
    options = f"-o {owner} " if owner else ""
    # One that is there is left alone: it may be the system's own. A new volume is nobody's.
    places = [shlex.quote(path) for path in program.directories]
    lines = [f"[ -d {place} ] || install -d {options}{place}" for place in places]
    if owner:
        lines += [f"if mountpoint -q {place} && [ -O {place} ]; then chown {owner} {place}; fi" for place in places]
    lines += [f"export {VARIABLE}={name}"] if program.all_ends else []
    # The directory itself, not the link to it: an old process must not see a new release's files.
    lines += [f"cd -P {shlex.quote(program.directory)} || exit 1"] if program.directory else []
    return "\n".join(lines)


def _command(program: Program) -> str:
    # A process group of its own, for `finish` to clear.
    words = ["chpst", "-P"] + (["-u", program.user] if program.user else [])
    variables = [f"{name}={value}" for name, value in sorted(program.variables.items())]
    words += ["env", *variables] if variables else []
    words += ["chpst", "-e", program.environment] if program.environment else []
    return " ".join(shlex.quote(word) for word in (*words, *program.command))
