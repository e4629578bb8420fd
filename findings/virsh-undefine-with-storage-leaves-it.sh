#!/usr/bin/env bash
# `virsh undefine --remove-all-storage` leaves the disk of a machine where it is, and ends with 0.
#
# Version: libvirt-clients 11.3.0-3+deb13u3 of Debian 13 (amd64), with libvirt's own test driver.
# Valid input: a machine whose disk is a file outside of libvirt's storage pools, as virt-install and most XML have it.
# Expected: the disk is removed, as the option says; or a status other than 0, and the machine still defined, since what
#   was asked for cannot be done.
# Seen: "is not managed by libvirt. Remove it manually.", status 0; the machine is gone, and with it the record of its
#   disk.
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

cat >root/one.xml <<'XML'
<domain type='test'>
  <name>one</name>
  <memory>65536</memory>
  <os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/disk.raw'/>
      <target dev='vda'/>
    </disk>
  </devices>
</domain>
XML
truncate --size 1M root/disk.raw

inside() {
    # One call, since the test driver's machines end with it; `test` is there from the start.
    virsh --quiet --connect test:///default 'define /one.xml; undefine one --remove-all-storage; list --all --name' 2>&1 | grep .
    echo "status ${PIPESTATUS[0]}"
    ls /disk.raw
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected="error: Storage volume 'vda'(/disk.raw) is not managed by libvirt. Remove it manually.
test
status 0
/disk.raw"
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
