#!/usr/bin/env bash
# haproxy takes a certificate over its runtime API up to the first empty line, says "Success!", and serves it without
# its chain.
#
# Version: haproxy 3.0.11-1+deb13u4 of Debian 13 (amd64); 2.6.12 and 3.2.26 do the same.
# Valid input: `set ssl cert` with a PEM file of key, certificate and issuer that has an empty line before the issuer,
#   as many authorities and tools write it. haproxy itself loads that file at its start, with the issuer.
# Expected: the whole file is taken, or an error: what follows the empty line is no command.
# Seen: "Success!", and the issuer is no longer sent: clients that have only the root of the authority fail from then
#   on. The rest is read as commands of a connection that has ended. The payload's end can be named instead (`<<END`),
#   which takes the whole file.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=3.0.11-1+deb13u4

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=haproxy,iproute2,openssl,socat \
    trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' haproxy)
if [ "$found" != "$VERSION" ]; then
    echo "haproxy $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/haproxy.cfg <<'CONF'
global
    stats socket /socket mode 600 level admin
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend one
    bind 127.0.0.1:8443 ssl crt /one.pem
    http-request return status 200
CONF

inside() {
    cd /
    ip link set lo up
    {
        options=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc)
        openssl req "${options[@]}" -x509 -days 30 -subj /CN=issuer -keyout issuer.key -out issuer.pem
        openssl req "${options[@]}" -subj /CN=one -keyout one.key -out one.csr
        openssl x509 -req -in one.csr -CA issuer.pem -CAkey issuer.key -days 20 -out one.crt
    } 2>/dev/null
    { cat one.key one.crt && echo && cat issuer.pem; } >one.pem
    haproxy -db -f haproxy.cfg </dev/null >log 2>&1 &
    sleep 3
    sent() { openssl s_client -connect 127.0.0.1:8443 -showcerts </dev/null 2>/dev/null | grep -c 'BEGIN CERTIFICATE'; }
    commit() { echo 'commit ssl cert /one.pem' | socat -t 5 - /socket | grep -o 'Success!'; }
    echo "at the start: $(sent) certificates"
    { printf 'set ssl cert /one.pem <<\n' && cat one.pem && echo; } | socat -t 5 - /socket >answer
    echo "set: $(grep -o 'Transaction created' answer), commit: $(commit), $(sent) certificates"
    { printf 'set ssl cert /one.pem <<END\n' && cat one.pem && echo END; } | socat -t 5 - /socket >answer
    echo "set with END: $(grep -o 'Transaction created' answer), commit: $(commit), $(sent) certificates"
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='at the start: 2 certificates
set: Transaction created, commit: Success!, 1 certificates
set with END: Transaction created, commit: Success!, 2 certificates'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
