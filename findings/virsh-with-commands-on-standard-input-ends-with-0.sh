#!/usr/bin/env bash
# virsh that reads its commands from standard input ends with 0, whatever fails.
#
# Version: libvirt-clients 11.3.0-3+deb13u3 of Debian 13 (amd64), with libvirt's own test driver.
# Valid input: a list of commands on standard input; the one that fails is the last.
# Expected: the status of the last command, as of a shell, of `virsh 'one; two'` and of `virsh one`.
# Seen: 0; the error is on standard error alone. Of `virsh 'one; two'`, only the last command counts.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=11.3.0-3+deb13u3

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=libvirt-clients \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' libvirt-clients)
if [ "$found" != "$VERSION" ]; then
    echo "libvirt-clients $found here, seen with $VERSION" >&2
    exit 1
fi

inside() {
    run() { virsh --quiet --connect test:///default "$@" >/dev/null 2>/error || status=$?; }
    tell() { echo "$1: status $status, $(grep -c '^error: failed to get domain' /error) error"; }
    status=0
    run <<<'start missing'
    tell 'standard input'
    status=0
    run 'start missing; list'
    tell 'first of two'
    status=0
    run 'list; start missing'
    tell 'last of two'
    status=0
    run start missing
    tell 'alone'
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='standard input: status 0, 1 error
first of two: status 0, 1 error
last of two: status 1, 1 error
alone: status 1, 1 error'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
