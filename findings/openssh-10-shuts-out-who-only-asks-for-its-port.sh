#!/usr/bin/env bash
# OpenSSH since 9.8 shuts out an address that only asks whether its port is open, for a login with the right key too.
#
# Version: openssh-server 1:10.0p1-7+deb13u4 of Debian 13 (amd64), its settings as they come.
# Valid input: what waits for a machine or watches one: connect, read the server's greeting, close; four times a second.
# Expected: a greeting each time; a probe is no failed login, and 9.2 of Debian 12 answers for ever.
# Seen: after some 20 probes the server says "Not allowed at this time" instead, and a login with the right key from
#   that address fails as well ("penalty: connections without attempting authentication", in the server's log only). It
#   works again some 20 s after the last probe. Behind one gateway or jump host, this holds for all that stands there.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=1:10.0p1-7+deb13u4

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=openssh-server,openssh-client,iproute2,python3 \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' openssh-server)
if [ "$found" != "$VERSION" ]; then
    echo "openssh-server $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/probe.py <<'PY'
"""Print how many probes were greeted before the first that was not."""

import socket
import time

for probe in range(200):
    with socket.create_connection(("127.0.0.1", 22), 5) as connection:
        try:
            greeting = connection.recv(100)
        except ConnectionResetError:
            greeting = b""
    if not greeting.startswith(b"SSH-"):
        break
    time.sleep(0.25)
print(probe)
PY

inside() {
    login() {
        ssh -q -i /key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 true
        echo "login: $?"
    }
    ip link set lo up
    mkdir -p /run/sshd /root/.ssh
    ssh-keygen -q -t ed25519 -N '' -f /key
    cp /key.pub /root/.ssh/authorized_keys
    /usr/sbin/sshd -D -e </dev/null >/log 2>&1 &
    sleep 3
    login
    probes=$(python3 /probe.py)
    echo "greeted $probes times" >&2
    if [ "$probes" -gt 10 ] && [ "$probes" -lt 150 ]; then echo 'shut out'; fi
    login
    grep -o 'penalty: [a-z ]*' /log | sort --unique
    sleep 60
    login
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='login: 0
shut out
login: 255
penalty: connections without attempting authentication
login: 0'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
