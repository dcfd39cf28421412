"""The address of a Chatwoot: pasted forms, redirects, and unreachable hosts."""

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount

from chatwoot_demo.server import Server
from geniai_pipeline.chatwoot import Client, normalize_address
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline_tests.support.chatwoot import TOKEN, Chatwoot
from geniai_pipeline_tests.support.extraction import conversations, read_all


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://chat.box.com", "https://chat.box.com"),
        ("https://chat.box.com/", "https://chat.box.com"),
        (" chat.box.com ", "https://chat.box.com"),
        ("https://chat.box.com/app/accounts/3/dashboard", "https://chat.box.com"),
        ("https://box.com/chatwoot/app/accounts/3/inbox/7?x=1#y", "https://box.com/chatwoot"),
        ("https://box.com/chatwoot/", "https://box.com/chatwoot"),
        ("HTTP://Box.com:3000/api/v1", "http://box.com:3000"),
        ("https://box.com/application", "https://box.com/application"),
        ("http://[::1]:3000/app", "http://[::1]:3000"),
    ],
)
def test_whatever_the_user_pasted_becomes_the_address_of_the_chatwoot(
    pasted: str, address: str
) -> None:
    assert normalize_address(pasted, "azul") == address


@pytest.mark.parametrize(
    "pasted", ["", "ftp://box.com", "https://", "a b.com", "http://x:99999999"]
)
def test_what_is_no_address_is_refused_by_name(pasted: str) -> None:
    with pytest.raises(PermanentError, match=r"^azul: .* is not the address of a Chatwoot"):
        normalize_address(pasted, "azul")


def test_a_chatwoot_below_a_path_is_read_there(chatwoot: Chatwoot) -> None:
    chatwoot.add(1)
    with (
        Server(Starlette(routes=[Mount("/chatwoot", chatwoot)])) as server,
        Client(
            f"{server.url}/chatwoot/app/accounts/3/dashboard", 3, TOKEN, tenant="azul"
        ) as client,
    ):
        assert client.check().name == "Box Azul"
        assert conversations(read_all(client)).keys() == {1}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:23099", "http://no-such-host.invalid", "https://127.0.0.1:{port}"]
)
def test_a_chatwoot_that_cannot_be_reached_is_named_and_may_come_back(
    chatwoot: Chatwoot, url: str
) -> None:
    with Server(chatwoot) as server:
        address = url.format(port=server.url.rpartition(":")[2])
        with (
            Client(address, 3, TOKEN, tenant="azul") as client,
            pytest.raises(TransientError, match=r"^azul: Chatwoot at .* cannot be reached") as e,
        ):
            client.check()
    assert normalize_address(address, "azul").partition("//")[2] in str(e.value)


def test_a_redirect_is_named_and_the_token_does_not_follow_it(
    chatwoot: Chatwoot, client: Client
) -> None:
    elsewhere = Chatwoot()
    with Server(elsewhere) as server:
        chatwoot.fault = lambda request: Response(
            status_code=301, headers={"location": f"{server.url}{request.url.path}"}
        )
        for read in (client.check, lambda: read_all(client)):
            with pytest.raises(
                PermanentError, match=f"redirects to {server.url}; the access token"
            ):
                read()
    assert elsewhere.requests == []
