#!/usr/bin/env bash
# haproxy 3.2 counts one failed reload, however many fail in a row, and lists the worker that serves among the old ones.
#
# Version: haproxy 3.2.26-1 of Debian 14 (amd64).
# Valid input: a master with one worker; three reloads of a file that passes `haproxy -c`, and whose second frontend has
#   an address that this host does not have.
# Expected: `show proc` of the master says `[failed: 3]`, and has a line under "# workers", since one worker serves.
#   3.0.11 of Debian 13 does both.
# Seen: `[failed: 1]` after each of the three; no line under "# workers", and the worker that serves under "# old
#   workers". Who compares the number before and after a reload takes the second failure for a reload that is not done
#   yet.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=3.2.26-1

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=haproxy,iproute2,socat \
    forky root "$mirror" /usr/share/debootstrap/scripts/sid >log 2>&1 || { tail log >&2 && exit 1; }
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
    bind 127.0.0.1:8080
    http-request return status 200
END

inside() {
    ip link set lo up
    haproxy -W -S /master -f /haproxy.cfg </dev/null >/log 2>&1 &
    master=$!
    await() { # until the log has a line so many times, for 20 s at most
        for _ in $(seq 200); do
            if [ "$(grep -c "$1" /log)" -ge "$2" ]; then return; fi
            sleep 0.1
        done
        cat /log >&2
        exit 1
    }
    await 'Loading success' 1
    printf '\nfrontend two\n    bind 192.0.2.1:8080\n    http-request return status 200\n' >>/haproxy.cfg
    haproxy -c -f /haproxy.cfg >/check || exit 1
    for reload in 1 2 3; do
        kill -USR2 "$master"
        await 'Failed to load worker' "$reload"
        sleep 1
        echo "after $reload:"
        echo 'show proc' | socat -t 5 - /master | sed '/^#<PID>/d; /^$/d; s/ *0d.*//; s/^[0-9]* *//' | tr -s ' '
    done
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='after 1:
master 1 [failed: 1]
# workers
# old workers
worker 1
after 2:
master 2 [failed: 1]
# workers
# old workers
worker 2
after 3:
master 3 [failed: 1]
# workers
# old workers
worker 3'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
