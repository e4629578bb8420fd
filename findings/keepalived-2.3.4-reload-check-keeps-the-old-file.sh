#!/usr/bin/env bash
# With reload_check_config, keepalived 2.3.4 ignores every new configuration: a reload completes, and nothing has
# changed.
#
# Version: keepalived 1:2.3.4-1+b2 of Debian 14 (amd64).
# Valid input: the VIP is changed in the file, then SIGHUP, as with any reload.
# Expected: keepalived checks the new file first, which is what the option is for, and then goes over to it: 2.2.7 and
#   2.3.3 do.
# Seen: "Reloading" and "Reload complete", no error anywhere, and the former VIP on the interface. A file from which the
#   option was removed is ignored as well, so that only a restart helps.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=1:2.3.4-1+b2

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=keepalived,iproute2 \
    forky root "$mirror" /usr/share/debootstrap/scripts/sid >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' keepalived)
if [ "$found" != "$VERSION" ]; then
    echo "keepalived $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/keepalived.conf <<'CONF'
global_defs {
    reload_check_config
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
}
CONF

inside() {
    cd /
    addresses() { ip -oneline -4 address show lo0 | sed 's/.*inet \([^ ]*\).*/\1/' | paste -s -d ' '; }
    reload() {
        kill -HUP "$(cat parent)"
        sleep 8 # twice as long as it takes to be master
        grep -c 'Reload complete' log
    }
    ip link add lo0 type veth peer name lo1
    ip address add 192.0.2.1/24 dev lo0
    ip link set lo0 up
    ip link set lo1 up
    keepalived --dont-fork --log-console --vrrp --use-file keepalived.conf --pid parent --vrrp_pid child </dev/null >log 2>&1 &
    sleep 8
    echo "before: $(addresses)"
    sed -i 's/192.0.2.10/192.0.2.20/' keepalived.conf
    echo "reloads: $(reload), $(addresses)"
    sed -i '/reload_check_config/d' keepalived.conf
    echo "reloads: $(reload), $(addresses)"
    kill "$(cat parent)"
    wait
    keepalived --dont-fork --log-console --vrrp --use-file keepalived.conf --pid parent --vrrp_pid child </dev/null >log 2>&1 &
    sleep 8
    echo "restart: $(addresses)"
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='before: 192.0.2.1/24 192.0.2.10/24
reloads: 1, 192.0.2.1/24 192.0.2.10/24
reloads: 2, 192.0.2.1/24 192.0.2.10/24
restart: 192.0.2.1/24 192.0.2.20/24'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
