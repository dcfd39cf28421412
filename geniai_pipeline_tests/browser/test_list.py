"""The list of leads: searched by name or phone, the most urgent first, whole on any screen."""

from datetime import datetime, timedelta, timezone
from typing import Any

from playwright.sync_api import Locator, Page, expect

from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, number
from geniai_pipeline_tests.browser.pages import SMALL, find_chart, open_tab

_NAMES = 'td[aria-labelledby="header-lead_link"]'


def test_a_lead_is_found_by_name_or_phone(sign_in: SignIn) -> None:
    rows = _open_list(sign_in(FORTE.viewer))
    for text, name in (  # each finds another than the one before
        ("ze", "‹b›Zé‹/b› forte 5"), ("Fórte 23", "Contato forte 23"),
        ("+55 11 98000 0011", "Contato forte 11"), ("(11) 98000-0023", "Contato forte 23"),
        ("98000 0011", "Contato forte 11"),
    ):  # fmt: skip
        _search(rows, text)
        expect(rows.locator(_NAMES)).to_have_text([name])
    for text in ("leve", "<b>ninguém</b>"):
        _search(rows, text)
        expect(rows.locator("tbody")).to_have_text(f"Nenhum lead encontrado com “{text}”.")


def test_who_has_the_least_time_left_is_first(panel: Page) -> None:
    with connect(admin_url()) as connection:
        leads = connection.execute(
            "select replace(replace(contact_name, '<', '‹'), '>', '›'), awaits_reply,"
            " last_spoke_at, reply_until, lead_score, created_at"
            " from analytics.conversations_analytics"
            " where tenant_id = %s and is_lead and created_at > now() - interval '29 days'",
            [number(FORTE)],
        ).fetchall()
    now = datetime.now(timezone.utc)

    def urgency(lead: tuple[Any, ...]) -> tuple[Any, ...]:
        _, awaits, spoke, until, score, created = lead
        waits = awaits and spoke > now - timedelta(days=7)
        left = (until - now) if until > now else timedelta(days=7) + (now - spoke)
        return not waits, left if waits else timedelta(), -score, now - created

    names = [name for name, *_ in sorted(leads, key=urgency)][:20]
    assert sum(lead[1] and lead[2] > now - timedelta(days=7) for lead in leads) > 1

    rows = _open_list(panel)

    expect(rows.locator(_NAMES)).to_have_text(names)


def test_a_small_screen_shows_the_headline_and_each_column_whole(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer, size=SMALL)
    headline = find_chart(page, "Esperando agora")
    expect(headline.locator("td")).to_contain_text("dentro do prazo")
    card = headline.locator("xpath=ancestor::*[@data-test='dashboard-component-chart-holder']")
    assert _bottom(headline.locator("td")) <= _bottom(card)
    for tab, name in (("Hoje", "Leads quentes esperando resposta"), ("Leads", "Leads")):
        open_tab(page, tab)
        chart = find_chart(page, name, "table")
        expect(chart.locator("tbody tr").first).to_be_visible()
        expect(chart.locator('a[href^="tel:+55"]').first).to_be_visible()
        edges = chart.locator("thead th, tbody td").evaluate_all(
            "cells => cells.map(c => c.getBoundingClientRect().right)"
        )
        box = chart.bounding_box()
        assert box is not None
        assert max(edges) <= box["x"] + box["width"] + 1, name


def _open_list(page: Page) -> Locator:
    open_tab(page, "Leads")
    rows = find_chart(page, "Leads", "table")
    expect(rows.locator(_NAMES)).to_have_count(20)
    return rows


def _search(rows: Locator, text: str) -> None:
    rows.get_by_role("textbox").last.fill(text)


def _bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]
