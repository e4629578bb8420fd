#!/usr/bin/env bash
# nginx 1.30 keeps connections to every upstream, also where the configuration says nothing of it.
#
# Version: nginx 1.30.6-2 of Debian 14 (amd64).
# Valid input: an upstream without `keepalive`, and a location without `proxy_http_version`; three requests, one after
#   the other.
# Expected: a connection of its own for each request, by HTTP/1.0 with `Connection: close`, as ever (1.22.1, 1.26.3).
# Seen: HTTP/1.1, no `Connection`, and one connection for all three, which stays open. Where proxy_pass has an address
#   and no upstream, each request still has its own, by HTTP/1.1 as well. A request that meets a connection which the
#   server is just closing now fails, and nginx does not send a POST again. `keepalive 0;` is the way back; before, it
#   was an error.
#
# Needs root, debootstrap and package sources of Debian; changes nothing outside of a temporary folder and namespaces of
# its own. Takes a minute or two.
set -euo pipefail

VERSION=1.30.6-2

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
cd "$folder"

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
unshare --mount debootstrap --variant=minbase --include=nginx,curl,iproute2,python3 \
    forky root "$mirror" /usr/share/debootstrap/scripts/sid >log 2>&1 || { tail log >&2 && exit 1; }
found=$(dpkg-query --admindir=root/var/lib/dpkg --show --showformat '${Version}' nginx)
if [ "$found" != "$VERSION" ]; then
    echo "nginx $found here, seen with $VERSION" >&2
    exit 1
fi

cat >root/server.py <<'PY'
"""Answers each request with what it was, and from which connection."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        port = self.client_address[1]
        if port not in PORTS:
            PORTS.append(port)
        text = f"connection {PORTS.index(port) + 1}, {self.request_version}, Connection: {self.headers['Connection']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", 8001), Handler).serve_forever()
PY

cat >root/nginx.conf <<'CONF'
worker_processes 1;
events {}
http {
    access_log off;
    upstream app {
        server 127.0.0.1:8001;
    }
    upstream none {
        server 127.0.0.1:8001;
        keepalive 0;
    }
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://app;
        }
        location /none {
            proxy_pass http://none;
        }
        location /address {
            proxy_pass http://127.0.0.1:8001;
        }
    }
}
CONF

inside() {
    ip link set lo up
    python3 /server.py </dev/null &
    nginx -c /nginx.conf
    sleep 3
    for path in / /none /address; do
        echo "$path"
        for _ in 1 2 3; do curl --silent --show-error --max-time 5 "127.0.0.1:8080$path"; done
    done
}
export -f inside
seen=$(PATH=/usr/sbin:/usr/bin timeout --signal=KILL 120 \
    unshare --net --mount --pid --fork --kill-child --root=root --mount-proc bash -c inside)

expected='/
connection 1, HTTP/1.1, Connection: None
connection 1, HTTP/1.1, Connection: None
connection 1, HTTP/1.1, Connection: None
/none
connection 2, HTTP/1.1, Connection: None
connection 3, HTTP/1.1, Connection: None
connection 4, HTTP/1.1, Connection: None
/address
connection 5, HTTP/1.1, Connection: None
connection 6, HTTP/1.1, Connection: None
connection 7, HTTP/1.1, Connection: None'
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
