"""Tests of what a page says of its data's freshness."""

from datetime import datetime, timedelta, timezone

import pytest

from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant


@pytest.mark.parametrize(
    ("complete_up_to", "is_running", "start"),
    [
        (None, True, "A primeira atualização está em andamento"),
        (None, False, "Ainda sem dados: aparecem depois da primeira atualização"),
        (None, None, "Ainda sem dados: aparecem depois da primeira atualização"),
        ("2026-11-28 10:00", True, '<span class="'),
    ],
)
@pytest.mark.usefixtures("embedded")
def test_the_first_sync_is_announced_while_it_runs(
    complete_up_to: str | None, is_running: bool | None, start: str
) -> None:
    with connect(admin_url()) as connection:
        (text,) = connection.execute(
            "select dashboards.freshness(%s::timestamp, false, %s::boolean)",
            [complete_up_to, is_running],
        ).fetchone() or ("",)
    assert text.startswith(start)


@pytest.mark.parametrize(
    ("live_age", "failing", "has_failed", "age", "end"),
    [
        (None, None, False, 60, "próxima atualização às"),
        (1, None, False, 1, "<b>ao vivo</b>"),
        (1, None, True, 1, "<b>ao vivo</b>"),
        (6, 4, False, 6, "próxima atualização às"),
        (15, 12, False, 15, "e depois a cada seis horas"),
        (15, 12, True, 15, "a última atualização falhou</span>"),
        (600, 590, False, 60, "e depois a cada seis horas"),
    ],
)
@pytest.mark.usefixtures("embedded")
def test_live_is_told_while_it_brings_changes(
    live_age: int | None, failing: int | None, has_failed: bool, age: int, end: str
) -> None:
    """Ages are in minutes; the last run is an hour old."""
    runs.note_scheduler()
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select dashboards.freshness((n - interval '1 hour')::timestamp, %s, false,"
            " (n - %s * interval '1 minute')::timestamp, n - %s * interval '1 minute'),"
            " to_char((n - %s * interval '1 minute')::timestamp, 'DD/MM/YYYY HH24:MI')"
            " from (select ops.now()) as clock (n)",
            [has_failed, live_age, failing, age],
        ).fetchone()
    assert row is not None
    text, instant = row
    assert f"Dados completos até <b>{instant}</b>" in text
    assert ("próxima" in text) is (live_age != 1 and not has_failed)
    assert ("seis horas" in text) is ("seis horas" in end)
    assert end in text
    assert 'g-late">Dados' not in text


@pytest.mark.usefixtures("database")
def test_a_tenant_that_live_keeps_up_is_not_stale(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("vivaz")
    with TenantSession(tenant.tenant_id) as session:
        runs.start_run(session, "vivaz-1", "full")
        runs.finish_run(session, "vivaz-1")
        with session.transaction() as connection:
            connection.execute("update ops.etl_control set complete_up_to = now() - interval '9 h'")

    def read() -> tuple[bool, str]:
        (status,) = (t for t in runs.status() if t["slug"] == tenant.slug)
        with connect(admin_url()) as connection:
            row = connection.execute(
                "select state from dashboards.clients where slug = %s", [tenant.slug]
            ).fetchone()
        assert row is not None
        return status["is_stale"], row[0]

    assert read() == (True, "Atrasado")
    with TenantSession(tenant.tenant_id) as session, session.transaction() as connection:
        connection.execute(
            "insert into ops.live_state (tenant_id, complete_up_to, lag_seconds, error)"
            " values (%s, now(), 2.5, 'Chatwoot does not answer.')",
            [tenant.tenant_id],
        )
    assert read() == (False, "Em dia")
    (status,) = (t for t in runs.status() if t["slug"] == tenant.slug)
    assert (status["live_lag_seconds"], status["live_error"]) == (2.5, "Chatwoot does not answer.")
    assert datetime.now(timezone.utc) - status["complete_up_to"] < timedelta(minutes=1)
