"""Dashboards with a screen reader or a keyboard: no serious barrier, drawn figures as tables."""

from collections import Counter

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, STAFF, number
from geniai_pipeline_tests.browser.pages import (
    LARGE,
    PHONE,
    SIZES,
    SMALL,
    expect_charts_loaded,
    find_barriers,
    find_chart,
    open_tab,
)

_TABS = ("Hoje", "Leads", "Velocidade", "Canais")
_PLACES = [(tab, size) for size in SIZES for tab in _TABS]
_CHOSEN = [(tab, size) for tab, size in _PLACES if size == PHONE or tab == "Hoje"]


@pytest.mark.parametrize(
    "places",
    [
        pytest.param(_CHOSEN, id="chosen"),
        pytest.param([p for p in _PLACES if p not in _CHOSEN], id="others", marks=pytest.mark.slow),
    ],
)
def test_a_dashboard_has_no_serious_barrier(
    panel: Page, places: list[tuple[str, ViewportSize]]
) -> None:
    for tab, size in places:
        panel.set_viewport_size(size)
        open_tab(panel, tab)
        _wait_for_charts(panel)
        assert find_barriers(panel) == [], f"{tab} at {size}"


@pytest.mark.parametrize(
    "size", [PHONE, *(pytest.param(size, marks=pytest.mark.slow) for size in (LARGE, SMALL))]
)
def test_the_staffs_dashboard_has_no_serious_barrier(sign_in: SignIn, size: ViewportSize) -> None:
    page = sign_in(STAFF, path="/superset/dashboard/plataforma/", size=size)
    _wait_for_charts(page)
    assert find_barriers(page) == []


def test_a_leads_page_has_no_serious_barrier(panel: Page, sign_in: SignIn) -> None:
    open_tab(panel, "Leads")
    leads = find_chart(panel, "Leads", "table")
    link = leads.locator('a[href^="/superset/dashboard/lead/"]').first.get_attribute("href")
    page = sign_in(FORTE.viewer, path=link, size=LARGE)
    _wait_for_charts(page)
    assert find_barriers(page) == []


def test_headings_filters_and_language_are_named(panel: Page) -> None:
    _wait_for_charts(panel)
    expect(panel.locator("html")).to_have_attribute("lang", "pt-BR")
    expect(panel.locator("h1")).to_have_text(["Painel de leads"])
    for name in ("Leads quentes esperando resposta", "Leads por canal"):
        expect(panel.get_by_role("heading", level=2, name=name)).to_be_visible()
    expect(panel.locator("h4:not([aria-level='2'])")).to_have_count(0)
    expect(panel.get_by_role("combobox", name="Canal", exact=True)).to_be_attached()
    expect(panel.get_by_role("combobox", name="NATIVE_FILTER")).to_have_count(0)


def test_the_figures_of_a_drawn_chart_are_a_table(panel: Page) -> None:
    with connect(admin_url()) as connection:
        channels = connection.execute(
            "select inbox_name from analytics.conversations_analytics where tenant_id = %s"
            " and is_lead and created_at > now() - interval '29 days'",
            [number(FORTE)],
        ).fetchall()
    expected = Counter(name for (name,) in channels)
    chart = find_chart(panel, "Leads por canal")

    table = chart.get_by_role("table", name="Leads por canal")
    expect(table.locator("th")).to_have_text(["Canal", "Leads"])
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    shown = {name: int(count) for name, count in rows}
    assert shown.keys() == expected.keys()
    assert all(abs(shown[name] - expected[name]) <= 2 for name in shown), "a day begins elsewhere"
    expect(chart.locator("canvas")).to_have_attribute("aria-hidden", "true")
    days = find_chart(panel, "Leads e visitas por dia").locator(".geniai-figures tbody tr")
    assert days.first.locator("td").first.inner_text().count("/") == 2


def test_focus_is_visible(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer, size=LARGE)
    _wait_for_charts(page)
    for _ in range(8):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth)] }"
        )
        assert style[0] == "solid"
        assert style[1] >= 2
    page.get_by_role("tab", name="Hoje").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Leads")).to_have_text("Aba 2 de 5Leads")


def _wait_for_charts(page: Page) -> None:
    page.locator("[data-test-chart-name]").filter(visible=True).first.wait_for()
    expect_charts_loaded(page)
    page.wait_for_timeout(300)  # the page is described a moment after it changes
