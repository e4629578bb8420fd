#!/usr/bin/env bash
# logrotate of Debian 13 brings systemd into a container, where nothing else asks for it.
#
# Version: logrotate 3.22.0-1, cron-daemon-common 3.0pl1-197 and systemd 257.13-1~deb13u1 of Debian 13 (amd64).
# Valid input: `apt-get install --no-install-recommends logrotate` in the smallest system that debootstrap makes.
# Expected: logrotate, a library or two, and cron, as in Debian 12.
# Seen: systemd and its libraries too: logrotate needs cron, cron needs cron-daemon-common, and that needs a program
#   that makes a system's users, for which systemd is the first choice. With systemd-standalone-sysusers on the same
#   line, systemd stays away.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSIONS='logrotate 3.22.0-1
cron-daemon-common 3.0pl1-197
systemd 257.13-1~deb13u1'

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase trixie root "$mirror" >log 2>&1 || { tail log >&2 && exit 1; }
chroot root apt-get -qq update
found=$(chroot root apt-cache show --no-all-versions logrotate cron-daemon-common systemd |
    sed -n 's/^Package: //p; s/^Version: //p' | paste -d ' ' - -)
if [ "$found" != "$VERSIONS" ]; then
    echo "here: $found; seen with: $VERSIONS" >&2
    exit 1
fi

brought() { # by these packages: which of the ones in question
    chroot root apt-get --simulate --no-install-recommends install "$@" | awk '$1 == "Inst" { print $2 }' |
        grep -x 'cron\|logrotate\|systemd\|libsystemd-shared\|systemd-standalone-sysusers' | sort | paste -s -d ' '
}
alone=$(brought logrotate)
beside=$(brought logrotate systemd-standalone-sysusers)
echo "logrotate: $alone"
echo "logrotate systemd-standalone-sysusers: $beside"
if [ "$alone" = 'cron libsystemd-shared logrotate systemd' ] && [ "$beside" = 'cron logrotate systemd-standalone-sysusers' ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
