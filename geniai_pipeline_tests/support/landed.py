"""A tenant whose threads are landed by hand, without Chatwoot."""

from collections import Counter
from datetime import date
from itertools import count
from typing import Any

from psycopg.types.json import Jsonb

from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.conversations.members import Member, MembersList
from geniai_pipeline.conversations.sales import Sale
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, runs
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline.warehouse.members import store_list
from geniai_pipeline_tests.support.payloads import START, payload


class LandedTenant:
    """A tenant whose threads are landed by hand."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self._runs = count()

    def land(self, number: int, *messages: dict[str, Any], contact: int = 0, **fields: Any) -> None:
        """Lands one thread; its contact, of its own number unless given, has a phone and e-mail."""
        sender = {"id": contact or number, "name": "Maria", **fields.pop("sender", {})}
        started = min((m["created_at"] for m in messages), default=START)
        thread = payload(
            id=number, created_at=started, last_activity_at=0,
            meta={"channel": "Channel::Whatsapp", "sender": sender}, **fields,
        )  # fmt: skip
        with tenant_transaction(self.tenant.tenant_id) as connection:
            connection.execute(
                "insert into raw.conversations (tenant_id, conversation_id, payload, content_hash)"
                " values (%s, %s, %s, '') on conflict (tenant_id, conversation_id)"
                " do update set payload = excluded.payload, changed_at = clock_timestamp()",
                [self.tenant.tenant_id, number, Jsonb(thread)],
            )
            connection.execute("delete from raw.messages where conversation_id = %s", [number])
            for position, each in enumerate(messages, start=1):
                connection.execute(
                    "insert into raw.messages (tenant_id, conversation_id, message_id, payload,"
                    " content_hash) values (%s, %s, %s, %s, '')",
                    [
                        self.tenant.tenant_id, number, number * 1000 + position,
                        Jsonb(each | {"id": number * 1000 + position}),
                    ],
                )  # fmt: skip

    def sell(self, *sales: tuple[str | None, str | None, date | None]) -> None:
        """Imports sales: telephone, e-mail and day of each."""
        rows = [Sale(f"{sale}", *sale) for sale in sales]
        with TenantSession(self.tenant.tenant_id) as session:
            core.store_sales(session, rows, [])

    def list_members(self, *members: tuple[str, date | None]) -> None:
        """Imports a list of members: telephone and first day of each."""
        listed = MembersList([Member((phone,), (), since) for phone, since in members], 0, [],
                             Counter())  # fmt: skip
        with TenantSession(self.tenant.tenant_id) as session:
            store_list(session, listed, is_confirmed=True)

    def sync(self) -> None:
        """Runs every step behind the extraction."""
        run_id = f"run {next(self._runs)}"
        with TenantSession(self.tenant.tenant_id) as session:
            runs.start_run(session, run_id, "full")
            transform_conversations(self.tenant, session, run_id, report=lambda line: None)
            analyze_conversations(session, run_id, RulesAnalyzer(), report=lambda line: None)
            publish_conversations(self.tenant, session)
            assert roll_up(self.tenant, session, run_id).agrees

    def read(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Reads published episodes in order."""
        with tenant_transaction(self.tenant.tenant_id) as connection:
            return connection.execute(
                f"select {columns} from analytics.conversations_analytics where {where}"
                " order by conversation_id, episode"
            ).fetchall()

    def count(self) -> tuple[int, int, int, int]:
        """Counts conversations, leads, visits and enrolments as the pages add them up."""
        with tenant_transaction(self.tenant.tenant_id) as connection:
            row = connection.execute(
                "select sum(conversations), sum(leads), sum(visits), sum(conversions)"
                " from analytics.daily_metrics"
            ).fetchone()
        assert row is not None
        return (row[0], row[1], row[2], row[3])

    def waiting(self) -> list[int]:
        """Lists the conversations that the list of leads shows as waiting."""
        with connect(admin_url()) as connection:
            rows = connection.execute(
                "select conversation_id from dashboards.leads where tenant_id = %s and is_waiting"
                " order by 1",
                [self.tenant.tenant_id],
            ).fetchall()
        return [number for (number,) in rows]
