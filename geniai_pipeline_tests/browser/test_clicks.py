"""Charts under a mouse: a bar filters by the category it stands for, everything else by nothing."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, compare, count
from geniai_pipeline_tests.browser.pages import choose_filter, expect_figures, find_chart, open_tab

_MENU = ".ant-dropdown:visible, .ant-menu-submenu-popup:visible"


def test_a_click_on_a_bar_filters_by_what_it_stands_for(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    expect_figures(page, *compare(FORTE))
    leads = {name: _count_leads(name) for name in ("Instagram", "WhatsApp")}
    chart, chip = find_chart(page, "Leads por canal"), _find_chip(page, "Leads por canal")

    # the longest bar is on top; of two that are as long, either may be
    tops = [name for name in leads if leads[name] == max(leads.values())]
    _click(chart, 0.35, 0.3)
    expect(chip).to_have_text(re.compile(f"Canal.*({'|'.join(tops)})"))
    top = next(name for name in tops if name in chip.inner_text())
    bottom = next(name for name in leads if name != top)
    expect_figures(page, *compare(FORTE, where=f"inbox_name = '{top}'"))
    _click(chart, 0.35, 0.6)
    expect(chip).to_have_text(re.compile(f"Canal.*{bottom}"))
    expect_figures(page, *compare(FORTE, where=f"inbox_name = '{bottom}'"))
    page.get_by_test_id("filter-bar__clear-button").click()

    expect(chip).to_have_count(0)
    expect_figures(page, *compare(FORTE))
    choose_filter(page, "canal", "Instagram")
    expect_figures(page, *compare(FORTE, where="inbox_name = 'Instagram'"))


def test_a_click_on_a_score_filters_by_it(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    open_tab(page, "Leads")

    _click(find_chart(page, "Qualidade das conversas"), 0.35, 0.5)

    score = "2 · curiosidade"
    chip = _find_chip(page, "Qualidade das conversas")
    expect(chip).to_have_text(re.compile(f"Nota.*{score}"))
    rows = find_chart(page, "Leads", "table").locator("tbody tr")
    expect(rows).to_have_count(count(FORTE, where="lead_score = 2").leads)


def test_a_click_on_a_part_of_a_day_filters_by_its_channel(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    open_tab(page, "Canais e anúncios")
    chart, chip = find_chart(page, "Leads por dia e canal"), _find_chip(page, "Leads por dia")

    for place in range(5, 40, 2):  # the bars of a day are thin
        _click(chart, place / 100, 0.8)
        page.wait_for_timeout(400)  # a click waits for a second one
        if chip.count():
            break

    expect(chip).to_have_text(re.compile("Canal.*(Instagram|WhatsApp)"))
    channels = find_chart(page, "Canais").locator("tbody tr")
    expect(channels).to_have_count(1)


def test_what_stands_for_no_category_filters_nothing(panel: Page) -> None:
    for tab, name, spots in (
        ("Hoje", "Leads e visitas por dia", [(0.5, 0.6), (0.9, 0.04)]),  # a bar and the legend
        ("Hoje", "Da conversa à matrícula", [(0.1, 0.4)]),
        ("Hoje", "O que aconteceu com os leads", [(0.1, 0.4)]),
        ("Velocidade", "Quando os leads escrevem", [(0.3, 0.3), (0.06, 0.5)]),
    ):
        open_tab(panel, tab)
        for x, y in spots:
            for button in ("left", "right"):
                _click(find_chart(panel, name), x, y, button)
            panel.wait_for_timeout(400)
            assert panel.locator(_MENU).count() == 0
    open_tab(panel, "Hoje")
    _click(find_chart(panel, "Leads por canal"), 0.35, 0.3, "right")
    panel.wait_for_timeout(400)

    assert panel.locator(_MENU).count() == 0
    expect(panel.get_by_test_id("filter-bar__apply-button")).to_be_visible()
    assert panel.get_by_test_id("cross-filters-highlight-emitter").count() == 0


def _click(chart: Locator, x: float, y: float, button: Any = "left") -> None:
    """Clicks a place of the chart's drawing, or of its card, by its parts of width and height."""
    canvas = chart.locator("canvas")
    expect(canvas.or_(chart.locator("tbody td")).first).to_be_visible()
    part = canvas.first if canvas.count() else chart
    box = part.bounding_box()
    assert box is not None
    part.click(position={"x": box["width"] * x, "y": box["height"] * y}, button=button)


def _find_chip(page: Page, name: str) -> Locator:
    """What the filter bar says of a chart that filters the page."""
    emitter = page.get_by_test_id("cross-filters-highlight-emitter").locator("xpath=../..")
    return emitter.filter(has_text=name)


def _count_leads(channel: str) -> int:
    return count(FORTE, where=f"inbox_name = '{channel}'").leads
