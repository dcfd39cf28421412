"""The report's figures, its week, and the rest of the reply window."""

import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.reports import letter, weekly
from geniai_pipeline.reports.figures import Figures, find_last_monday, read_week
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.published import publish
from geniai_pipeline_tests.support.reports import MONDAY, NOW, SLUG


def test_the_figures_are_those_of_the_gyms_own_week_and_of_the_one_before(tenant: Tenant) -> None:
    week = read_week(tenant, MONDAY, NOW)

    assert week.this == Figures(0, 10, 6, 2, 1, 150.0, "3 min", 3)
    assert week.before == Figures(1, 4, 4, 0, 0, 7200.0, "2 h", 0)
    assert [lead.conversation_id for lead in week.waiting] == [106, 100, 101, 102, 103]
    assert week.all_waiting == 7


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-23 08:00", MONDAY),
        ("2026-11-29 23:59", MONDAY),
        ("2026-11-22 23:59", "2026-11-09"),
    ],
)
def test_the_week_is_the_one_that_is_over(now: str, monday: Any) -> None:
    assert str(find_last_monday(datetime.fromisoformat(now))) == str(monday)


def test_a_report_is_due_from_eight_on_a_monday_of_the_tenants_own(tenant: Tenant) -> None:
    def is_due(hour: int, minute: int, day: int = 23) -> bool:
        now = datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)
        return (SLUG, MONDAY) in weekly.find_due_tenants(now)

    assert not is_due(11, 59)  # 07:59 in Manaus, 08:59 in Brasília
    assert is_due(12, 0)
    assert is_due(3, 59, day=24)
    assert not is_due(4, 0, day=24)


@pytest.mark.parametrize(
    ("channel", "hours_left", "words", "urgency"),
    [
        ("WhatsApp", 15, "restam 15 h", 15 * 60),
        ("WhatsApp", 1, "resta 1 h", 60),
        ("WhatsApp", 0, "resta 1 min", 0),
        ("Instagram", 6 * 24 + 1, "restam 6 dias 1 h", 145 * 60),
        ("TikTok", 25, "restam 1 dia 1 h", 25 * 60),
        ("WhatsApp", -0.1, "só mensagem-modelo", 10_080 + 9 * 60),
        ("Instagram", -5, "prazo encerrado", 10_080 + 9 * 60),
        ("API", None, "sem prazo", 15 * 60),
    ],
)
def test_the_page_and_the_letter_tell_the_same_time_that_is_left(
    make_tenant: MakeTenant, channel: str, hours_left: float | None, words: str, urgency: int
) -> None:
    slug = "prazo"
    with suppress(GeniaiError):
        registry.remove_tenant(slug)
    made = make_tenant(slug)
    now = datetime.now(timezone.utc)
    spoke = now - timedelta(hours=9)
    publish(
        made.tenant_id, 1, spoke, lead_score=5, awaits_reply=True, last_spoke_at=spoke,
        channel=channel,
        reply_until=None
        if hours_left is None
        else now + timedelta(hours=hours_left, seconds=45),  # what the test may take
    )  # fmt: skip
    with connect(admin_url()) as connection:
        page = connection.execute(
            "select window_left, window_open, urgency from dashboards.waiting where tenant_id = %s",
            [made.tenant_id],
        ).fetchone()
        lead = connection.execute(
            "select verdict from dashboards.lead where tenant_id = %s", [made.tenant_id]
        ).fetchone()
    (lead_row,) = read_week(made, MONDAY, now).waiting

    assert page is not None
    assert lead is not None
    shown, verdict = (re.sub(r"<[^>]+>", "", markup) for markup in (page[0], lead[0]))
    assert shown == lead_row.time_left == words
    assert f"· {words}." in verdict
    assert page[1] is (lead_row.window_open is not False) is (hours_left is None or hours_left >= 0)
    assert abs(float(page[2]) - urgency) <= 1
    line = letter._window(lead_row)
    assert line == {
        None: "", True: f"{words} para responder livremente no {channel}",
        False: f"{channel}: {words}",
    }[lead_row.window_open]  # fmt: skip
