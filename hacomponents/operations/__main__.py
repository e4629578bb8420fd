"""The command `hacomponents`: what to ask of a running stack, in any Pulumi project."""

from __future__ import annotations

import argparse
import sys

from hacomponents.operations import status
from hacomponents.operations.drill.drill import drill
from hacomponents.operations.drill.promises import PROMISES, chosen
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from hacomponents.operations.stack import chosen as chosen_stack

WHOLE = """\
Operates a running stack whose hosts this library made: is every host well, and does the site survive their faults?
"""
EPILOG = """\
Run it in the folder of your Pulumi project, with the environment in which `pulumi up` works there (backend,
passphrase, DOCKER_HOST). It reads the stack's state and asks the hosts; it changes neither the state nor the program.
"""
STATUS = """\
Ask every host of a running stack how it is. Writes a line for each host: its services, the release that it serves,
and whether it holds the VIP or stands by; then each problem, with what to do about it. Nothing is changed.
"""
STATUS_EXIT = """\
exit status:
  0  every host is well, each VIP is on one host, and its standby could take it over
  1  something is wrong, or the stack could not be asked: standard error says what, and the remedy
  2  the command line is wrong
"""
DRILL = """\
Break the active host of each pair of a running stack on purpose, one fault after the other; show who holds the VIP
and what clients notice meanwhile; heal it after each fault. The site's users will notice: it names what it will
break, and asks first. In the end each VIP is back where it was, and drill-report/ in this folder has a report.
"""
DRILL_EXIT = """\
exit status:
  0    every fault ended as promised
  1    a promise was not kept, or the drill could not begin or go on: standard error says why, and the remedy
  2    the command line is wrong
  130  interrupted by Ctrl-C, SIGTERM or SIGHUP; what was broken is healed
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    form = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(prog="hacomponents", description=WHOLE, epilog=EPILOG, formatter_class=form)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    about = "ask every host, and name each problem with its remedy"
    for_status = commands.add_parser("status", help=about, description=STATUS, formatter_class=form)
    for_status.epilog = f"{STATUS_EXIT}\n{EPILOG}"
    about = "break the active hosts on purpose, and see that the site goes on"
    for_drill = commands.add_parser("drill", help=about, description=DRILL, formatter_class=form)
    for_drill.epilog = f"{_faults()}\n{DRILL_EXIT}\n{EPILOG}"
    for_drill.add_argument("faults", nargs="*", metavar="FAULT", help="which faults (default: all of those below)")
    for_drill.add_argument("-y", "--yes", action="store_true", help="agree beforehand: do not ask")
    for command in (for_status, for_drill):
        command.add_argument("-s", "--stack", metavar="NAME", help="the stack (default: the one that is selected)")
    return whole


def main() -> None:
    """Run the command of the command line; `parser` says what its exit status means."""
    given = parser().parse_args()
    try:
        sys.exit(_run(given.command, given))
    except OperationFailed as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(command: str, given: argparse.Namespace) -> int:
    if command == "drill":
        promises = chosen(given.faults)
        return 1 if drill(chosen_stack(given.stack), promises, agreed=given.yes) else 0
    status.report(chosen_stack(given.stack))
    return 0


def _faults() -> str:
    lines = (f"  {each.name:9} {each.what.format('its daemon')}" for each in PROMISES)
    return "\n".join(["faults of the active host:", *lines, ""])


if __name__ == "__main__":
    main()
