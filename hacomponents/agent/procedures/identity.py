"""Changes that the two hosts of a pair cannot make one after the other.

In between, one has the new release and the other the old. Where these disagree on what adverts of an instance look
like, or on the instance that an address belongs to, neither host hears the other, and both hold the address. And a VIP
that goes while another comes may still be asked by the tiers in front, which are pushed to later.
"""

import re
import typing

from .. import vrrp
from ..bundle import Bundle, Service, tokens
from ..errors import StepFailed
from ..machine import Machine

BLOCK = re.compile(r"^vrrp_instance (\S+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
ANOTHER_ADDRESS = 'leave it as it is, or move to another address by Vip("NEW", replaces=Vip("{name}", ...))'
ANOTHER_PAIR = "leave it as it is, or bring up another pair beside it, have clients ask that, and take this one down"
OUT_AND_IN = (
    "take the VIP out of the program, `pulumi up`, put it in again, `pulumi up`: nobody has it meanwhile, and never two"
)
REMEDIES = {"vrrp": ANOTHER_PAIR, "adverts": OUT_AND_IN}


class Advertised(typing.NamedTuple):
    """An instance of a release: what its adverts look like, by the program's words, and the addresses that it moves."""

    name: str
    words: typing.Mapping[str, str]
    addresses: typing.Sequence[str]
    change: str


Instances = typing.Mapping[str, Advertised]


def require_steps(machine: Machine, before: Bundle, after: Bundle) -> None:
    """Raise StepFailed unless a pair that serves ``before`` can go to ``after``, one host after the other."""
    keepaliveds = [bundle.service("keepalived") for bundle in (before, after)]
    if not all(keepaliveds):
        return
    old, new = (_instances(bundle) for bundle in (before, after))
    problems = [*_replaced(old, new), *_unheard(old, new), *_moved(old, new)]
    if not problems and _must_be_together(old, new):
        problems = list(_apart(machine, typing.cast("Service", keepaliveds[0])))
    if problems:
        raise StepFailed(
            "its VIPs cannot change like that while they serve", "\n".join("  " + each for each in problems)
        )


def _replaced(old: Instances, new: Instances) -> typing.Iterator[str]:
    """Yield what is wrong where another VIP takes the place of one, and the release before did not say so."""
    gone = [name for name in sorted(old) if name not in new and old[name].change != vrrp.LEAVES]
    come = [name for name in sorted(new) if new[name].change != vrrp.LEAVES and _is_new(old.get(name))]
    for was, name in zip(gone, come):
        yield (
            f"{name} would take the place of {was}, which may still be asked; take two steps: first "
            f'Vip("{name}", ..., replaces=Vip("{was}", ...)) with the VIP of before as it was, then without replaces'
        )


def _unheard(old: Instances, new: Instances) -> typing.Iterator[str]:
    """Yield what is wrong where the hosts would not hear each other."""
    for name in sorted(set(old) & set(new)):
        for word, value in old[name].words.items():
            if new[name].words[word] != value:
                remedy = REMEDIES.get(word, ANOTHER_ADDRESS).format(name=name)
                yield f"{name}: {word} would change, and be on two hosts until both know; {remedy}"


def _moved(old: Instances, new: Instances) -> typing.Iterator[str]:
    """Yield what is wrong where an address goes to an instance that the peer does not know."""
    for address, was, now in _moves(old, new):
        if now not in old and address != was:
            remedy = "leave it there until another release has both, or take an address that is new"
            yield f"{address} would move from {was} to {now}, and be on two hosts until both know; {remedy}"


def _must_be_together(old: Instances, new: Instances) -> bool:
    """Tell whether the change is safe only while one host holds all VIPs."""
    groups = [{name for name in each if each[name].change != vrrp.JOINS} for each in (old, new)]
    return any(_moves(old, new)) or (groups[0] != groups[1] and max(map(len, groups)) > 1 and _is_under_way(old))


def _apart(machine: Machine, keepalived: Service) -> typing.Iterator[str]:
    held = set(vrrp.held(machine, keepalived))
    for instance in vrrp.instances(keepalived):
        if held and instance.addresses[0] not in held:
            remedy = "bring them together by: hacomponents-agent settle"
            yield f"{instance.name} is on the peer, and {' and '.join(sorted(held))} on this host; {remedy}"


def _moves(old: Instances, new: Instances) -> typing.Iterator[typing.Tuple[str, str, str]]:
    homes = {address: each.name for each in new.values() for address in each.addresses}
    for name in sorted(old):
        for address in old[name].addresses:
            if homes.get(address, name) != name:
                yield address, name, homes[address]


def _is_new(instance: typing.Optional[Advertised]) -> bool:
    return instance is None or instance.change == vrrp.LEAVES


def _is_under_way(instances: Instances) -> bool:
    return any(each.change for each in instances.values())


def _instances(bundle: Bundle) -> typing.Dict[str, Advertised]:
    keepalived = typing.cast("Service", bundle.service("keepalived"))
    text = bundle.files[keepalived.get("config")].text or ""
    blocks = dict(BLOCK.findall(text))
    return {
        each.name: Advertised(
            each.name, _words(bundle, text, blocks.get(each.name, ""), each), each.addresses, each.change
        )
        for each in vrrp.instances(keepalived)
    }


def _words(bundle: Bundle, text: str, block: str, instance: vrrp.Instance) -> typing.Dict[str, str]:
    """Return what a host must have like its peer, to take its adverts for those of this instance."""
    version = _value("vrrp_version", text)
    # Version 3 says it in its adverts, and a backup goes by that.
    interval = _value("advert_int", block) if version == "2" else ""
    return {
        "address": instance.addresses[0],
        "interface": instance.interface,
        "virtual_router_id": _value("virtual_router_id", block),
        "auth_pass": " ".join(bundle.secrets[name] for name in tokens.names(block, "secret")),
        "vrrp": f"{version} {interval}",
        "adverts": "unicast" if "unicast_peer" in block else "multicast",
    }


def _value(word: str, text: str) -> str:
    found = re.search(rf"^\s*{word} (\S+)$", text, re.MULTILINE)
    return found.group(1) if found else ""
