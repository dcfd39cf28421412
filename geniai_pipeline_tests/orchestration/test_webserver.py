"""CSRF guard of Dagster's webserver: forged requests are refused, its own pages work."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.webserver import build_webserver

pytestmark = pytest.mark.usefixtures("embedded")

HOST = "127.0.0.1:3000"
OWN = {"host": HOST, "origin": f"http://{HOST}"}
PUBLIC = "https://dagster.example.com"
MUTATION = 'mutation { setConcurrencyLimit(concurrencyKey: "forged", limit: 1) }'
JSON = {"content-type": "application/json"}
BODY = json.dumps({"query": MUTATION})

ATTACKS: dict[str, dict[str, Any]] = {
    "a picture's address": {
        "method": "GET",
        "params": {"query": MUTATION},
        "headers": {"host": HOST},
    },
    "a form as text": {
        "method": "POST",
        "content": BODY,
        "headers": {"host": HOST, "content-type": "text/plain"},
    },
    "a form": {"method": "POST", "data": {"query": MUTATION}, "headers": {"host": HOST}},
    "another site's page": {
        "method": "POST",
        "content": BODY,
        "headers": {"host": HOST, "origin": "https://evil.example"} | JSON,
    },
    "another server of this machine": {
        "method": "POST",
        "content": BODY,
        "headers": {"host": HOST, "origin": "http://127.0.0.1:5000"} | JSON,
    },
    "a sandboxed frame": {
        "method": "POST",
        "content": BODY,
        "headers": {"host": HOST, "origin": "null"} | JSON,
    },
    "a name that was bound to this machine": {
        "method": "POST",
        "content": BODY,
        "headers": {"host": "evil.example:3000", "origin": "http://evil.example:3000"} | JSON,
    },
}


@pytest.fixture(scope="module")
def workspace(embedded: None) -> Iterator[WorkspaceProcessContext]:
    with (
        open_instance() as dagster,
        WorkspaceProcessContext(dagster, workspace_load_target=None) as loaded,
    ):
        yield loaded


@pytest.fixture
def dagster(workspace: WorkspaceProcessContext) -> TestClient:
    return TestClient(build_webserver(workspace, PUBLIC))


def is_changed(workspace: WorkspaceProcessContext) -> bool:
    """Whether a mutation was executed; it is reverted."""
    storage = workspace.instance.event_log_storage
    changed = "forged" in storage.get_concurrency_keys()
    storage.delete_concurrency_limit("forged")
    return changed


def attack(app: ASGIApp, attempt: dict[str, Any]) -> int:
    return TestClient(app).request(url="/graphql", **attempt).status_code


@pytest.mark.parametrize("name", ATTACKS)
def test_a_page_of_another_site_changes_nothing(
    workspace: WorkspaceProcessContext, name: str
) -> None:
    assert attack(build_webserver(workspace, PUBLIC), ATTACKS[name]) == 403
    assert not is_changed(workspace)


def test_without_the_guard_all_but_the_forms_is_executed(
    workspace: WorkspaceProcessContext,
) -> None:
    bare = create_app_from_workspace_process_context(workspace)
    executed = set()
    for name, attempt in ATTACKS.items():
        attack(bare, attempt)
        if is_changed(workspace):
            executed.add(name)
    assert executed >= set(ATTACKS) - {"a form", "a form as text"}


@pytest.mark.parametrize(
    "headers",
    [OWN, {"host": "localhost:3001"}, {"host": "dagster.example.com", "origin": PUBLIC},
     {"host": HOST, "origin": PUBLIC}],
)  # fmt: skip
def test_its_own_pages_work_as_before(
    dagster: TestClient, workspace: WorkspaceProcessContext, headers: dict[str, str]
) -> None:
    answer = dagster.post("/graphql", content=BODY, headers=headers | JSON)
    assert answer.json()["data"]["setConcurrencyLimit"] is True
    assert is_changed(workspace)
    for page in ("/", "/runs", "/assets", "/graphql"):
        shown = dagster.get(page, headers=headers | {"accept": "text/html"})
        assert shown.status_code == 200
        assert "<html" in shown.text


def test_a_websocket_is_opened_for_its_own_pages_only(dagster: TestClient) -> None:
    protocols = ["graphql-ws"]
    with dagster.websocket_connect("/graphql", protocols, headers=OWN) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
    for headers in (OWN | {"origin": "https://evil.example"}, {"host": "evil.example"}):
        with (
            pytest.raises(WebSocketDisconnect),
            dagster.websocket_connect("/graphql", protocols, headers=headers),
        ):
            pass


@pytest.mark.parametrize("path", ["/", "/server_info", "/nothing/of/this"])
def test_no_page_may_be_framed(dagster: TestClient, path: str) -> None:
    headers = dagster.get(path, headers=OWN).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers.get_list("content-security-policy")


@pytest.mark.parametrize(
    "host", ["", "[", "evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example"]
)
def test_other_host_names_read_nothing(dagster: TestClient, host: str) -> None:
    assert dagster.get("/server_info", headers={"host": host}).status_code == 403
