#!/usr/bin/env bash
# keepalived restores a limit of real time at a reload that it never read: 0. Without CAP_SYS_RESOURCE it cannot raise it
# again, so the reloaded child goes on in real time with no time at all, and the kernel ends it.
#
# Version: keepalived 1:2.2.7-1+b2 of Debian 12 (amd64).
# Valid input: vrrp_rt_priority and vrrp_rlimit_rttime, as its manual has them; then SIGHUP, with nothing changed.
# Expected: the limit after the reload is the one of the file, as before it, or none.
# Seen: `Max realtime timeout 500000 1000000 us` before the reload, `0 0 us` after it, and in the log
#   "child process cannot set realtime rlimit".
# A container has CAP_SYS_NICE, so real time, and no CAP_SYS_RESOURCE, unless its kernel keeps real time from it
# (CONFIG_RT_GROUP_SCHED with control groups of version 1).
#
# Needs root on Debian 12, with package sources; changes nothing outside of a temporary folder and a network of its own.
set -euo pipefail

VERSION='1:2.2.7-1+b2'
folder=$(mktemp -d)
cd "$folder"
clean() {
    [ ! -s pids ] || xargs --arg-file=pids kill 2>/dev/null || true
    rm -rf "$folder"
}
trap clean EXIT
chmod 755 .

apt-get -qq download "keepalived=$VERSION" libnl-3-200 libnl-genl-3-200 libsnmp40 libpci3 libsensors5 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu:$PWD/root/lib/x86_64-linux-gnu

cat >keepalived.conf <<'END'
global_defs {
    vrrp_rt_priority 50
    vrrp_rlimit_rttime 1000000
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
END

# A network of its own, with an interface that has an address.
run() {
    ip link add lo0 type veth peer name lo1 && ip address add 192.0.2.1/24 dev lo0 && ip link set lo0 up && ip link set lo1 up
    exec setpriv --bounding-set -sys_resource --inh-caps -sys_resource \
        root/usr/sbin/keepalived --dont-fork --log-console --vrrp --use-file keepalived.conf --pid parent --vrrp_pid child
}
export -f run
unshare --net bash -c run >log 2>&1 &
echo $! >pids

limit() { sed -n 's/^Max realtime timeout *//p' "/proc/$(cat child)/limits" | tr -s ' '; }
await() { # a word of the log, for 20 s at most
    for _ in $(seq 200); do
        if grep -q "$1" log; then return; fi
        sleep 0.1
    done
    echo "keepalived did not say: $1" >&2
    cat log >&2
    exit 1
}

await 'Entering MASTER STATE'
before=$(limit)
kill -HUP "$(cat parent)"
await 'cannot set realtime rlimit'
for _ in $(seq 200); do # the words come a moment before or after
    after=$(limit || true)
    if [ "$after" != "$before" ]; then break; fi
    sleep 0.1
done

echo "before the reload: $before"
echo "after the reload:  $after"
if [ "$before" = '500000 1000000 us ' ] && [ "$after" = '0 0 us ' ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
