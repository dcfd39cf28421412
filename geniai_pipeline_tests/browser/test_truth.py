"""What the page shows of a sample gym is what SQL says, and plain Python over the gym's truth."""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import pytest
from playwright.sync_api import Page, expect

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline import administration
from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import PASSWORD, Figures
from geniai_pipeline_tests.browser.pages import expect_figures, find_chart
from geniai_pipeline_tests.support.syncs import SyncedTenant
from geniai_pipeline_tests.support.true_figures import TrueFigures
from geniai_pipeline_tests.support.true_judgements import import_sales, judge_by_truth

GYM = next(gym for gym in GYMS if gym.slug == "mare-bike")
EMAIL = f"dono@{GYM.slug}.example.com"
DAYS = timedelta(days=30)


@pytest.fixture(scope="module")
def true(superset: Superset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrueFigures]:
    """The figures by the truth of a world that ends now, and a tenant that was synced from it."""
    with DemoServer(seed=3, requests_per_minute=100_000) as server:
        account = server.world.accounts[GYM.account_id]
        true = TrueFigures(account, server.world.anchor, server.world.anchor)
        config = TenantConfig(
            chatwoot_url=server.url,
            chatwoot_account_id=GYM.account_id,
            chatwoot_token=GYM.token,
            timezone=GYM.timezone,
            converted_labels=[GYM.converted_label],
        )
        administration.add_tenant(GYM.slug, GYM.name, config)
        administration.add_user(EMAIL, role="viewer", tenant=GYM.slug, password=PASSWORD)
        tenant = registry.load_tenant(GYM.slug)
        folder = tmp_path_factory.mktemp("sales")
        import_sales(tenant, account, server.world.anchor, folder)
        with dg.DagsterInstance.ephemeral() as instance:
            assert SyncedTenant(tenant, server, instance).sync().success
        judge_by_truth(tenant, true)
        yield true
    administration.remove_tenant(GYM.slug)


def test_the_page_shows_the_truth(sign_in: SignIn, true: TrueFigures) -> None:
    page = sign_in(EMAIL)

    today = true.today
    first, before = today - DAYS + timedelta(days=1), today - DAYS
    expect_figures(
        page,
        count_by_truth(true, first, today),
        count_by_truth(true, before - DAYS + timedelta(days=1), before),
    )
    assert count_by_truth(true, first, today) == count_by_sql(first, today)

    funnel = true.count_funnel(first, today)
    assert read_bars(page, "Da conversa à matrícula", len(funnel)) == funnel
    fates = true.count_fates(first, today)
    assert read_bars(page, "O que aconteceu com as visitas", len(fates)) == fates
    outcomes = true.count_outcomes(first, today)
    assert read_bars(page, "O que aconteceu com os leads", len(outcomes), name=1) == outcomes
    hot = true.list_hot_waits()
    links = find_chart(page, "Leads quentes esperando resposta").locator("tbody tr")
    expect(links).to_have_count(len(hot))


def count_by_truth(true: TrueFigures, first: date, last: date) -> Figures:
    sums = true.sum_up(first, last)
    return Figures(
        sums.conversations, sums.leads, sums.visits, sums.enrolments, sums.lead_enrolments
    )


def count_by_sql(first: date, last: date) -> Figures:
    """Counts the rows of the tables that the page's views read."""
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select count(*) filter (where began between %(first)s and %(last)s),"
            " count(*) filter (where is_new_lead and began between %(first)s and %(last)s),"
            " count(*) filter (where agreed between %(first)s and %(last)s),"
            " count(*) filter (where enrolled_on between %(first)s and %(last)s),"
            " count(*) filter (where is_new_lead and enrolled_on is not null"
            "     and began between %(first)s and %(last)s)"
            " from (select c.*, (c.created_at at time zone %(zone)s)::date as began,"
            "     (c.visit_agreed_at at time zone %(zone)s)::date as agreed"
            "   from analytics.conversations_analytics c join ops.tenants using (tenant_id)"
            "   where slug = %(slug)s) episodes",
            {"first": first, "last": last, "zone": GYM.timezone, "slug": GYM.slug},
        ).fetchone()
    assert row is not None
    return Figures(*row)


def read_bars(page: Page, title: str, number: int, name: int = 0) -> dict[str, int]:
    """Reads a table of bars once it has so many rows: the name in one column, the bar after it."""
    rows = find_chart(page, title).locator("tbody tr")
    expect(rows).to_have_count(number)
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    return {row[name].strip(): int(row[name + 1]) for row in cells}
