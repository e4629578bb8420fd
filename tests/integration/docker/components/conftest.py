"""The stack that stories of several modules share."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client
from tests.integration.docker.architecture import brought_up
from tests.integration.docker.components.secure import Issuer, Secure, write
from tests.integration.docker.fresh import fresh_stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """A site with all that guards one, up."""
    stack, issuer = fresh_stack("secure", tmp_path_factory.mktemp("secure"), architecture="secure"), Issuer()
    write(stack, issuer)
    address = str(ipaddress.ip_network(stack.cidr)[250])
    with brought_up(stack) as client, Client(f"{stack.name}-proxy", client.network, address) as proxy:
        yield Secure(stack, client, issuer, proxy)
