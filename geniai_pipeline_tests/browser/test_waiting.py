"""An open page keeps up with who waits, and asks for no more than that."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Page, Request, ViewportSize, expect

from geniai_pipeline.warehouse.connections import admin_url, connect, tenant_transaction
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STRANGER, Gym, number
from geniai_pipeline_tests.browser.pages import (
    LARGE,
    PHONE,
    expect_charts_loaded,
    find_chart,
    open_tab,
)
from geniai_pipeline_tests.browser.visitor import Visitor
from geniai_pipeline_tests.support.published import note_waiting, publish

_PATH = "/geniai/espera"
_SECONDS, _BACKLOG_SECONDS = 6, 30
_CONVERSATION = 9001
_NAME = "Recém-chegada"
_SHOWS = {"Esperando agora", "Leads quentes esperando resposta"}
_WATCH_LOADING = """() => {
    window.loadings = 0;
    new MutationObserver(changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(node => {
        window.loadings += Boolean(node.querySelector?.('[data-test="loading-indicator"]'));
    }))).observe(document.body, { childList: true, subtree: true });
}"""
_SHOW_TAB = """isShown => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !isShown });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("size", [LARGE, PHONE], ids=["desk", "phone"])
def test_who_begins_to_wait_is_shown_in_an_open_page(sign_in: SignIn, size: ViewportSize) -> None:
    page = sign_in(FORTE.viewer, size=size)
    hot, now = (find_chart(page, name) for name in sorted(_SHOWS, reverse=True))
    hot.scroll_into_view_if_needed()
    expect(hot.locator("tbody tr").filter(visible=True).first).to_be_visible()
    expect_charts_loaded(page)
    page.wait_for_timeout(2500)  # charts that came from the cache are asked for once more
    requests = _list_requests(page)
    page.evaluate("scrollTo(0, 500)")
    menu = hot.get_by_test_id("slice-header").get_by_role("button")
    menu.click()
    expect(page.get_by_role("menu").filter(visible=True).first).to_be_visible()
    table = hot.locator("table").filter(visible=True).last
    table.evaluate("table => { table.isSame = true; }")
    place = page.evaluate("[scrollX, scrollY]")
    page.evaluate(_WATCH_LOADING)

    with _waiting_lead(FORTE):
        link = hot.get_by_role("link", name=_NAME)
        expect(link).to_be_attached(timeout=1000 * _SECONDS)
        expect(now).to_contain_text(re.compile("leads? quentes? esper"))
        assert page.evaluate("[scrollX, scrollY]") == place
        expect(page.get_by_role("menu").filter(visible=True).first).to_be_visible()
        assert table.evaluate("table => table.isSame")
        assert page.evaluate("loadings") == 0
        assert set(requests) == {_PATH, *_SHOWS}


def test_a_hidden_page_asks_nothing_and_a_shown_one_at_once(panel: Page) -> None:
    open_tab(panel, "Leads")
    rows = find_chart(panel, "Leads", "table").locator("tbody tr")
    expect(rows).to_have_count(20)
    requests = _list_requests(panel)
    _show_tab(panel, is_shown=False)
    with _waiting_lead(FORTE):
        panel.wait_for_timeout(1000 * (_SECONDS - 1))
        assert requests == []
        _show_tab(panel, is_shown=True)
        expect(rows.filter(has_text=_NAME)).to_be_attached(timeout=3000)
        for _ in range(30):  # the list may have been under way when the page was hidden
            if len(requests) > 1:
                break
            panel.wait_for_timeout(100)
        assert requests == [_PATH, "Leads"]
    open_tab(panel, "Hoje")
    hot = find_chart(panel, "Leads quentes esperando resposta")
    expect(hot.get_by_role("link", name=_NAME)).to_have_count(0, timeout=1000 * _SECONDS)


def test_the_backlog_keeps_up_on_its_first_page_and_leaves_the_second_alone(panel: Page) -> None:
    open_tab(panel, "Conversas paradas")
    chart = find_chart(panel, "Conversas paradas")
    rows, pages = chart.locator("tbody tr"), chart.locator(".dt-pagination li")
    expect(rows).to_have_count(20)
    new = rows.filter(has_text=_NAME)
    with _waiting_lead(FORTE, since=timedelta(days=60)):
        expect(new).to_be_attached(timeout=1000 * _SECONDS)
        pages.get_by_text("2", exact=True).click()
        expect(pages.locator("xpath=self::*[contains(@class, 'active')]")).to_have_text("2")
        second = rows.all_text_contents()
        panel.wait_for_timeout(1000)
        requests = _list_requests(panel)
    panel.wait_for_timeout(1000 * (_SECONDS + 1))
    assert set(requests) == {_PATH}
    assert rows.all_text_contents() == second
    pages.get_by_text("1", exact=True).click()
    expect(rows).to_have_count(20)
    expect(new).to_have_count(0, timeout=1000 * (_BACKLOG_SECONDS + _SECONDS))


def test_times_count_on_by_the_rule_of_sql(panel: Page) -> None:
    minutes = [*range(-3, 121), *range(121, 30_000, 97)]
    seconds = [60 * each + offset for each in minutes for offset in (0, 31)]
    with connect(admin_url()) as connection:
        expected = connection.execute(
            "select array_agg(dashboards.duration(60 * floor(s / 60)) order by i),"
            " array_agg(dashboards.time_left('WhatsApp', t + s * interval '1 s', t) order by i),"
            " array_agg(dashboards.time_left('Instagram', t + s * interval '1 s', t) order by i)"
            " from unnest(%s::numeric[]) with ordinality each (s, i), (select now()) at (t)",
            [seconds],
        ).fetchone()
    written = panel.evaluate(
        """seconds => [seconds.map(s => writeDuration(60 * Math.floor(s / 60))),
            seconds.map(s => writeTimeLeft(s, true)), seconds.map(s => writeTimeLeft(s, false))]""",
        seconds,
    )
    assert written == list(expected or ())


def test_times_move_without_a_request(panel: Page) -> None:
    words = panel.evaluate(
        """async () => {
            const made = document.createElement("div"), now = Date.now() / 1000;
            const ago = minutes => Math.floor(now - 60 * minutes) - 2;
            made.innerHTML = `<span class="g-since-${ago(61)}">menos de 1 min</span>`
                + `<span class="g-open g-until-${ago(-90)} g-template">restam 17 h</span>`
                + `<span class="g-soon g-until-${ago(5)}">restam 3 min</span>`;
            document.body.append(made);
            while (made.textContent.startsWith("menos")) await new Promise(requestAnimationFrame);
            made.remove();
            return [...made.children].map(
                part => `${part.textContent} ${part.classList[0]}`);
        }"""
    )
    assert words[0].startswith("1 h 1 min")
    assert words[1:] == ["restam 1 h 29 min g-soon", "prazo encerrado g-late"]


def test_an_unchanged_state_is_not_sent_again(superset: object) -> None:
    viewer = Visitor(FORTE.viewer)

    def ask(known: str = "") -> Any:
        return viewer.http.get(_PATH, headers={"If-None-Match": known} if known else {})

    _change(LEVE)
    first = ask()
    assert first.status_code == 200
    _change(LEVE)
    _pause()
    unchanged = ask(first.headers["ETag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["Cache-Control"] == "no-store"
    assert abs(float(unchanged.headers["X-GeniAI-Now"]) - time.time()) < 2

    _change(FORTE)
    _pause()
    changed = ask(first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.json()["seconds_since_change"] < 5


@pytest.mark.parametrize("email", ["", STRANGER])
def test_who_sees_no_tenant_is_refused_without_a_page(superset: object, email: str) -> None:
    answer = Visitor(email).http.get(_PATH, headers={"Accept": "text/html,*/*"})

    assert (answer.status_code, answer.text) == (401, "{}")


@contextmanager
def _waiting_lead(gym: Gym, since: timedelta = timedelta()) -> Iterator[None]:
    """Has a lead begin to wait, so long ago, and stop in the end."""
    now = datetime.now(timezone.utc) - since
    publish(
        number(gym), _CONVERSATION, now, reply="Oi!", contact_name=_NAME, lead_score=5,
        awaits_reply=True, last_spoke_at=now, waiting_since=now, channel="WhatsApp",
        reply_until=now + timedelta(hours=24), last_activity_at=now,
    )  # fmt: skip
    try:
        _change(gym)
        yield
    finally:
        with tenant_transaction(number(gym)) as connection:
            for table in ("conversation_texts", "conversations_analytics"):
                connection.execute(
                    f"delete from analytics.{table} where conversation_id = %s", [_CONVERSATION]
                )
        _change(gym)


def _change(gym: Gym) -> None:
    note_waiting(number(gym))


def _list_requests(page: Page) -> list[str]:
    """Returns a list that gets each chart, or address, that the page asks for from now on."""
    names: dict[str, str] = page.evaluate(
        """() => Object.fromEntries(Object.values(supersetStore.getState().sliceEntities.slices)
            .map(slice => [slice.slice_id, slice.slice_name]))"""
    )
    requests: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/chart/data" in request.url:
            (chart,) = re.findall(r"slice_id%22%3A(\d+)", request.url)
            requests.append(names[chart])
        elif request.url.endswith(_PATH):
            requests.append(_PATH)

    page.on("request", note)
    return requests


def _show_tab(page: Page, *, is_shown: bool) -> None:
    page.evaluate(_SHOW_TAB, is_shown)


def _pause() -> None:
    """Waits until the server reads the versions anew."""
    time.sleep(0.6)
