#!/usr/bin/env bash
# A reload of haproxy that has to wait a moment for one port succeeds, and leaves every other frontend closed for good.
#
# Version: haproxy 3.0.11-1+deb13u4 of Debian 13 (amd64); seen with 3.2.26 as well.
# Valid input: a frontend is added whose port another process holds for one more second; then the master's `reload`.
# Expected: haproxy tries the port again for a while (it does), takes it when it is free, and serves both frontends.
# Seen: `Success=1`, `[failed: 0]`, the new port answers, and the frontend that was not touched refuses every connection
#   from then on. While it waits for the port, the new worker asks the old one to pause its frontends. They share the
#   listening sockets, so the new worker's are no longer listening either; only the next reload opens them.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=3.0.11-1+deb13u4

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=haproxy,curl,iproute2,socat \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' haproxy)
if [ "$found" != "$VERSION" ]; then
    echo "haproxy $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/haproxy.cfg <<'END'
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s

frontend one
    bind 127.0.0.1:8001
    http-request return status 200
END

inside() {
    ask() { curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' "127.0.0.1:$1"; } # 000: refused
    reload() { echo reload | socat -t 30 - /master | sed -n 1p; }
    ip link set lo up
    haproxy -W -S /master -f /haproxy.cfg </dev/null >/log 2>&1 &
    sleep 3
    echo "before: one $(ask 8001)"
    printf '\nfrontend two\n    bind 127.0.0.1:8002\n    http-request return status 200\n' >>/haproxy.cfg
    timeout 3 socat -u TCP-LISTEN:8002,bind=127.0.0.1 STDOUT </dev/null 2>/dev/null &
    sleep 2
    echo "reload: $(reload), $(echo 'show proc' | socat -t 5 - /master | grep -o 'failed: [0-9]*')"
    for _ in 1 2 3; do
        sleep 5
        echo "later: one $(ask 8001), two $(ask 8002)"
    done
    echo "another reload: $(reload)"
    sleep 3
    echo "later: one $(ask 8001), two $(ask 8002)"
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='before: one 200
reload: Success=1, failed: 0
later: one 000, two 200
later: one 000, two 200
later: one 000, two 200
another reload: Success=1
later: one 200, two 200'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
