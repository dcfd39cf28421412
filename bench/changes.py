"""What a sync costs in which little is new, at a Chatwoot that takes 7 ms a row, fails after 15 s
(both are the real one's), and cannot show a conversation whose contact is gone; beside the usual
way: all pages, one after the other."""

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import uvicorn
from _database import temporary_postgres
from _tenant import conversation, messages
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geniai_pipeline import chatwoot
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.pacing import RequestTurns

ROW_SECONDS, LIMIT_SECONDS = 0.007, 15.0
PER_PAGE = 25
INBOXES = range(1, 5)


class Account:
    """The server: every conversation has just changed."""

    def __init__(self, count: int) -> None:
        self.rows = {number: conversation(number) for number in range(1, count + 1)}
        for number in self.rows:
            self.touch(number)
        self.orphans: set[int] = set()

    def touch(self, number: int) -> None:
        now = time.time()
        self.rows[number] |= {"updated_at": now, "last_activity_at": int(now)}

    def app(self) -> Starlette:
        account = "/api/v1/accounts/1"
        return Starlette(
            routes=[
                Route("/api", lambda request: JSONResponse({"version": "4.14.2"})),
                Route("/api/v1/profile", self._profile),
                Route(f"{account}/inboxes", self._inboxes),
                Route(f"{account}/agents", lambda request: JSONResponse([])),
                Route(f"{account}/conversations", self._list),
                Route(f"{account}/conversations/filter", self._filter, methods=["POST"]),
                Route(f"{account}/conversations/{{id:int}}", self._show),
                Route(f"{account}/conversations/{{id:int}}/messages", self._messages),
            ]
        )

    async def _profile(self, request: Request) -> Response:
        return JSONResponse({"accounts": [{"id": 1, "role": "administrator"}]})

    async def _inboxes(self, request: Request) -> Response:
        return JSONResponse({"payload": [{"id": n, "name": f"Inbox {n}"} for n in INBOXES]})

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        rows = list(self.rows.values())
        if query["status"] != "all":
            rows = [row for row in rows if row["status"] == query["status"]]
        if "inbox_id" in query:
            rows = [row for row in rows if str(row["inbox_id"]) == query["inbox_id"]]
        if query.get("sort_by") != "created_at_asc":
            rows.sort(key=lambda row: -row["last_activity_at"])
        meta = {"all_count": len(rows)}
        if "updated_within" in query:
            since = time.time() - int(query["updated_within"])
            rows = [row for row in rows if row["updated_at"] > since]
        else:
            rows = _page(rows, request)
        return await self._shown(rows, {"data": {"meta": meta, "payload": rows}})

    async def _filter(self, request: Request) -> Response:
        rows = sorted(self.rows.values(), key=lambda row: -row["last_activity_at"])
        for condition in (await request.json())["payload"]:
            name = {"display_id": "id"}.get(condition["attribute_key"], condition["attribute_key"])
            wanted = condition["filter_operator"] == "equal_to"
            rows = [row for row in rows if (row[name] in condition["values"]) == wanted]
        meta = {"all_count": len(rows)}
        rows = _page(rows, request)
        return await self._shown(rows, {"meta": meta, "payload": rows})

    async def _show(self, request: Request) -> Response:
        row = self.rows[request.path_params["id"]]
        return await self._shown([row], row)

    async def _messages(self, request: Request) -> Response:
        await asyncio.sleep(2 * ROW_SECONDS)
        return JSONResponse({"payload": messages(request.path_params["id"])})

    async def _shown(self, rows: list[dict[str, Any]], body: Any) -> Response:
        seconds = len(rows) * ROW_SECONDS
        await asyncio.sleep(min(seconds, LIMIT_SECONDS))
        if seconds > LIMIT_SECONDS or any(row["id"] in self.orphans for row in rows):
            return JSONResponse({"status": 500, "error": "Internal Server Error"}, 500)
        return JSONResponse(body)


def main() -> None:
    table = Table(title="Syncs in which two conversations are new")
    for heading in ("what", "requests", "seconds"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    with temporary_postgres():
        account = Account(296)
        with serving(account) as url:
            sync(url, "few")
            add(table, account, url, "few", "296 conversations within the window")
            account.orphans = {130}
            add(table, account, url, "few", "one of them cannot be shown: found out")
            add(table, account, url, "few", "the same: known")
            requests, seconds, status = page_after_page(url)
            told = f"all pages, one after the other (ends with {status})"
            table.add_row(told, str(requests), f"{seconds:.1f}", end_section=True)
        account = Account(5000)
        with serving(account) as url:
            sync(url, "many")
            add(table, account, url, "many", "5,000 conversations within the window")
            add(table, account, url, "many", "once more")
            requests, seconds, status = page_after_page(url)
            told = f"all pages, one after the other (ends with {status})"
            table.add_row(told, str(requests), f"{seconds:.1f}")
    Console(width=100).print(table)


def add(table: Table, account: Account, url: str, slug: str, what: str) -> None:
    """One sync, after two conversations changed."""
    for number in (5, 17):
        account.touch(number)
    requests, seconds = sync(url, slug)
    table.add_row(what, f"{requests:,}", f"{seconds:.1f}")


def sync(url: str, slug: str) -> tuple[int, float]:
    """One extraction, landing in Postgres, at the rate that is allowed by default."""
    config = registry.TenantConfig(chatwoot_url=url, chatwoot_account_id=1, chatwoot_token="x")
    registry.add_tenant(slug, slug, config)
    turns = RequestTurns(url, get_settings().chatwoot_requests_per_minute)
    with chatwoot.Client(url, 1, "x", tenant=slug, wait_turn=turns.wait) as client:
        started = time.perf_counter()
        got = extract_conversations(
            registry.load_tenant(slug), uuid.uuid4().hex, client, full=False, report=lambda _: None
        )
        return got.requests, time.perf_counter() - started


def page_after_page(url: str) -> tuple[int, float, int]:
    """Every page of the list until one is empty or fails; requests, seconds, the last status."""
    started, page = time.perf_counter(), 0
    while True:
        page += 1
        answer = httpx2.get(
            f"{url}/api/v1/accounts/1/conversations",
            params={"status": "all", "sort_by": "created_at_asc", "page": page},
            timeout=60,
        )
        if answer.status_code != 200 or not answer.json()["data"]["payload"]:
            return page, time.perf_counter() - started, answer.status_code


@contextmanager
def serving(account: Account) -> Iterator[str]:
    """The account while the block lasts; gives its address."""
    port = next(port for port in range(26100, 26200) if not is_taken(port))
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(account.app(), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _page(rows: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    first = PER_PAGE * (int(request.query_params.get("page", 1)) - 1)
    return rows[first : first + PER_PAGE]


if __name__ == "__main__":
    main()
