"""Measures the requests and seconds of a sync that finds two new conversations.

Like a real Chatwoot, the stand-in takes 7 ms per row and fails after 15 s. It cannot show a
conversation whose contact is deleted. The peer reads all pages in sequence.
"""

import asyncio
import time
import uuid

import httpx2
from _database import temporary_postgres
from _tenant import ACCOUNT, TOKEN, account, conversation
from rich.console import Console
from rich.table import Table
from starlette.requests import Request

from chatwoot_demo.installation import Installation
from chatwoot_demo.records import Account
from chatwoot_demo.server import Server, application
from geniai_pipeline import chatwoot
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter
from geniai_pipeline_tests.support.faults import Faults

ROW_SECONDS = 0.007


def build_busy_account(count: int) -> Account:
    """Returns an account whose conversations have all just changed."""
    tenant = account()
    tenant.conversations = {number: conversation(tenant, number) for number in range(1, count + 1)}
    for number in tenant.conversations:
        touch(tenant, number)
    return tenant


def touch(tenant: Account, number: int) -> None:
    """Sets the conversation's last activity to now."""
    record = tenant.conversations[number]
    record.updated_at = record.last_activity_at = time.time()


def slow_server(tenant: Account) -> Server:
    """Serves the account with a delay per row."""
    installation = Installation()
    installation.add_account(tenant)
    app = Faults(application(installation, requests_per_minute=10**9))
    app.row_seconds, app.fault = ROW_SECONDS, slow_messages
    return Server(app)


async def slow_messages(request: Request) -> None:
    """The messages of a conversation take as long as two rows."""
    if request.url.path.endswith("/messages"):
        await asyncio.sleep(2 * ROW_SECONDS)


def main() -> None:
    table = Table(title="Syncs in which two conversations are new")
    for heading in ("what", "requests", "seconds"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    with temporary_postgres():
        few = build_busy_account(296)
        with slow_server(few) as server:
            sync(server.url, "few")
            add(table, few, server.url, "few", "296 conversations within the window")
            few.conversations[130].is_orphan = True
            add(table, few, server.url, "few", "one of them cannot be shown: found out")
            add(table, few, server.url, "few", "the same: known")
            add_pages(table, server.url)
            table.add_section()
        many = build_busy_account(5000)
        with slow_server(many) as server:
            sync(server.url, "many")
            add(table, many, server.url, "many", "5,000 conversations within the window")
            add(table, many, server.url, "many", "once more")
            add_pages(table, server.url)
    Console(width=100).print(table)


def add(table: Table, tenant: Account, url: str, slug: str, what: str) -> None:
    """Syncs once after two conversations changed."""
    for number in (5, 17):
        touch(tenant, number)
    requests, seconds = sync(url, slug)
    table.add_row(what, f"{requests:,}", f"{seconds:.1f}")


def add_pages(table: Table, url: str) -> None:
    """Reads all pages once, as the peer does."""
    requests, seconds, status = read_sequentially(url)
    what = f"all pages, one after the other (ends with {status})"
    table.add_row(what, str(requests), f"{seconds:.1f}")


def sync(url: str, slug: str) -> tuple[int, float]:
    """Runs one extraction into Postgres at the default rate limit."""
    config = TenantConfig(chatwoot_url=url, chatwoot_account_id=ACCOUNT, chatwoot_token=TOKEN)
    registry.add_tenant(slug, slug, config)
    rate_limiter = HostRateLimiter(url, get_settings().chatwoot_requests_per_minute)
    with (
        chatwoot.Client(url, ACCOUNT, TOKEN, tenant=slug, wait=rate_limiter.wait) as client,
        TenantSession(registry.load_tenant(slug).tenant_id) as session,
    ):
        started = time.perf_counter()
        got = extract_conversations(
            session, uuid.uuid4().hex, client, full=False, report=lambda _: None
        )
        return got.requests, time.perf_counter() - started


def read_sequentially(url: str) -> tuple[int, float, int]:
    """Reads the list until a page is empty or fails; returns requests, seconds, last status."""
    started, page = time.perf_counter(), 0
    while True:
        page += 1
        answer = httpx2.get(
            f"{url}/api/v1/accounts/{ACCOUNT}/conversations",
            headers={"Api-Access-Token": TOKEN},
            params={"status": "all", "sort_by": "created_at_asc", "page": page},
            timeout=60,
        )
        if answer.status_code != 200 or not answer.json()["data"]["payload"]:
            return page, time.perf_counter() - started, answer.status_code


if __name__ == "__main__":
    main()
