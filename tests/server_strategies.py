"""Random application servers of all kinds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from hacomponents.topology import fields
from hacomponents.topology.server import (
    MAX_PROCESSES,
    ApachePhp,
    Command,
    Git,
    Gunicorn,
    Passenger,
    Puma,
    Server,
    Thin,
    Tomcat,
    apache_php,
    command,
    git,
    tomcat,
)
from tests.shapes import SECRET, seconds, secrets_of, shaped

FILES = {
    "config.ru": b"run App\n",
    "index.php": b"<?php\n",
    "public/a@2x.bin": b"\x00@@",
    "wsgi.py": b"def application(): ...\n",
    "www/index.php": b"<?php\n",
}
variables = shaped(fields.ENVIRONMENT_NAME).filter(lambda name: len(name) < 50)
ports = st.integers(1024, 65535)
environments = shaped(fields.TOKEN) | st.sampled_from(["production", "no", "1.0", "null"])
common: dict[str, st.SearchStrategy[Any]] = {
    "app": st.just("app") | st.builds(Git, shaped(git.URL), shaped(git.REVISION)),
    "health": shaped(fields.URL_PATH),
    "health_timeout": st.integers(1, 600),
    "packages": st.lists(shaped(fields.PACKAGE), max_size=3).map(tuple),
    "env": st.dictionaries(
        variables,
        st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8) | st.just("db://me:@@TOKEN@@@db/x"),
        max_size=2,
    ),
    "secret_env": st.dictionaries(st.just("KEY"), st.just(SECRET), max_size=1),
}
thin = st.builds(
    Thin,
    **common,
    port=st.integers(1024, 65536 - MAX_PROCESSES),
    processes=st.integers(1, MAX_PROCESSES),
    environment=environments,
    timeout=st.integers(1, 3600),
    max_conns=st.integers(1, 65535),
    max_persistent_conns=st.integers(0, 65535),
)
php = st.builds(
    ApachePhp,
    **common,
    port=st.integers(1, 65535),
    virtual_hosts=st.dictionaries(shaped(fields.HOST_NAME).map(str.lower), st.sampled_from([".", "www"]), max_size=3),
    max_request_workers=st.integers(1, 256),
    timeout=st.integers(1, 3600),
    php_value=st.dictionaries(shaped(apache_php.SETTING), shaped(apache_php.VALUE), max_size=2),
    allow_override=st.sampled_from([(), ("None",), ("All",), *combinations(apache_php.OVERRIDES[2:], 2)]),
    extra_config=st.sampled_from(
        [
            "",
            "FallbackResource /index.php",
            "SetEnv TOKEN @@TOKEN@@",
            '<Location "/a b">\n  Require \\\n  local\n</location>',
        ]
    ),
)
puma = st.builds(
    Puma,
    **common,
    port=ports,
    workers=st.integers(0, 64),
    threads=st.tuples(st.integers(0, 16), st.integers(16, 256)),
    environment=environments,
)
gunicorn = st.builds(
    Gunicorn,
    **common,
    port=ports,
    wsgi_app=st.sampled_from(["wsgi:application", "wsgi:app2"]),
    workers=st.integers(1, 64),
    threads=st.integers(1, 256),
    timeout=st.integers(1, 3600),
    graceful_timeout=st.integers(1, 14),
)
java = st.builds(
    Tomcat,
    **common,
    port=ports,
    max_threads=st.integers(1, 1000),
    connection_timeout=seconds(0.1, 3600),
    catalina_opts=st.lists(shaped(tomcat.OPTION), max_size=3).map(tuple),
)
passenger = st.builds(
    Passenger,
    **common,
    port=ports,
    max_pool_size=st.integers(8, 64),
    min_instances=st.integers(0, 8),
    pool_idle_time=st.integers(0, 86400),
    max_request_queue_size=st.integers(1, 10000),
    environment=environments,
)
program = st.builds(
    Command,
    **common,
    port=ports,
    start=st.lists(shaped(command.WORD) | st.just("--token=@@file:TOKEN@@"), min_size=1, max_size=3).map(tuple),
    stop_signal=st.sampled_from(command.STOP_SIGNALS),
    concurrency=st.integers(1, 65535),
)


def with_secrets(server: Server) -> Server:
    """With those that its texts name."""
    return replace(server, secrets=secrets_of(*server.texts.values(), getattr(server, "start", "")))


servers = (thin | php | puma | gunicorn | java | passenger | program).map(with_secrets)
