"""A second source of hosts: namespaces of this machine (network, mount, process), on the files of an image."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_command import local

from hacomponents.hosts.docker.build_context import SOURCE
from hacomponents.hosts.former import COMMAND
from hacomponents.hosts.group import MakeMachine
from hacomponents.hosts.local_reach import LocalReach
from hacomponents.hosts.network import BaseNetwork
from hacomponents.hosts.options import Options
from hacomponents.hosts.rollout import Machine
from hacomponents.topology import network as topology

LINK = """ip -n $space link add bridge type bridge; ip -n $space link set bridge up
ip -n $space address add $address dev bridge
docker build --quiet --tag $space --build-arg "PACKAGES=$packages" $source; docker create --name $space $space
docker export $space | tar -xC $space; docker rm $space; docker rmi $space"""
HOST = """ip -n $stack-link link add $name type veth peer name eth0 netns $space
ip -n $stack-link link set $name master bridge up; ip -n $space address add $address dev eth0
ip -n $space link set lo up; ip -n $space link set eth0 up; mkdir $space/top $space/work $space/root
setsid ip netns exec $space unshare --mount --uts --pid --fork sh -euc 'hostname $name; cd $space
    sysctl --quiet --write net.ipv4.ip_nonlocal_bind=1
    mount -t overlay -o lowerdir=../$stack-link,upperdir=top,workdir=work overlay root; cd root
    mount -t proc proc proc; mount -t tmpfs tmpfs run
    for name in null random urandom; do : >dev/$name; mount --bind /dev/$name dev/$name; done
    ln -sfn /proc/self/fd dev/fd; ln -sf fd/1 dev/stdout; ln -sf fd/2 dev/stderr
    exec chroot . /usr/local/sbin/container-init' </dev/null >/dev/null 2>&1 &
until init=$(pgrep --parent $!) && [ -e /proc/$init/root/run/hacomponents/init.pid ]; do kill -0 $!; sleep 0.1; done
echo nsenter -m -u -n -p -r -w -t $init env -i PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"""
END = "ip netns pids $space | xargs --no-run-if-empty kill -KILL; ip netns delete $space; rm -rf $space"


class Network(BaseNetwork):
    """A bridge in a namespace of its own, and IPv4 hosts on it."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None, **settings: Any) -> None:
        super().__init__(topology.Network(name, **settings), opts)
        self._link = self._run("link", LINK, self._topology.gateway, pulumi.ResourceOptions(parent=self))

    def _make_ready(self, role: str, hosts: tuple[topology.Host, ...], options: Options) -> MakeMachine:  # noqa: ARG002
        return partial(self._machine, options)

    def _machine(self, options: Options, host: topology.Host, standby: Sequence[pulumi.Resource]) -> Machine:
        own = options(COMMAND, host.name, pulumi.ResourceOptions(depends_on=[self._link, *standby]))
        enter = self._run(host.name, HOST, host.address, own).stdout
        typed = f"nsenter -m -u -n -p -r -w -t $(ip netns pids {pulumi.get_stack()}-{host.name} | sed -n 2p)"
        return Machine(enter, LocalReach(host.name, enter, typed))

    def _run(self, name: str, script: str, address: str, options: pulumi.ResourceOptions) -> local.Command:
        words = f"stack={pulumi.get_stack()} name={name} address={address}{self._topology.cidr[-3:]} source={SOURCE}"
        begin = f"export {words}; export space=$stack-$name; mkdir -p machines/$space; cd machines"
        bundles = self.declaration.rendered.apply(lambda rendered: rendered.bundles.values())
        packages = bundles.apply(lambda every: " ".join(sorted({name for each in every for name in each.packages})))
        create = packages.apply(lambda names: f"set -eu; {begin}; ip netns add $space; packages='{names}'\n{script}")
        return local.Command(f"{self._topology.name}.{name}", create=create, delete=f"{begin}; {END}", opts=options)
