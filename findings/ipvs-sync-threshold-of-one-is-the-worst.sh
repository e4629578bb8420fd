#!/usr/bin/env bash
# IPVS tells the other director of a connection latest where sync_threshold is 1, or 0: after 50 packets.
#
# Version: Linux 7.2.7 (user-mode-linux 7.2um1 of Debian 14), ipvsadm 1:1.31-5+b1.
# Valid input: a director with the sync daemon as master, another one as backup; a connection by TCP that is opened, and
#   then asks 1, 20 and 60 times in all. net.ipv4.vs.sync_threshold "T 50" means: at the packet whose number modulo 50
#   is T.
# Expected: the lower T, the sooner the other director knows the connection: at 1 or 0 before it does at 2 or 3.
# Seen: with 2, as soon as it is open; with 3, the default, after its first request; with 1 and 0, only after some 50
#   packets. A connection is told of only while it is established, which its second packet makes it, so that the next
#   chance of 1 is packet 51. Whoever fails over before loses it.
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
# Process 1 of the machine: a client, two directors and a server, each a network namespace.
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
for name in client one two server; do ip netns add "$name"; done
link client eth0 192.0.2.2 one outside 192.0.2.1
link server eth0 198.51.100.2 one inside 198.51.100.1
link one sync 203.0.113.1 two sync 203.0.113.2
ip -n server route add default via 198.51.100.1
ip netns exec server python3 /server.py &
ip netns exec one bash <<'DIRECTOR'
echo 1 >/proc/sys/net/ipv4/ip_forward
ipvsadm --add-service --tcp-service 192.0.2.1:80 --scheduler rr
ipvsadm --add-server --tcp-service 192.0.2.1:80 --real-server 198.51.100.2:80 --masquerading
ipvsadm --start-daemon master --mcast-interface sync --syncid 1
DIRECTOR
ip netns exec two ipvsadm --start-daemon backup --mcast-interface sync --syncid 1
sleep 2
for threshold in 3 2 1 0; do
    ip netns exec one bash -c "echo $threshold 50 >/proc/sys/net/ipv4/vs/sync_threshold"
    echo "$threshold 50: $(ip netns exec client python3 /client.py 2>&1)"
done >/seen
sync
echo o >/proc/sysrq-trigger
sleep 100
INIT

cat >root/server.py <<'PY'
import socketserver


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


socketserver.ThreadingTCPServer(("", 80), Handler).serve_forever()
PY

cat >root/client.py <<'PY'
"""Print whether the other director knows a connection that has asked 0, 1, 20 and 60 times."""

import socket
import subprocess
import time

client = socket.create_connection(("192.0.2.1", 80), 10)
mine = f"192.0.2.2:{client.getsockname()[1]} "
known = []
for asked in (0, 1, 19, 40):
    for _ in range(asked):
        client.sendall(b"one\n")
        client.recv(10)
        time.sleep(0.05)
    time.sleep(3)
    table = subprocess.run(["ip", "netns", "exec", "two", "ipvsadm", "-Lnc"], capture_output=True, text=True).stdout
    known.append("known" if mine in table else "unknown")
print(*known)
PY

chmod +x root/init
ln -s uml/modules root/usr/lib/modules
timeout --signal=KILL 200 unshare --mount --pid --fork --kill-child --root=root --mount-proc \
    env PATH=/usr/sbin:/usr/bin HOME=/root TMPDIR=/tmp \
    linux.uml mem=192M root=/dev/root rootfstype=hostfs rw init=/init con=null >log 2>&1 </dev/null || true
seen=$(cat root/seen)

expected='3 50: unknown known known known
2 50: known known known known
1 50: unknown unknown unknown known
0 50: unknown unknown unknown known'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
