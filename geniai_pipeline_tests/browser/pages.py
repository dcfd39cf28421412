"""Page objects of a dashboard: charts, tabs and filters; and what bars people from a page."""

import re
from importlib import resources

from playwright.sync_api import Locator, Page, ViewportSize, expect

from geniai_pipeline_tests.browser.gyms import Figures

TALL: ViewportSize = {"width": 1400, "height": 2400}
"""A screen as high as a whole tab: charts below the screen are not loaded."""
LARGE: ViewportSize = {"width": 1440, "height": 900}
SMALL: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES = (LARGE, SMALL, PHONE)
"""An owner's screens and an attendant's phone."""

_ON_SIX_CARDS = """numbers => {
    const boxes = part => [...numbers.querySelectorAll(part)].map(e => e.getBoundingClientRect());
    const cards = boxes('thead tr:last-child th:nth-child(3n + 1)');
    const lies = (box, card) => box.left > card.left && box.right < card.right
        && box.top > card.top && box.bottom < card.bottom;
    return new Set(cards.map(card => `${card.left} ${card.top}`)).size === 6
        && ['td:nth-child(3n + 1)', 'td:nth-child(3n)'].every(
            part => boxes(part).every((box, i) => lies(box, cards[i])));
}"""


def find_chart(page: Page, name: str, kind: str | None = None) -> Locator:
    """Returns the card of a chart."""
    selector = f'[data-test-viz-type="{kind}"]' if kind else ""
    return page.locator(f'[data-test-chart-name="{name}"]{selector}').first


def expect_figures(page: Page, now: Figures, before: Figures) -> None:
    """Waits until the six cards show the figures and their changes."""
    titles, figures, changes = zip(*now.as_shown(before), strict=True)
    numbers = find_chart(page, "Números")
    for part, texts in (
        ("thead tr:last-child th:nth-child(3n + 1)", titles),
        ("td:nth-child(3n + 1)", figures),
        ("td:nth-child(3n)", changes),
    ):
        expect(numbers.locator(part).filter(visible=True)).to_have_text(texts)
    assert numbers.evaluate(_ON_SIX_CARDS)


def expect_charts_loaded(page: Page) -> None:
    """Waits until no chart on the screen loads."""
    expect(page.get_by_test_id("loading-indicator").filter(visible=True)).to_have_count(0)


def open_tab(page: Page, name: str) -> None:
    """Opens one of the panel's tabs."""
    tab = page.locator(".ant-tabs-tab", has_text=name)
    tab.dispatch_event("click")
    expect(tab).to_have_class(re.compile("ant-tabs-tab-active"))


def choose_filter(page: Page, name: str, value: str) -> None:
    """Sets a filter of the page to one value."""
    page.get_by_test_id(f"NATIVE_FILTER-{name}").click()
    page.locator(".ant-select-item-option", has_text=value).first.click()
    page.keyboard.press("Escape")
    page.get_by_test_id("filter-bar__apply-button").click()


def find_barriers(page: Page) -> list[str]:
    """Lists what axe-core finds serious or critical: its rule and the element."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(
        """async () => (await axe.run()).violations
            .filter(rule => ["serious", "critical"].includes(rule.impact))
            .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`))"""
    )
    return found
