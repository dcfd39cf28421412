"""The dashboards under a thumb, at 390 x 844."""

import itertools

from playwright.sync_api import FloatRect, Locator, Page, expect

from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, compare
from geniai_pipeline_tests.browser.pages import PHONE, expect_figures, find_chart, open_tab

_OPACITY = """bar => {
    const color = getComputedStyle(bar).backgroundColor;
    return color.startsWith('rgba') ? Number(color.split(',')[3].replace(')', '')) : 1;
}"""
_ON_TOP = """bar => {
    const box = bar.getBoundingClientRect();
    return bar.contains(document.elementFromPoint(box.left + 100, box.top + box.height / 2));
}"""


def test_the_frame_takes_180_pixels_and_hides_what_is_below(sign_in: SignIn) -> None:
    for email in (FORTE.viewer, FORTE.admin):  # the administrator has a menu
        page = _open(sign_in, email)
        tabs = _box(page.get_by_test_id("nav-list").first)
        assert tabs["y"] + tabs["height"] <= 180
        for part in (page.get_by_text("Conta", exact=True), page.get_by_alt_text(FORTE.name)):
            box = _box(part)
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 48
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

        page.evaluate("scrollTo(0, 900)")
        bar = page.locator(".dashboard-component-tabs").first
        assert bar.evaluate(_OPACITY) == 1, "rows show through the tabs"
        assert bar.evaluate(_ON_TOP)


def test_filters_are_chosen_in_a_drawer(sign_in: SignIn) -> None:
    page = _open(sign_in, FORTE.viewer)
    expect_figures(page, *compare(FORTE))
    more, apply = page.get_by_test_id("dropdown-container-btn"), _find_apply(page)
    clear = page.get_by_test_id("filter-bar__clear-button")
    boxes = [_box(part) for part in (more, apply, clear)]
    for left, right in itertools.pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"]
    assert boxes[-1]["x"] + boxes[-1]["width"] <= 390

    _choose(page, "canal", "Instagram")

    drawer = page.get_by_test_id("dropdown-content")
    expect(drawer).to_be_hidden()
    expect_figures(page, *compare(FORTE, where="inbox_name = 'Instagram'"))


def test_twenty_leads_need_no_turning_and_the_rest_is_a_tap_away(sign_in: SignIn) -> None:
    page = _open(sign_in, FORTE.viewer)
    leads = _open_list(page)
    rows = leads.locator("tbody tr")
    expect(rows).to_have_count(20)
    for row in rows.all():
        assert _box(row)["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    second = leads.locator(".dt-pagination a").nth(1)
    box = _box(second)
    assert min(box["width"], box["height"]) >= 44
    second.click()

    expect(rows).to_have_count(compare(FORTE)[0].leads - 20)


def test_back_returns_to_the_lead_and_the_list_as_it_was(sign_in: SignIn) -> None:
    page = _open(sign_in, FORTE.viewer)
    leads = _open_list(page)
    _choose(page, "lista", "Outras conversas")
    search, rows = leads.get_by_role("textbox").last, leads.locator("tbody tr")
    expect(leads.locator(".dt-pagination a").nth(2)).to_be_visible()
    with page.expect_response(lambda answer: "search_text" in (answer.request.post_data or "")):
        search.fill("forte")
    leads.locator(".dt-pagination a").nth(2).click()
    row = rows.nth(4)
    expect(leads.locator(".dt-pagination .active")).to_have_text("3")
    expect(rows).to_have_count(compare(FORTE)[0].conversations - 40)
    row.evaluate("row => row.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1000)  # the address keeps a state half a second after it changes
    name, place = row.locator("a").first.inner_text(), _box(row)

    page.mouse.click(place["x"] + place["width"] - 4, place["y"] + 4)  # beside each word
    expect(find_chart(page, "Quem é")).to_contain_text(name)
    facts = _box(find_chart(page, "Quem é").locator("table"))
    assert _box(find_chart(page, "Quem é"))["height"] < facts["height"] + 100
    page.go_back(wait_until="commit")

    expect(row.locator("a").first).to_have_text(name)
    expect(search).to_have_value("forte")
    expect(leads.locator(".dt-pagination .active")).to_have_text("3")
    page.wait_for_timeout(1500)
    assert abs(_box(row)["y"] - place["y"]) <= 2


def _open(sign_in: SignIn, email: str) -> Page:
    page = sign_in(email, size=PHONE)
    expect(find_chart(page, "Esperando agora").locator("td")).to_be_visible()
    return page


def _open_list(page: Page) -> Locator:
    open_tab(page, "Leads")
    leads = find_chart(page, "Leads", "table")
    expect(leads.locator("tbody tr")).to_have_count(20)
    return leads


def _choose(page: Page, name: str, value: str) -> None:
    """Sets a filter in the drawer, whose buttons lie below the filters."""
    page.get_by_test_id("dropdown-container-btn").click()
    page.get_by_test_id("dropdown-content").get_by_test_id(f"NATIVE_FILTER-{name}").click()
    page.locator(".ant-select-item-option", has_text=value).first.click()
    page.keyboard.press("Escape")
    last = _box(page.get_by_test_id("dropdown-content").get_by_test_id("form-item-value").last)
    button = _box(_find_apply(page))
    assert last["y"] + last["height"] <= button["y"]
    assert button["y"] + button["height"] <= 844
    _find_apply(page).click()


def _find_apply(page: Page) -> Locator:
    return page.get_by_test_id("filter-bar__apply-button")


def _box(part: Locator) -> FloatRect:
    box = part.bounding_box()
    assert box is not None
    return box
