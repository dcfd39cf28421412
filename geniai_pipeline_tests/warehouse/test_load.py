"""Bulk load and run records, on the embedded server and on an operator's."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from geniai_pipeline.chatwoot.extraction import Batch
from geniai_pipeline.chatwoot.rows import LandedConversation, LandedMessage
from geniai_pipeline.errors import PermanentError, Rejected
from geniai_pipeline.warehouse import landing, registry, runs
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline.warehouse.load import upsert
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.warehouse.rows import COLUMNS, land, landed

pytestmark = pytest.mark.usefixtures("database")


def test_an_upsert_writes_changed_rows_only(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("upsert")
    rows = [(i, Jsonb({"id": i}), f"h{i}") for i in range(10)]
    assert land(tenant.tenant_id, rows) == (10, 0, 0)
    assert land(tenant.tenant_id, rows) == (0, 10, 0)
    assert land(tenant.tenant_id, [*rows[:9], (9, Jsonb({}), "other")]) == (1, 9, 0)
    assert landed(tenant.tenant_id)[9] == "other"


def test_an_upsert_reads_no_more_of_the_table_than_its_own_rows(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("large")
    land(tenant.tenant_id, [(i, Jsonb({}), "h") for i in range(3000)])
    with tenant_transaction(tenant.tenant_id) as connection:
        upsert(
            connection,
            "raw.conversations",
            COLUMNS,
            [(i, Jsonb({}), "h" if i % 2 else "new") for i in range(2990, 3010)],
            key=("conversation_id",),
            hash_column="content_hash",
        )
        ((touched,),) = connection.execute(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables"
            " where relid = 'raw.conversations'::regclass"
        ).fetchall()
    assert touched <= 100


def test_two_loads_of_the_same_new_rows_at_once_take_turns(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("at-once")
    rows = [(i, Jsonb({"id": i}), f"h{i}") for i in range(10)]
    options: dict[str, Any] = {"key": ("conversation_id",), "hash_column": "content_hash"}
    begun, found = threading.Event(), []

    def second() -> None:
        with tenant_transaction(tenant.tenant_id) as connection:
            begun.set()
            found.append(upsert(connection, "raw.conversations", COLUMNS, rows, **options))

    other = threading.Thread(target=second)
    with tenant_transaction(tenant.tenant_id) as connection:
        first = upsert(connection, "raw.conversations", COLUMNS, rows, **options)
        other.start()
        assert begun.wait(30)
        other.join(0.2)
        assert other.is_alive(), "it waits until this transaction is over"
    other.join()
    assert (len(first.written), first.rejected) == (10, [])
    assert (found[0].written, found[0].unchanged, found[0].rejected) == ([], 10, [])


def test_of_duplicates_in_one_batch_the_last_wins(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("duplicates")
    land(tenant.tenant_id, [(1, Jsonb({}), "old"), (2, Jsonb({}), "b"), (1, Jsonb({}), "new")])
    assert landed(tenant.tenant_id) == {1: "new", 2: "b"}


def test_a_row_that_postgres_refuses_does_not_block_the_others(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("refused")
    bad = (4, Jsonb({"text": "\x00"}), "nul")
    worse = (7, Jsonb({}), None)
    rows = [(i, Jsonb({}), "h") for i in range(10) if i not in (4, 7)]
    written, _, rejected = land(tenant.tenant_id, [*rows, bad, worse])
    assert (written, rejected) == (8, 2)
    with tenant_transaction(tenant.tenant_id) as connection:
        rows_refused = connection.execute("select key, reason from ops.rejected_rows order by key")
        reasons = dict(rows_refused.fetchall())
    assert set(reasons) == {"4", "7"}
    assert "null value" in reasons["7"]


def test_a_run_that_never_ended_is_marked_when_the_next_starts(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("crashed")
    with TenantSession(tenant.tenant_id) as session:
        assert runs.start_run(session, "crashed-1", "full") is None
        runs.start_run(session, "crashed-2", "incremental")
    assert runs.read_progress(["crashed-1"])["crashed-1"]["status"] == "interrupted"


def test_the_watermark_is_the_latest_that_was_committed(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("marked")
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    with TenantSession(tenant.tenant_id) as session:
        runs.start_run(session, "marked-1", "full")
        landing.commit_watermark(session, "marked-1", moment, present=None)
        runs.fail_run(session, "marked-1", "a later step failed")
        mark = runs.start_run(session, "marked-2", "incremental")
    assert mark is not None
    assert mark.until == moment
    assert timedelta(0) < mark.age < timedelta(minutes=1)


def test_removing_a_tenant_deletes_its_messages_and_stops_its_run(
    make_tenant: MakeTenant,
) -> None:
    leaving, staying = make_tenant("leaving"), make_tenant("staying")
    batch = Batch(
        conversations=[LandedConversation(1, {}, "{}", "hash", None)],
        messages=[LandedMessage(1, 1, {}, "{}", "hash")],
    )
    for tenant in (leaving, staying):
        with TenantSession(tenant.tenant_id) as session:
            runs.start_run(session, f"run of {tenant.slug}", "full")
            landing.land(session, f"run of {tenant.slug}", batch)
    registry.remove_tenant("leaving")
    with connect(admin_url()) as connection:
        assert connection.execute(
            "select array_agg(tenant_id) from raw.messages where tenant_id = any(%s)",
            [[leaving.tenant_id, staying.tenant_id]],
        ).fetchone() == ([staying.tenant_id],)
    with (
        TenantSession(leaving.tenant_id) as session,
        pytest.raises(PermanentError, match="was removed during its run"),
    ):
        landing.land(session, "run of leaving", batch)


def test_a_rejected_row_is_deleted_once_it_can_be_read(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("recovers")
    unread = LandedConversation(1, {}, "{}", "", None)
    rejected = [Rejected("raw.messages", "1/", "sick", ""), Rejected("raw.messages", "1/7", "", "")]
    still = Rejected("raw.messages", "1/8", "no created_at", "{}")
    read = replace(unread, content_hash="hash", requested=unread.requested + 0.001)
    batches = [
        Batch(conversations=[unread], rejected=rejected),
        Batch([read], [LandedMessage(1, 7, {}, "{}", "hash")], rejected=[still]),
    ]
    with TenantSession(tenant.tenant_id) as session:
        runs.start_run(session, "run of recovers", "full")
        for batch in batches:
            landing.land(session, "run of recovers", batch)
    with tenant_transaction(tenant.tenant_id) as connection:
        keys = connection.execute("select key from ops.rejected_rows").fetchall()
    assert keys == [("1/8",)]


def test_requests_to_one_host_are_spaced_over_all_tenants() -> None:
    first = runs.reserve_requests("spread.test", 10, 600)
    second = runs.reserve_requests("spread.test", 10, 600)
    other = runs.reserve_requests("other.test", 10, 600)
    assert first == other == 0
    assert 0.5 < second <= 1.0
