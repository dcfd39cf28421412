"""Every figure of the pages, the letter and the export is that of the sample gym's own truth."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dagster as dg
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.exports.tenant import export_tenant
from geniai_pipeline.reports.figures import read_week
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.clock import restore_clock
from geniai_pipeline_tests.support.samples import ANCHOR
from geniai_pipeline_tests.support.syncs import SyncedTenant, connection_settings
from geniai_pipeline_tests.support.true_figures import TrueFigures
from geniai_pipeline_tests.support.true_judgements import (
    WORDS,
    import_lists,
    judge_by_truth,
)

GYM = next(gym for gym in GYMS if gym.slug == "serra-do-ipe")
"""Hours behind Greenwich, so that days have edges; its people resolve by hand, its contacts write
again in one thread. Nobody comes back within thirty days of leaving, as if they had never left.
"""
AT = ANCHOR.timestamp()
TENANT_SINCE = ANCHOR - timedelta(days=60)
MONDAYS = [date(2026, 2, 9) + timedelta(days=7 * week) for week in range(17)]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(seed=4, anchor=ANCHOR, requests_per_minute=100_000) as server:
        yield server


@pytest.fixture(scope="module")
def true(server: DemoServer) -> TrueFigures:
    return TrueFigures(server.world.accounts[GYM.account_id], AT, TENANT_SINCE.timestamp())


@pytest.fixture(scope="module")
def tenant(
    embedded: None,
    make_tenant: MakeTenant,
    server: DemoServer,
    true: TrueFigures,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Tenant]:
    """The gym, synced for real and judged by its truth."""
    made = make_tenant(
        "verdadeira",
        **connection_settings(server.url, GYM),
        timezone=GYM.timezone,
        converted_labels=[GYM.converted_label],
    )
    with restore_clock():
        import_lists(made, true.account, AT, tmp_path_factory.mktemp("lists"))
        with dg.DagsterInstance.ephemeral() as instance:
            assert SyncedTenant(made, server, instance).sync().success
        judge_by_truth(made, true, WORDS)
        with connect(admin_url()) as connection:
            connection.execute(
                "update ops.tenants set created_at = %s where tenant_id = %s",
                [TENANT_SINCE, made.tenant_id],
            )
        yield made
    registry.remove_tenant(made.slug)


def ask(tenant: Tenant, question: str) -> list[tuple[Any, ...]]:
    """Asks the views that the pages show, in the tenant's time zone."""
    with connect(admin_url()) as connection:
        connection.execute("select set_config('timezone', %s, false)", [tenant.timezone.key])
        return connection.execute(question.encode(), {"tenant": tenant.tenant_id}).fetchall()


def test_contacts_become_persons_as_in_the_world(tenant: Tenant, true: TrueFigures) -> None:
    found = ask(
        tenant, "select contact_id, person_id from core.contacts where tenant_id = %(tenant)s"
    )
    assert dict(found) == {
        contact: person.id for person in true.truth.persons for contact in person.contact_ids
    }
    assert len({person for _, person in found}) < len(found)


@pytest.mark.parametrize("figure", ["conversations", "leads", "visits", "conversions"])
def test_a_figure_by_day_and_channel_is_the_truths(
    tenant: Tenant, true: TrueFigures, figure: str
) -> None:
    rows = ask(
        tenant,
        f"select day, inbox_name, sum({figure})::integer from dashboards.daily"
        f" where tenant_id = %(tenant)s group by day, inbox_name having sum({figure}) > 0",
    )
    count = {
        "conversations": true.count_conversations,
        "leads": true.count_leads,
        "visits": true.count_visits,
        "conversions": true.count_enrolments,
    }
    expected = count[figure]()
    assert {(day, inbox): number for day, inbox, number in rows} == expected
    assert expected.total() >= 10


def test_the_funnel_and_the_rate_are_the_truths(tenant: Tenant, true: TrueFigures) -> None:
    steps = ask(
        tenant,
        "select step, sum(reached)::integer from dashboards.funnel"
        " where tenant_id = %(tenant)s group by step",
    )
    assert dict(steps) == true.count_funnel()
    assert all(dict(steps).values())
    sums = true.sum_up(date.min, date.max)
    ((leads, enrolled),) = ask(
        tenant,
        "select sum(leads)::integer, sum(lead_conversions)::integer from dashboards.daily"
        " where tenant_id = %(tenant)s",
    )
    assert (leads, enrolled) == (sums.leads, sums.lead_enrolments)


def test_what_became_of_visits_and_leads_is_the_truths(tenant: Tenant, true: TrueFigures) -> None:
    fates = ask(
        tenant,
        "select fate, count(*) from dashboards.visits where tenant_id = %(tenant)s group by fate",
    )
    assert dict(fates) == true.count_fates()
    outcomes = ask(
        tenant,
        "select outcome, count(*) from dashboards.outcomes where tenant_id = %(tenant)s"
        " group by outcome",
    )
    assert dict(outcomes) == true.count_outcomes()
    assert len(outcomes) > 8


def test_who_waits_and_since_when_is_the_truths(tenant: Tenant, true: TrueFigures) -> None:
    rows = ask(
        tenant,
        "select conversation_id, extract(epoch from waiting_since)::bigint"
        " from analytics.conversations_analytics where tenant_id = %(tenant)s"
        " and dashboards.is_waiting(awaits_reply, waiting_since, ops.now())",
    )
    waits = true.find_waits().values()
    assert dict(rows) == {wait.episode.conversation: wait.since for wait in waits}
    assert len(rows) == len(waits) > 20
    listed = ask(
        tenant,
        "select is_backlog, conversation_id from dashboards.waiting where tenant_id = %(tenant)s",
    )
    assert {number for is_old, number in listed if not is_old} == true.list_hot_waits() != set()
    assert {number for is_old, number in listed if is_old} == true.list_backlog() != set()
    urgent = ask(
        tenant,
        "select conversation_id, episode, urgency::float from dashboards.leads"
        " where tenant_id = %(tenant)s and urgency is not null",
    )
    expected = true.measure_urgency()
    assert {row[:2]: row[2] for row in urgent} == pytest.approx(expected, abs=5)
    assert len(urgent) > 2


def test_who_opted_out_is_the_truths(tenant: Tenant, true: TrueFigures) -> None:
    rows = ask(
        tenant,
        "select distinct conversation_id from analytics.conversations_analytics"
        " where tenant_id = %(tenant)s and opted_out",
    )
    assert {number for (number,) in rows} == true.list_opted_out() != set()


def test_the_letter_tells_the_truth(tenant: Tenant, true: TrueFigures) -> None:
    for monday in MONDAYS:
        week = read_week(tenant, monday, ANCHOR)
        this, sums = week.this, true.sum_up(monday, week.sunday)
        found = (this.conversations, this.leads, this.visits, this.conversions)
        assert found == (sums.conversations, sums.leads, sums.visits, sums.enrolments), monday
        assert this.response_seconds == true.compute_response_time(monday, week.sunday), monday
        assert week.all_waiting == len(true.list_hot_waits())


def test_the_export_tells_the_truth(tenant: Tenant, true: TrueFigures) -> None:
    file = io.BytesIO()
    export_tenant(tenant.slug, None, None, "csv", file)
    names = (
        "Conversa",
        "Canal",
        "Criada em",
        "Lead",
        "Nota",
        "Visita agendada",
        "Conversão no CRM",
    )
    lines = csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";")
    found = Counter(tuple(line[name] for name in names) for line in lines)
    assert found == Counter(map(true.describe_row, true.episodes))
