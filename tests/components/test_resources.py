"""What the components register: parents, names, order, options."""

from __future__ import annotations

import json
from functools import partial

import pytest

from hacomponents import Process, Vip, VipPair
from hacomponents.docker import Network
from tests.components.program import CONFIG, Run, run
from tests.components.sites import rails


@pytest.fixture(scope="module")
def site() -> Run:
    """The whole Rails HA site."""
    return run(rails)


def test_types_and_parents(site: Run) -> None:
    """
    Every component has its type token; hosts are children of their network, whoever asks for them.
    """
    components = {name: (found.type, found.parent) for name, found in site.resources.items() if "index:" in found.type}

    assert {
        "rails": ("hacomponents:index:Network", "hacomponents-rails_ha"),
        "rails.app": ("hacomponents:index:AppTier", "hacomponents-rails_ha"),
        "rails.lb": ("hacomponents:index:LoadBalancerTier", "hacomponents-rails_ha"),
        "rails.lb-vip": ("hacomponents:index:VipPair", "rails.lb"),
        "rails.web": ("hacomponents:index:ReverseProxyTier", "hacomponents-rails_ha"),
        "rails.web-vip": ("hacomponents:index:VipPair", "rails.web"),
    } == components
    settled = {name: found.parent for name, found in site.resources.items() if name.endswith("-settle")}
    assert {"rails.lb-vip-settle": "rails.lb-vip", "rails.web-vip-settle": "rails.web-vip"} == settled
    assert {"rails"} == {
        found.parent for name, found in site.resources.items() if name not in {**components, **settled}
    }


def test_resources_of_a_role(site: Run) -> None:
    """
    Two hosts with a VIP are an image, two containers, an agent and a push for each, and one settling of the VIP.
    """
    assert [
        "rails.web",
        "rails.web-1",
        "rails.web-1-agent",
        "rails.web-1-push",
        "rails.web-2",
        "rails.web-2-agent",
        "rails.web-2-push",
        "rails.web-image",
        "rails.web-vip",
        "rails.web-vip-settle",
    ] == sorted(name for name in site.resources if name.startswith("rails.web"))


def test_standby_first(site: Run) -> None:
    """
    The first host is created, replaced and pushed only after the second one serves.
    """
    assert "rails.web-2-push" in site.resources["rails.web-1"].dependencies
    assert "rails.web-2-push" in site.resources["rails.web-1-push"].dependencies
    assert "rails.web-1-push" not in site.resources["rails.web-2-push"].dependencies


def test_tiers_behind_first(site: Run) -> None:
    """
    A tier is pushed after the tier behind it, host by host.
    """
    assert {"rails.app-1-push"} <= set(site.resources["rails.lb-2-push"].dependencies)
    assert {"rails.lb-1-push", "rails.lb-2-push"} <= set(site.resources["rails.web-2-push"].dependencies)


def test_settling_follows_both(site: Run) -> None:
    """
    The VIP is brought to the first host after both pushes, and again when a container was replaced.
    """
    settle = site.resources["rails.web-vip-settle"]

    assert {"rails.web-1-push", "rails.web-2-push"} <= set(settle.dependencies)
    assert ["rails.web-2-id", "rails.web-1-id"] == settle.inputs["triggers"]


def test_containers(site: Run) -> None:
    """
    Containers have names of the stack, chosen addresses, grace to hand over, and are deleted before replaced.
    """
    container = site.resources["rails.web-1"]

    assert container.delete_before_replace
    assert "rails_ha-web-1" == container.inputs["name"]
    assert "10.10.0.32" == container.inputs["networksAdvanced"][0]["ipv4Address"]
    assert container.inputs["destroyGraceSeconds"] > 0
    assert all(capability.startswith("CAP_") for capability in container.inputs["capabilities"]["adds"])
    assert "networkMode" not in container.inputs


def test_applications_keep_their_data(site: Run) -> None:
    """
    An application's folder is on a volume, which is there, with the data of today's container, before the container is
    replaced; the image is built and the standby serves before that one's services end. Other hosts have no volume.
    """
    move, volume = site.resources["rails.app-1-app-data-move"], site.resources["rails.app-1-app-data"]

    assert [{"containerPath": "/var/lib/app", "volumeName": "rails_ha-app-1-app"}] == site.resources[
        "rails.app-1"
    ].inputs["volumes"]
    assert [
        {"label": "hacomponents.project", "value": "hacomponents"},
        {"label": "hacomponents.stack", "value": "rails_ha"},
    ] == volume.inputs["labels"]
    assert {"rails.app-1-app-data", "rails.app-image"} <= set(move.dependencies)
    assert {"rails.app-1-app-data-move", "rails.app-1-app-data"} <= set(site.resources["rails.app-1"].dependencies)
    first = "set -- rails_ha-app-1 hacomponents rails_ha /var/lib/app rails_ha-app-1-app"
    assert first == move.inputs["create"].partition("\n")[0]
    assert ["rails.app-1-app-data"] == list(site.of_type("docker:index/volume:Volume"))
    assert "volumes" not in site.resources["rails.web-1"].inputs


def test_standby_serves_before_data_move() -> None:
    """
    Of two application hosts the second one serves, from its volume, before the services of the first one end.
    """
    resources = run(partial(rails, app_hosts=2)).resources

    assert "rails.app-2-push" in resources["rails.app-1-app-data-move"].dependencies
    assert "rails.app-1-push" not in resources["rails.app-2-app-data-move"].dependencies


def test_pushes_are_deleted_before_they_are_replaced(site: Run) -> None:
    """
    The old push's `retire` never runs on a host that the new push has just set up.
    """
    pushes = [found for name, found in site.resources.items() if name.endswith("-push")]

    assert pushes
    assert all(push.delete_before_replace for push in pushes)


def test_push_is_a_bundle(site: Run) -> None:
    """
    A push is one command whose stdin is the host's bundle, run again when its container was replaced.
    """
    push = site.resources["rails.web-1-push"]
    bundle = json.loads(push.inputs["stdin"])

    assert push.inputs["create"].endswith(" exec -i rails.web-1-id hacomponents-agent apply")
    assert "retire" in push.inputs["delete"]
    assert ["rails.web-1-id"] == push.inputs["triggers"]
    assert ("web-1", 1) == (bundle["host"], bundle["format"])
    wanted = ["/etc/keepalived/keepalived.conf", "/etc/nftables/hacomponents.nft", "/etc/nginx/nginx.conf"]
    assert wanted == sorted(bundle["files"])


def test_no_secret_in_a_bundle(site: Run) -> None:
    """
    The bundles of the hosts that need a secret name it, and no other does; its value travels in a command of its own.
    """
    pushes = {name: found.inputs["stdin"] for name, found in site.resources.items() if name.endswith("-push")}

    assert not any("correct-horse" in stdin for stdin in pushes.values())
    naming = {name for name, stdin in pushes.items() if "@@secret:lb-stats-password@@" in stdin}
    assert {"rails.lb-1-push", "rails.lb-2-push"} == naming
    assert "correct-horse" in json.dumps(site.resources["rails.lb-1-secrets"].inputs["stdin"], default=str)
    assert "rails.web-1-secrets" not in site.resources


def test_rotation_changes_the_digest() -> None:
    """
    Another value of a secret is another digest, so that its push is a change that a preview can show.
    """
    bundles = [
        run(partial(rails, stats={"password": password})).resources["rails.lb-1-push"].inputs["stdin"]
        for password in ("correct-horse", "battery-staple")
    ]
    digests = [json.loads(bundle)["secrets"]["lb-stats-password"] for bundle in bundles]

    assert digests[0] != digests[1]
    assert json.loads(bundles[0])["files"] == json.loads(bundles[1])["files"]


def test_one_more_host_renumbers_nothing() -> None:
    """
    Adding app-2 changes no other host's name or address.
    """
    one, two = (run(partial(rails, app_hosts=count)).resources for count in (1, 2))
    addresses = [
        {
            name: found.inputs["networksAdvanced"][0]["ipv4Address"]
            for name, found in each.items()
            if "container" in found.type
        }
        for each in (one, two)
    ]

    assert addresses[0] == {name: address for name, address in addresses[1].items() if name != "rails.app-2"}


def test_pair_alone() -> None:
    """
    A VipPair on its own watches a process and serves nothing else.
    """

    def program() -> None:
        net = Network("db", cidr="10.10.0.0/24")
        VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10"), track=Process("mysqld"))

    bundle = json.loads(run(program, CONFIG).resources["db.db-1-push"].inputs["stdin"])

    assert ["/etc/keepalived/keepalived.conf", "/etc/nftables/hacomponents.nft"] == sorted(bundle["files"])
    assert "mysqld" in bundle["files"]["/etc/keepalived/keepalived.conf"]["content"]


def test_tier_declared_too_late() -> None:
    """
    A tier that is declared after the site was rendered is an error, not a tier that is left out.
    """

    def program() -> None:
        net = Network("rails", cidr="10.10.0.0/24")
        net.declaration.rendered.apply(lambda _: VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10")))

    with pytest.raises(
        RuntimeError, match="db: declared too late; create every tier before awaiting the result of one"
    ):
        run(program)
