#!/usr/bin/env bash
# keepalived's configuration test passes a file that is missing, and one that is empty.
#
# Version: keepalived 1:2.3.3-1 of Debian 13 (amd64); 2.2.7 of Debian 12 and 2.3.4 of Debian 14 do the same.
# Valid input: `keepalived --config-test` with the name of the file to test.
# Expected: a status other than 0 for a file that is not there, as `nginx -t` and `haproxy -c` have; the manual promises
#   5 where the configuration has an error.
# Seen: status 0, with "Config files missing" in the log alone. A file that is empty passes in silence. A reload without
#   the file takes every VIP off its interface, and the daemon goes on.
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

inside() {
    cd /
    try() {
        echo "$1:"
        keepalived --config-test --log-console --use-file "$1" 2>&1 |
            grep -o 'Config files missing\|Unknown keyword' | sort --unique
        echo "${PIPESTATUS[0]}"
    }
    : >empty
    echo nonsense >wrong
    try missing
    try empty
    try wrong
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='missing:
Config files missing
0
empty:
0
wrong:
Unknown keyword
5'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
