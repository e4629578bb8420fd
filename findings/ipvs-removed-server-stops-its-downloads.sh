#!/usr/bin/env bash
# A real server that is removed from IPVS neither keeps nor loses its connections: they stand still, and go on if it
# returns.
#
# Version: Linux 7.2.7 (user-mode-linux 7.2um1 of Debian 14), ipvsadm 1:1.31-5+b1.
# Valid input: a client downloads from a real server that is well, through IPVS by NAT, with the kernel's settings; then
#   `ipvsadm --delete-server`, as keepalived does when a check fails, and 20 s later `ipvsadm --add-server`.
# Expected: the connection goes on, as in other balancers, or is reset, so that the client asks anew.
# Seen: not one byte, and no error, until the server is back. The director drops the client's packets in silence. With
#   weight 0 (`inhibit_on_failure` of keepalived) the download goes on; with net.ipv4.vs.expire_nodest_conn=1 it is
#   reset.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=7.2um1

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=user-mode-linux,ipvsadm,iproute2,kmod,python3 \
    forky root "$mirror" /usr/share/debootstrap/scripts/sid >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' user-mode-linux)
if [ "$found" != "$VERSION" ]; then
    echo "user-mode-linux $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/init <<'INIT'
#!/bin/bash
# Process 1 of the machine: a client, a director and a server, each a network namespace.
export PATH=/usr/sbin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
modprobe --all ip_vs ip_vs_rr veth
link() { # two namespaces, and the interface and address of each
    ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
    ip -n "$1" address add "$3/24" dev "$2"
    ip -n "$4" address add "$6/24" dev "$5"
    ip -n "$1" link set "$2" up
    ip -n "$4" link set "$5" up
}
for name in client one server; do ip netns add "$name"; done
link client eth0 192.0.2.2 one outside 192.0.2.1
link server eth0 198.51.100.2 one inside 198.51.100.1
ip -n server route add default via 198.51.100.1
ip netns exec server python3 /server.py &
ip netns exec one bash <<'DIRECTOR'
echo 1 >/proc/sys/net/ipv4/ip_forward
ipvsadm --add-service --tcp-service 192.0.2.1:80 --scheduler rr
ipvsadm --add-server --tcp-service 192.0.2.1:80 --real-server 198.51.100.2:80 --masquerading
DIRECTOR
sleep 2
{
    echo "removed: $(ip netns exec client python3 /client.py --delete-server --add-server)"
    echo "weight 0: $(ip netns exec client python3 /client.py '--edit-server --weight 0' '--edit-server --weight 1')"
    ip netns exec one bash -c 'echo 1 >/proc/sys/net/ipv4/vs/expire_nodest_conn'
    echo "removed, expire_nodest_conn: $(ip netns exec client python3 /client.py --delete-server --add-server)"
} >/seen 2>&1
sync
echo o >/proc/sysrq-trigger
sleep 100
INIT

cat >root/server.py <<'PY'
import socketserver
import time


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            self.request.sendall(b"x" * 1000)
            time.sleep(0.01)


socketserver.ThreadingTCPServer(("", 80), Handler).serve_forever()
PY

cat >root/client.py <<'PY'
"""Download; say how it goes before the first change of the real server, after it, and after the second."""

import socket
import subprocess
import sys
import time

client = socket.create_connection(("192.0.2.1", 80), 10)
client.settimeout(0.1)
reset = False


def download(seconds):
    global reset
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and not reset:
        try:
            count += len(client.recv(65536))
        except TimeoutError:
            pass
        except ConnectionResetError:
            reset = True
    return "reset" if reset else "flows" if count else "stands still"


def change(options):
    command = ["ip", "netns", "exec", "one", "ipvsadm", *options.split()[:1], "--tcp-service", "192.0.2.1:80"]
    masquerading = [] if options == "--delete-server" else ["--masquerading"]
    subprocess.run([*command, "--real-server", "198.51.100.2:80", *masquerading, *options.split()[1:]], check=True)


told = [download(3)]
change(sys.argv[1])
download(4)  # what was on its way
told.append(download(16))
change(sys.argv[2])
download(20)  # the server tries again, at longer and longer intervals
told.append(download(4))
print(*told, sep=", ")
PY

chmod +x root/init
ln -s uml/modules root/usr/lib/modules
timeout --signal=KILL 300 unshare --mount --pid --fork --kill-child --root=root --mount-proc \
    env PATH=/usr/sbin:/usr/bin HOME=/root TMPDIR=/tmp \
    linux.uml mem=192M root=/dev/root rootfstype=hostfs rw init=/init con=null >log 2>&1 </dev/null || true
seen=$(cat root/seen)

expected='removed: flows, stands still, flows
weight 0: flows, flows, flows
removed, expire_nodest_conn: flows, reset, reset'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
