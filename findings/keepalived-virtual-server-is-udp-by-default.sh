#!/usr/bin/env bash
# A virtual server of keepalived is UDP unless it says `protocol TCP`, whatever the checks of its real servers are.
#
# Version: keepalived 1:2.3.3-1 of Debian 13 (amd64); 2.2.7 of Debian 12 does the same.
# Valid input: a virtual server on port 80 whose real servers are checked by TCP, or by HTTP.
# Expected: TCP, as the checks are, and as the port is used.
# Seen: "no protocol set - defaulting to UDP", and status 5, which is the test's alone.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=1:2.3.3-1

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=keepalived \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' keepalived)
if [ "$found" != "$VERSION" ]; then
    echo "keepalived $found here, seen with $VERSION" >&2
    exit 1
fi

server() { # check, more lines of the virtual server
    cat <<CONF
virtual_server 192.0.2.10 80 {
    $2
    lb_algo rr
    lb_kind NAT
    real_server 192.0.2.21 80 {
        $1
    }
}
CONF
}
http='HTTP_GET {
            url {
                path /
                status_code 200
            }
        }'
server 'TCP_CHECK { }' '' >root/tcp
server "$http" '' >root/http
server "$http" 'protocol TCP' >root/protocol

inside() {
    for check in tcp http protocol; do
        words=$(keepalived --config-test --log-console --use-file "/$check" 2>&1)
        echo "$check $?: $(grep -o 'no protocol set.*' <<<"$words")"
    done
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='tcp 5: no protocol set - defaulting to UDP
http 5: no protocol set - defaulting to UDP
protocol 0: '
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
