"""The first half of a push, which changes nothing in use: write the release, and have the daemons check it."""

import os
import typing

from ..bundle import Bundle
from ..bundle.tokens import Values
from ..disk.release import Release
from ..errors import StepFailed
from ..host import Host


def stage(host: Host, bundle: Bundle) -> typing.Tuple[Release, Values]:
    """Return the release of ``bundle``, written and checked, and its tokens' values. Raises StepFailed or OSError."""
    _require_platform(host, bundle)
    release, values = _write(host, bundle)
    refusals = [error for error in (_refusal(host, release, name) for name in bundle.digests) if error]
    if refusals:
        evidence = [values.redact(error.evidence) for error in refusals]
        kept = host.store.set_aside(release)
        evidence.append(f"  kept for reading: {bundle.host}:{kept}")
        raise StepFailed("; ".join(error.what for error in refusals), "\n".join(evidence))
    return release, values


def _require_platform(host: Host, bundle: Bundle) -> None:
    """Raise Failed where the bundle was rendered for another release of the distribution than this host runs."""
    here = host.machine.platform()
    if bundle.platform and here and here != bundle.platform:
        advice = f'  say platform="{here}" of its network, or hacomponents:platform in the stack\'s configuration'
        raise StepFailed(f"this host runs {here}, and its files are made for {bundle.platform}", advice)


def _write(host: Host, bundle: Bundle) -> typing.Tuple[Release, Values]:
    root = os.path.join(host.layout.releases, bundle.id)
    machine = host.machine
    values = Values(root, bundle.digests, host.vault.values(bundle), machine.open_files_limit(), machine.processors())
    scripts: typing.Dict[str, str] = {}
    for service in bundle.services:
        program = host.daemon(service).program()
        scripts.update(host.supervisor.run_files(service.name, program, bundle.digest(service), bundle.id))
    release = host.store.stage(bundle, values, scripts)
    host.tracks.ensure(bundle.digests)
    for note in sorted(set(values.lowered)):
        host.say(f"{bundle.host}: {note}")
    return release, values


def _refusal(host: Host, release: Release, name: str) -> typing.Optional[StepFailed]:
    service = release.bundle.service(name)
    try:
        if service:
            host.daemon(service).check(release.path)
    except StepFailed as error:
        return error
    return None
