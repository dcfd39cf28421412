"""Words on the screen: no menu, dialog or error shows a tenant English or technical words."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, VAZIA
from geniai_pipeline_tests.browser.pages import expect_charts_loaded, open_tab
from geniai_pipeline_tests.support.waiting import wait_until
from geniai_superset import SUPERSET

_PANEL = "/superset/dashboard/painel/"
_TABS = ("Conversas paradas", "Hoje", "Leads", "Velocidade", "Canais e anúncios")
"""The last one has every filter."""
_MENUS = ".ant-dropdown, .ant-modal-content, .ant-popover, .ant-select-dropdown, .ant-tooltip"
_TECHNICAL = re.compile(
    r"DATEADD|DATETIME|SELECT |não incluído|banco de dados|YAML|escopo"
    r"|dashboard_(?:viewer|admin)|tenant_\w+|NATIVE_FILTER|\d{4}-\d\d-\d\d|\bNaN\b|undefined"
)
_MESSAGES = SUPERSET / "translations" / "pt_BR" / "LC_MESSAGES" / "messages.json"
_ALIKE = {"Total", "OK", "Menu", "Robot", "Lead", "Leads", "Data", "Status"}
"""Words that both languages have."""


def test_the_menus_speak_portuguese(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    found = [(state, words) for state, text in _open_menus(page) if (words := _foreign(text))]

    assert found == []


def test_an_automatic_refresh_has_each_choice_once(panel: Page) -> None:
    _open_refresh_dialog(panel)
    dialog = panel.locator(".ant-modal-content")

    for choice in ("5 minutos", "30 minutos", "1 hora"):
        expect(dialog.get_by_text(choice, exact=True)).to_have_count(1)
    for choice in ("segundos", "6 horas"):
        expect(dialog.locator("label", has_text=choice)).to_have_count(0)
    _close_dialog(panel)


def test_superset_s_own_lists_lead_to_the_panel(panel: Page) -> None:
    for path in ("/dashboard/list/", "/chart/list/", "/tablemodelview/list/"):
        answer = panel.request.get(get_settings().superset_url + path)
        assert _PANEL in answer.url, path


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("email", [FORTE.viewer, FORTE.admin, VAZIA.viewer])
def test_every_state_speaks_portuguese(sign_in: SignIn, email: str) -> None:
    page = sign_in(email, may_complain=True)  # of the errors that it makes
    found = [(state, words) for state, text in _open_states(page) if (words := _foreign(text))]

    assert found == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Leads\n2 horas", []), ("Force refresh", ["Force refresh"]),
        ("até 2026-11-28 00:00:00", ["2026-11-28"]), ("Perfil tenant_forte", ["tenant_forte"]),
    ],
)  # fmt: skip
def test_the_word_list_finds_what_is_foreign(text: str, words: list[str]) -> None:
    assert _foreign(text) == words


def _foreign(text: str) -> list[str]:
    """Lists the lines that are Superset's English, and the technical words."""
    lines = [line.strip() for line in re.split(r"[\n\t]", text)]
    return [line for line in lines if line in _ENGLISH] + _TECHNICAL.findall(text)


def _read_english() -> set[str]:
    """Returns Superset's English texts of two letters or more that have another translation."""
    pack = json.loads(_MESSAGES.read_text(encoding="utf-8"))["locale_data"]["superset"]
    return {
        english
        for english, forms in pack.items()
        if len(english) > 2 and "%" not in english and english not in {*forms, *_ALIKE}
    }


_ENGLISH = _read_english()


def _open_states(page: Page) -> Iterator[tuple[str, str]]:
    """Opens every state that a tenant's user can reach, and yields its name and its text."""
    for tab in _TABS:
        open_tab(page, tab)
        _wait(page)
        yield tab, page.inner_text("body")
        charts = page.locator("[data-test-chart-name]").filter(visible=True)
        for i in range(charts.count()):
            button = charts.nth(i).get_by_test_id("slice-header").get_by_role("button")
            if button.filter(visible=True).count():
                button.filter(visible=True).last.click()
                yield f"{tab}: menu {i}", _read_open(page)
                page.keyboard.press("Escape")
    yield from _open_menus(page)
    for path in ("/user_info/", "/nao-existe", "/sqllab/", "/superset/dashboard/lead/",
                 "/superset/dashboard/administracao/"):  # fmt: skip
        page.goto(get_settings().superset_url + path)
        _wait(page)
        yield path, page.inner_text("body")
    for status in (400, 500, 504):
        page.route("**/api/v1/chart/data**", _refusal(status))
        page.goto(get_settings().superset_url + _PANEL)
        expect(page.get_by_role("alert").first).to_be_visible()
        yield f"charts that answer {status}", page.inner_text("body")
        page.unroute("**/api/v1/chart/data**")


def _refusal(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status)


def _open_menus(page: Page) -> Iterator[tuple[str, str]]:
    """Opens the menus and dialogs of the page and of its filters, and yields their texts."""
    _open_refresh_dialog(page)
    yield "refresh", _read_open(page)
    _close_dialog(page)
    for kind in (None, "Anterior", "Atual", "Personalizado"):
        if kind is None:
            page.get_by_text("Últimos 30 dias").first.click()
        else:
            page.locator(".ant-popover .ant-select").first.click()
            page.locator(".ant-select-item-option", has_text=kind).first.click()
        expect(page.locator(".ant-popover")).to_contain_text("Período escolhido")
        yield f"period {kind}", _read_open(page)
    dates = page.locator(".ant-popover .ant-picker input")
    yield "days", "\n".join(dates.nth(i).input_value() for i in range(dates.count()))
    page.goto(f"{get_settings().superset_url}/user_info/")
    for button in ("Trocar a minha senha", "Editar os meus dados"):
        page.get_by_role("button", name=button).click()
        yield button, _read_open(page)
        _close_dialog(page)


def _open_refresh_dialog(page: Page) -> None:
    _wait(page)
    page.get_by_test_id("actions-trigger").click()
    page.get_by_text("Atualização automática").click()
    expect(page.locator(".ant-modal-content")).to_be_visible()


def _close_dialog(page: Page) -> None:
    dialog = page.locator(".ant-modal-content")
    # a click on a dialog that is still opening is lost
    wait_until(lambda: _is_closed(page, dialog), seconds=30, pause=0.5)


def _is_closed(page: Page, dialog: Locator) -> bool:
    if dialog.count():
        page.locator(".ant-modal-close").click(timeout=5_000)
        page.wait_for_timeout(1_000)  # it fades
    return dialog.count() == 0


def _read_open(page: Page) -> str:
    opened = page.locator(_MENUS).filter(visible=True)
    expect(opened.first).to_be_visible()
    return "\n".join(opened.all_inner_texts())


def _wait(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect_charts_loaded(page)
