vcl 4.1;

# Made by hacomponents for site rails, tier cache, from varnish/default.vcl.j2.
# Do not edit: the next push replaces it.
# What a request or an answer does to the cache is Varnish's own (`varnishd -x builtin`), which follows each subroutine
# here: only GET and HEAD are looked up, Authorization and Cookie pass, and what has Set-Cookie, or says private,
# no-cache or no-store, is not kept.

import std;

probe health {
    .url = "/.haproxy/health";
    .interval = 1000ms;
    .timeout = 1000ms;
    .window = 5;
    .threshold = 3;
    # Well until it says otherwise: other VCL begins with new probes, and would answer with 503 until the first is good.
    .initial = 3;
}

backend to_lb {
    .host = "10.10.0.20";
    .port = "3100";
    .probe = health;
}

# Hosts in front: their word on clients is taken, and nobody else's.
acl front {
    "10.10.0.32/31";
}

acl purge {
    "10.10.0.96";
}

# What a client says of itself, in all spellings that an application takes for the same.
sub forget_what_a_client_says {
    unset req.http.X-Forwarded-For;
    unset req.http.X-Forwarded_For;
    unset req.http.X_Forwarded-For;
    unset req.http.X_Forwarded_For;
    unset req.http.X-Forwarded-Proto;
    unset req.http.X-Forwarded_Proto;
    unset req.http.X_Forwarded-Proto;
    unset req.http.X_Forwarded_Proto;
    unset req.http.X-Real-IP;
    unset req.http.X-Real_IP;
    unset req.http.X_Real-IP;
    unset req.http.X_Real_IP;
    unset req.http.Forwarded;
    unset req.http.Forwarded-For;
    unset req.http.Forwarded_For;
    unset req.http.X-Forwarded;
    unset req.http.X_Forwarded;
    unset req.http.X-Forwarded-By;
    unset req.http.X-Forwarded_By;
    unset req.http.X_Forwarded-By;
    unset req.http.X_Forwarded_By;
    unset req.http.X-Forwarded-Host;
    unset req.http.X-Forwarded_Host;
    unset req.http.X_Forwarded-Host;
    unset req.http.X_Forwarded_Host;
    unset req.http.X-Forwarded-Port;
    unset req.http.X-Forwarded_Port;
    unset req.http.X_Forwarded-Port;
    unset req.http.X_Forwarded_Port;
    unset req.http.X-Forwarded-Prefix;
    unset req.http.X-Forwarded_Prefix;
    unset req.http.X_Forwarded-Prefix;
    unset req.http.X_Forwarded_Prefix;
    unset req.http.X-Forwarded-Protocol;
    unset req.http.X-Forwarded_Protocol;
    unset req.http.X_Forwarded-Protocol;
    unset req.http.X_Forwarded_Protocol;
    unset req.http.X-Forwarded-Scheme;
    unset req.http.X-Forwarded_Scheme;
    unset req.http.X_Forwarded-Scheme;
    unset req.http.X_Forwarded_Scheme;
    unset req.http.X-Forwarded-Server;
    unset req.http.X-Forwarded_Server;
    unset req.http.X_Forwarded-Server;
    unset req.http.X_Forwarded_Server;
    unset req.http.X-Forwarded-Ssl;
    unset req.http.X-Forwarded_Ssl;
    unset req.http.X_Forwarded-Ssl;
    unset req.http.X_Forwarded_Ssl;
    unset req.http.Client-IP;
    unset req.http.Client_IP;
    unset req.http.X-Client-IP;
    unset req.http.X-Client_IP;
    unset req.http.X_Client-IP;
    unset req.http.X_Client_IP;
    unset req.http.X-Cluster-Client-IP;
    unset req.http.X-Cluster-Client_IP;
    unset req.http.X-Cluster_Client-IP;
    unset req.http.X-Cluster_Client_IP;
    unset req.http.X_Cluster-Client-IP;
    unset req.http.X_Cluster-Client_IP;
    unset req.http.X_Cluster_Client-IP;
    unset req.http.X_Cluster_Client_IP;
    unset req.http.Front-End-Https;
    unset req.http.Front-End_Https;
    unset req.http.Front_End-Https;
    unset req.http.Front_End_Https;
    unset req.http.X-Url-Scheme;
    unset req.http.X-Url_Scheme;
    unset req.http.X_Url-Scheme;
    unset req.http.X_Url_Scheme;
}

sub vcl_recv {
    if (local.socket == "health") {
        return (synth(200));
    }
    unset req.http.X-Cache;
    if (req.restarts > 0) {
        # After an error: whatever there is.
        set req.grace = 1y;
        return (hash);
    }
    if (client.ip ~ front) {
        # varnishd has added the address of the host in front, which is no client's.
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ", [^,]*$", "");
    } else {
        call forget_what_a_client_says;
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Real-IP = client.ip;
        set req.http.X-Forwarded-Proto = "http";
    }
    if (req.method == "PURGE") {
        if (client.ip !~ purge || client.ip ~ front) {
            return (synth(405));
        }
        return (purge);
    }
    if (std.healthy(req.backend_hint)) {
        set req.grace = 10s;
    }
}

sub vcl_miss {
    if (req.restarts > 0) {
        return (synth(503));
    }
    set req.http.X-Cache = "miss";
}

sub vcl_backend_fetch {
    unset bereq.http.X-Cache;
}

sub vcl_backend_response {
    # Not kept in place of what was good; `vcl_synth` looks for that.
    if (!bereq.uncacheable && beresp.status >= 502 && beresp.status <= 504) {
        return (abandon);
    }
    # A redirect to HTTPS is an answer to HTTP only.
    if (beresp.http.Vary != "*" && beresp.http.Vary !~ "X-Forwarded-Proto") {
        set beresp.http.Vary = regsub(beresp.http.Vary + ", X-Forwarded-Proto", "^, ", "");
    }
    if (beresp.http.Cache-Control ~ "(?i)(must|proxy)-revalidate") {
        set beresp.grace = 0s;
    } elsif (beresp.http.Cache-Control ~ "(?i)stale-if-error=[0-9]+") {
        set beresp.grace = std.duration(
            regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s"), 0s);
    }
}

sub vcl_backend_error {
    # Another server, before its probe has seen that this one fails.
    if (bereq.retries == 0 && (bereq.method == "GET" || bereq.method == "HEAD")) {
        return (retry);
    }
    if (!bereq.uncacheable) {
        return (abandon);
    }
}

sub vcl_deliver {
    set resp.http.Vary = regsub(resp.http.Vary, "(, )?X-Forwarded-Proto$", "");
    if (resp.http.Vary == "") {
        unset resp.http.Vary;
    }
    # The agent's mark, before a restart or a planned handover.
    if (std.file_exists("/run/hacomponents/leaving/6081")) {
        set resp.http.Connection = "close";
    }
    if (obj.hits > 0) {
        set resp.http.X-Cache = "hit";
    } else {
        set resp.http.X-Cache = "miss";
    }
}

sub vcl_synth {
    if (local.socket == "health") {
        set resp.body = "ok";
        return (deliver);
    }
    # Nobody behind could answer: once more, for what there is beyond its time.
    if (resp.status == 503 && req.http.X-Cache == "miss") {
        return (restart);
    }
}
