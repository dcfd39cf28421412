"""The client: a token's permissions, and error messages for the tenant's staff."""

import logging
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, Response

from chatwoot_demo.server import Server
from geniai_pipeline.chatwoot import Client
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline_tests.support.chatwoot import TOKEN, Chatwoot
from geniai_pipeline_tests.support.extraction import conversations, now, read_all
from geniai_pipeline_tests.support.faults import at_first, fails


def test_a_check_tells_who_the_token_is(client: Client) -> None:
    account = client.check()
    assert (account.name, account.version, account.role) == ("Box Azul", "4.14.2", "administrator")
    assert abs(account.server_time - now()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (401, '{"error":"Invalid Access Token"}', "does not know this access token. Copy the"),
        (
            401,
            '{"errors":["You need to sign in or sign up before continuing."]}',
            "Configure the proxy",
        ),
        (
            401,
            '{"error":"You are not authorized to access this account"}',
            "The access token's user is not a member of account 3",
        ),
        (401, '{"error":"Account is suspended"}', "is suspended. Reactivate it"),
        (
            401,
            '{"error":"You are not authorized to do this action"}',
            "may not read api/v1/accounts/3/inboxes in account 3",
        ),
        (
            401,
            '{"error":"Access to this endpoint is not authorized for bots"}',
            "an agent bot or a platform app",
        ),
        (404, '{"error":"Resource could not be found"}', "has no account 3"),
        (404, "<html>nginx</html>", "does not answer api/v1/accounts/3/inboxes as a Chatwoot does"),
        (403, f"blocked {TOKEN}", "refused api/v1/accounts/3/inboxes with 403: blocked ***"),
        (402, '{"error":"Pay"}', "with 402"),
    ],
)
def test_a_refusal_becomes_one_line_that_names_tenant_and_mend(
    chatwoot: Chatwoot, client: Client, status: int, body: str, line: str
) -> None:
    chatwoot.fault = lambda _: Response(body, status)
    with pytest.raises(PermanentError) as caught:
        read_all(client)
    text = str(caught.value)
    assert text.startswith("azul: ")
    assert line in text
    assert "\n" not in text
    assert TOKEN not in text
    assert client.requests == 1, "a refusal is not worth asking again"


def test_a_check_refuses_an_agent_an_outsider_and_a_server_that_is_no_chatwoot(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.user.role = "agent"
    with pytest.raises(PermanentError, match=r"is 'agent' in account 3 .* administrator"):
        client.check()
    with (
        Client(client.url, 4, TOKEN, tenant="azul") as outsider,
        pytest.raises(PermanentError, match=r"not a member of account 4 .*\(only of: 3\)"),
    ):
        outsider.check()
    chatwoot.fault = lambda _: Response("<html>Loja</html>", media_type="text/html")
    with pytest.raises(PermanentError, match="does not answer as a Chatwoot does"):
        client.check()


@pytest.mark.parametrize("token", ["", "  ", "abc\ndef", "senha-é"])
def test_a_token_that_cannot_be_one_is_refused_unsaid(token: str) -> None:
    with pytest.raises(PermanentError, match=r"^azul: The access token is empty or has") as caught:
        Client("http://127.0.0.1:1", 3, token, tenant="azul")
    assert not token.strip() or token not in repr(caught.value)


def test_the_token_appears_in_no_log_and_no_error(
    chatwoot: Chatwoot,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    chatwoot.add(1)
    chatwoot.fault = at_first(1, fails)
    read_all(client)
    chatwoot.fault = fails
    with pytest.raises(TransientError) as caught:
        read_all(client)
    assert chatwoot.tokens[0] == TOKEN
    text = caplog.text + "".join(capfd.readouterr())
    assert "retry" in text
    assert TOKEN not in text + repr(caught.value) + str(caught.value) + repr(client)


def test_a_token_revoked_midway_stops_the_run_with_the_reason(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number)
    revoked = JSONResponse({"error": "Invalid Access Token"}, 401)
    chatwoot.fault = lambda request: revoked if len(chatwoot.requests) > 200 else None
    with pytest.raises(PermanentError, match="does not know this access token"):
        read_all(client)


def test_a_token_that_is_refused_is_sent_no_more(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.fault = lambda request: JSONResponse({"error": "Invalid Access Token"}, 401)
    for _ in range(3):
        with pytest.raises(PermanentError, match="does not know this access token"):
            client.get("inboxes")
    assert len(chatwoot.requests) == 1


def test_what_one_may_not_read_closes_nothing_else(chatwoot: Chatwoot, client: Client) -> None:
    denied = JSONResponse({"error": "You are not authorized to do this action"}, 401)
    chatwoot.fault = lambda request: denied if "inboxes" in request.url.path else None
    for _ in range(2):
        with pytest.raises(PermanentError, match="may not read"):
            client.get("inboxes")
    assert client.check().name == "Box Azul"


def test_an_agents_token_that_may_not_list_agents_reads_the_rest(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    denied = JSONResponse({"error": "You are not authorized to do this action"}, 401)
    chatwoot.fault = lambda r: denied if r.url.path.endswith("/agents") else None
    batches = read_all(client)
    assert batches[0].agents == []
    assert conversations(batches).keys() == {1}


def test_every_request_waits_for_the_rate_limiter(chatwoot: Chatwoot) -> None:
    chatwoot.add(1)
    waits: list[None] = []
    with (
        Server(chatwoot) as server,
        Client(server.url, 3, TOKEN, tenant="azul", wait=lambda: waits.append(None)) as client,
    ):
        read_all(client)
        assert len(waits) == client.requests == len(chatwoot.requests)


def test_errors_of_all_kinds_are_ours(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.fault = lambda _: JSONResponse({"payload": {"not": "a list"}})
    with pytest.raises(GeniaiError, match="without a list"):
        read_all(client)
