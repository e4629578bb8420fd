"""Bad inputs to application servers: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import ApachePhp, AppTier, Command, Git, Gunicorn, Passenger, Puma, Thin, Tomcat
from tests.topology.declare import Network, told

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

COMMIT = "0" * 40
RAILS, PHP = "stacks/rails_app", "stacks/php_app"
SHAPE = "change it to that shape"


def php(**keywords: Any) -> ApachePhp:
    """Apache with PHP, good but for these keywords; of any type, since wrong types are among them."""
    return ApachePhp(**{"app": PHP, **keywords})


def thin(**keywords: Any) -> Thin:
    """Thin, likewise."""
    return Thin(**{"app": RAILS, **keywords})


def command(**keywords: Any) -> Command:
    """Some command, likewise."""
    return Command(**{"app": RAILS, "start": ("serve",), **keywords})


REFUSED: Mapping[str, tuple[Any, str]] = {
    "no_server": ("thin", "app.server: must be an application server (got 'thin'); write Thin(app=\"./app\")"),
    "packages_are_a_word": (
        command(packages="ruby-redis"),
        "app.server.packages: must be a tuple of packages (got 'ruby-redis'); write (\"ruby-redis\",)",
    ),
    "secret_variables_are_a_list": (
        command(secret_env=["KEY"]),
        'app.server.secret_env: must be a dict of names to secrets; write {"SECRET_KEY_BASE": config.require_secret("secret_key_base")}',
    ),
    "port_of_root": (
        command(port=80),
        "app.server.port: must be a whole number between 1024 and 65535 (got 80); give one in that range",
    ),
    "port_zero": (
        php(port=0),
        "app.server.port: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "empty_folder": (
        command(app="stacks/rails_app/log"),
        "app.server.app: is not a folder (got 'stacks/rails_app/log'); give the folder of the application",
    ),
    "no_config_ru": (
        Puma(PHP),
        "app.server.app: has no config.ru, which Puma starts (got 'stacks/php_app'); give the folder that holds it",
    ),
    "virtual_hosts_are_a_list": (
        php(virtual_hosts=["www.example.com"]),
        'app.server.virtual_hosts: must be a dict of names to folders (got [\'www.example.com\']); write {"www.example.com": "www"}',
    ),
    "virtual_host_is_no_name": (
        php(virtual_hosts={"*": "www"}),
        f"app.server.virtual_hosts['*']: must be a host name such as www.example.com (got '*'); {SHAPE}",
    ),
    "virtual_host_without_a_folder": (
        php(virtual_hosts={"www.example.com": "web"}),
        "app.server.virtual_hosts['www.example.com']: is no folder of the application (got 'web'); make it in stacks/php_app",
    ),
    "virtual_host_twice": (
        php(virtual_hosts={"www.example.com": "www", "WWW.example.com": "shop"}),
        "app.server.virtual_hosts: names one name twice (got ['WWW.example.com', 'www.example.com']); remove one",
    ),
    "php_value_is_a_text": (
        php(php_value="session.name"),
        'app.server.php_value: must be a dict of settings to texts (got \'session.name\'); write {"session.name": "PHPSESSID"}',
    ),
    "php_value_is_no_setting": (
        php(php_value={"Session Name": "x"}),
        f"app.server.php_value['Session Name']: must be a setting of PHP such as session.name (got 'Session Name'); {SHAPE}",
    ),
    "php_value_with_a_quote": (
        php(php_value={"session.name": 'a"'}),
        f"app.server.php_value['session.name']: must be one line of letters, digits, spaces and marks, without quotes, '$', '%', '{{', '\\', '@@' (got 'a\"'); {SHAPE}",
    ),
    "extra_config_leaves_its_place": (
        php(extra_config="</VirtualHost>"),
        "app.server.extra_config: must not hold a '</VirtualHost>' that ends nothing of its own (got '</VirtualHost>'); write whole statements",
    ),
    "extra_config_is_open": (
        php(extra_config="<If true>"),
        "app.server.extra_config: must end its <if> (got '<If true>'); write whole statements",
    ),
    "extra_config_goes_on": (
        php(extra_config="SetEnv A \\"),
        "app.server.extra_config: must not end its last line by a backslash, nor any by two (got 'SetEnv A \\\\'); write whole statements",
    ),
    "too_many_workers_of_apache": (
        php(max_request_workers=257),
        "app.server.max_request_workers: must be a whole number between 1 and 256 (got 257); give one in that range",
    ),
    "threads_are_a_number": (
        Puma(RAILS, threads=5),  # type: ignore[arg-type]
        "app.server.threads: must be the fewest and the most threads (got 5); write (0, 5)",
    ),
    "threads_are_swapped": (
        Puma(RAILS, threads=(5, 1)),
        "app.server.threads: has more as the fewest than as the most (got (5, 1)); swap them",
    ),
    "workers_of_puma": (
        Puma(RAILS, workers=-1),
        "app.server.workers: must be a whole number between 0 and 64 (got -1); give one in that range",
    ),
    "wsgi_app_is_a_file": (
        Gunicorn(RAILS, wsgi_app="wsgi.py"),
        f"app.server.wsgi_app: must be a module and a name, such as wsgi:application (got 'wsgi.py'); {SHAPE}",
    ),
    "wsgi_app_is_not_there": (
        Gunicorn(RAILS, wsgi_app="site.wsgi:app"),
        "app.server.wsgi_app: is not in stacks/rails_app, which has no site/wsgi.py (got 'site.wsgi:app'); name a module of it",
    ),
    "gunicorn_takes_too_long": (
        Gunicorn("stacks", wsgi_app="rails_ha:net", graceful_timeout=15),
        "app.server.graceful_timeout: must be a whole number between 1 and 14 (got 15); give one in that range",
    ),
    "catalina_opts_are_a_text": (
        Tomcat(RAILS, catalina_opts="-Xmx1g"),  # type: ignore[arg-type]
        "app.server.catalina_opts: must be a tuple (got '-Xmx1g'); write (\"-Xmx256m\",)",
    ),
    "catalina_opts_for_a_shell": (
        Tomcat(RAILS, catalina_opts=("-Da=$(reboot)",)),
        f"app.server.catalina_opts[0]: must be an option of the JVM such as -Xmx256m (got '-Da=$(reboot)'); {SHAPE}",
    ),
    "pool_without_processes": (
        Passenger(RAILS, max_pool_size=0),
        "app.server.max_pool_size: must be a whole number between 1 and 64 (got 0); give one in that range",
    ),
    "more_instances_than_the_pool_has": (
        Passenger(RAILS, max_pool_size=2, min_instances=3),
        "app.server.min_instances: must be a whole number between 0 and 2 (got 3); give one in that range",
    ),
    "start_is_a_text": (
        command(start="serve --now"),
        'app.server.start: must be a tuple of words (got \'serve --now\'); write ("node", "server.js")',
    ),
    "start_with_a_newline": (
        command(start=("serve", "a\nb")),
        f"app.server.start[1]: must be text of one line, with '@@' only as @@file:NAME@@, the path of a file with a secret (got 'a\\nb'); {SHAPE}",
    ),
    "stop_signal_kills": (
        command(stop_signal="KILL"),
        "app.server.stop_signal: must be one of TERM, QUIT, INT, USR1, USR2, HUP (got 'KILL'); choose one of them",
    ),
    "variable_with_a_long_name": (
        command(env={"A" * 129: "x"}),
        f"app.server.env['{'A' * 129}']: must be named by letters, digits and underscores (got '{'A' * 129}'); {SHAPE}",
    ),
    "git_url_is_no_url": (
        command(app=Git("--upload-pack=reboot", COMMIT)),
        f"app.server.app.url: must be a URL such as https://HOST/PATH or git@HOST:PATH (got '--upload-pack=reboot'); {SHAPE}",
    ),
    "git_revision_is_a_range": (
        command(app=Git("https://example.com/app.git", "main..v1")),
        f"app.server.app.revision: must be a commit's whole id, or a tag (got 'main..v1'); {SHAPE}",
    ),
    "git_folder_leaves_the_repository": (
        command(app=Git("https://example.com/app.git", COMMIT, folder="../x")),
        f"app.server.app.folder: must be a folder in the repository (got '/../x'); {SHAPE}",
    ),
    "variable_in_both_mappings": (
        thin(env={"A": "1"}, secret_env={"A": "hush"}),
        "app.server.secret_env['A']: is in env too; remove one of them",
    ),
    "variable_with_a_space_at_its_end": (
        thin(env={"A": "1 "}),
        "app.server.env['A']: must not end with a space, which is lost on the host (got '1 '); remove it",
    ),
    "thin_port_privileged": (
        thin(port=80),
        "app.server.port: must be a whole number between 1024 and 65535 (got 80); give one in that range",
    ),
    "thin_processes_past_the_last_port": (
        thin(port=65533, processes=5),
        "app.server.processes: runs past port 65535 from port 65533 (got 5); lower port or processes",
    ),
    "thin_app_not_a_folder": (
        thin(app="stacks/nowhere"),
        "app.server.app: is not a folder (got 'stacks/nowhere'); give the folder of the application",
    ),
    "thin_app_without_config_ru": (
        thin(app="hacomponents/topology"),
        "app.server.app: has no config.ru, which Thin starts (got 'hacomponents/topology'); give the folder that holds it",
    ),
    "thin_environment_with_newline": (
        thin(environment="production\nport: 1"),
        "app.server.environment: must be a word such as production (got 'production\\nport: 1'); change it to that shape",
    ),
    "thin_health_without_slash": (
        thin(health="up"),
        "app.server.health: must be a path such as /up (got 'up'); change it to that shape",
    ),
    "thin_health_with_blank": (
        thin(health="/up HTTP/1.0"),
        "app.server.health: must be a path such as /up (got '/up HTTP/1.0'); change it to that shape",
    ),
    "thin_timeout_zero": (
        thin(timeout=0),
        "app.server.timeout: must be a whole number between 1 and 3600 (got 0); give one in that range",
    ),
    "thin_package_with_semicolon": (
        thin(packages=("ruby; reboot",)),
        "app.server.packages[0]: must be a Debian package's name (got 'ruby; reboot'); change it to that shape",
    ),
    "thin_variable_name_with_equals": (
        thin(env={"A=B": "1"}),
        "app.server.env['A=B']: must be named by letters, digits and underscores (got 'A=B'); change it to that shape",
    ),
    "thin_variable_with_newline": (
        thin(env={"A": "1\n2"}),
        "app.server.env['A']: must be one line of text (got '1\\n2'); remove control characters",
    ),
    "thin_secret_variable_missing": (
        thin(secret_env={"SECRET_KEY_BASE": None}),
        "app.server.secret_env['SECRET_KEY_BASE']: must be a secret text; give config.require_secret(\"token\"), which is set by: pulumi config set --secret token",
    ),
    "thin_secret_variable_with_quote": (
        thin(secret_env={"SECRET_KEY_BASE": "'; reboot"}),
        "app.server.secret_env['SECRET_KEY_BASE']: must be one line of letters, digits and marks, without quotes, '$' or '|'; choose another",
    ),
}


def deploy(server: Any) -> str:
    """What is told of a program with this server."""

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24")
        AppTier("app", hosts=net.hosts("app", 2), server=server)

    return told(program)


@pytest.mark.parametrize(("server", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(server: Any, message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"site: 1 problem; nothing was changed\n  {message}" == deploy(server)


@pytest.mark.parametrize(
    "url",
    ["https://user:hush@example.com/app.git", "https://hush@example.com/app.git", "ssh://git:hush@example.com/app"],
)
def test_a_password_in_a_url_is_never_shown(url: str) -> None:
    """
    A URL that may hold a password is refused without being shown.
    """
    error = deploy(command(app=Git(url, COMMIT)))

    rule = "app.server.app.url: must not hold a user name or a password, which previews would show"
    assert f"site: 1 problem; nothing was changed\n  {rule}; leave them to git: git help credentials" == error


def test_clients() -> None:
    """
    Whoever may come beside the tier in front is named by an address or a subnet, or by a group of hosts.
    """

    def program(clients: Any) -> None:
        net = Network("site", cidr="10.10.0.0/24")
        AppTier("app", hosts=net.hosts("app", 2), server=command(), clients=clients)

    rules = {
        "everybody": "app.clients: must be a list of addresses and subnets (got 'everybody'); write [\"10.10.0.0/24\"]",
        ("office",): "app.clients[0]: must be an address or a subnet such as 10.10.0.0/24 (got 'office'); correct it",
    }
    for clients, message in rules.items():
        assert f"site: 1 problem; nothing was changed\n  {message}" == told(lambda: program(clients))  # noqa: B023


def test_two_tiers_share_hosts() -> None:
    """
    Two application tiers may be on the same hosts, on different ports; on the same port they are refused.
    """

    def program(port: int) -> None:
        net = Network("site", cidr="10.10.0.0/24")
        hosts = net.hosts("app", 2)
        AppTier("one", hosts=hosts, server=command(port=8080))
        AppTier("two", hosts=hosts, server=Puma(RAILS, port=port))

    taken = "two.server.port: 8080 is taken on the same host by one.server.port; choose another port"
    assert "" == told(lambda: program(9292))
    assert f"site: 1 problem; nothing was changed\n  {taken}" == told(lambda: program(8080))
