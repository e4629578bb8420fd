#!/usr/bin/env bash
# Vinyl Cache 9 (Varnish under its new name) warns of two addresses in an ACL because they are neighbours.
#
# Version: vinyl-cache 9.0.1-4 of Debian 14 (amd64).
# Valid input: a VCL with an ACL of 192.0.2.10 and 192.0.2.11, two hosts; `varnishd -C`.
# Expected: not a word, as with 192.0.2.10 and 192.0.2.12, and as in 7.1 and 7.7.
# Seen: status 0, and "removing the latter and expanding mask of the former by one to /31 (That was just a warning)": a
#   program that takes a warning for a refusal refuses an ACL by the addresses that its hosts happen to have. `acl
#   friends -fold` says nothing, and is "Unknown ACL flag" in 7.1.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=9.0.1-4

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=vinyl-cache \
    forky root "$mirror" /usr/share/debootstrap/scripts/sid >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' vinyl-cache)
if [ "$found" != "$VERSION" ]; then
    echo "vinyl-cache $found here, seen with $VERSION" >&2
    exit 1
fi

vcl() { # flag, last byte of the second address
    cat <<VCL
vcl 4.1;

backend one {
    .host = "192.0.2.1";
}

acl friends $1 {
    "192.0.2.10";
    "192.0.2.$2";
}

sub vcl_recv {
    if (client.ip !~ friends) {
        return (synth(403));
    }
}
VCL
}
vcl '' 11 >root/neighbours.vcl
vcl '' 12 >root/apart.vcl
vcl -fold 11 >root/fold.vcl

inside() {
    mount -t tmpfs tmpfs /run # a working directory elsewhere has a line of its own
    for name in neighbours apart fold; do
        varnishd -C -n /run/varnish -f "/$name.vcl" >/log 2>&1
        echo "$name $?: $(grep -c 'expanding mask\|just a warning' /log)"
    done
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='neighbours 0: 2
apart 0: 0
fold 0: 0'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
