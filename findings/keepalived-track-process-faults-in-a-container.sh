#!/usr/bin/env bash
# keepalived's track_process holds a host in FAULT wherever keepalived runs in a container, though the process runs.
#
# Version: keepalived 1:2.3.3-1 of Debian 13 (amd64); 2.2.7 and 2.3.4 do the same.
# Valid input: a tracked process that runs beside keepalived, in the same network and process namespaces, with all of
#   root's capabilities. The test of the configuration passes.
# Expected: the instance becomes MASTER: the process is there, whether its end can be noticed or not.
# Seen: "Failed to set process event listen - errno 111", then "entering FAULT state (tracked process ... quorum not
#   achieved)", and so for good: the kernel tells of processes in the first network namespace only. `track_file` works
#   anywhere.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=1:2.3.3-1

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=keepalived,iproute2 \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' keepalived)
if [ "$found" != "$VERSION" ]; then
    echo "keepalived $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/keepalived.conf <<'CONF'
vrrp_track_process web {
    process sleep
}
vrrp_instance one {
    interface lo0
    virtual_router_id 10
    priority 100
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        192.0.2.10/24
    }
    track_process {
        web
    }
}
CONF

inside() {
    cd /
    start() {
        keepalived --dont-fork --log-console --vrrp --use-file keepalived.conf --pid parent --vrrp_pid child \
            </dev/null >log 2>&1 &
        sleep 10
        grep -o 'Failed to set process event listen - errno [0-9]*\|entering FAULT state (.*)\|Entering MASTER.*' log
        kill "$(cat parent)"
        wait "$!"
    }
    ip link add lo0 type veth peer name lo1
    ip address add 192.0.2.1/24 dev lo0
    ip link set lo0 up
    ip link set lo1 up
    sleep 1000 &
    keepalived --config-test --use-file keepalived.conf
    echo "test: $?"
    start
    sed -i '/^    track_process/,/^    }/d' keepalived.conf
    echo 'without it:'
    start
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='test: 0
Failed to set process event listen - errno 111
entering FAULT state (tracked process web quorum not achieved)
without it:
Failed to set process event listen - errno 111
Entering MASTER STATE'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
