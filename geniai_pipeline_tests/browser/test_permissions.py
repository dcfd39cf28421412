"""Necessity of permissions: without any single one, a task of its role fails.

A browser performs each task once, and the test records every request. Without the permission it
sends the requests again. Where all responses are the same, a browser repeats the tasks, because
the page alone reads some permissions.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, expect
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import ADMIN, STAFF, VIEWER, role_ids
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.gyms import FORTE, PASSWORD
from geniai_pipeline_tests.browser.gyms import STAFF as STAFFS_EMAIL
from geniai_pipeline_tests.browser.pages import choose_filter, find_chart, open_tab

_WHAT = re.compile(r'"datasource":\{"id":\d+|"result_(?:format|type)":"\w+"')
_LIST = "O que aconteceu com os leads"
# Superset answers a chart without this permission if the user may open its page, but the check
# takes a quarter longer. test_provisioning.py checks that no role has it for other datasets.
_DATASETS = "datasource_access"


@dataclass
class _Tasks:
    """A user's tasks in a browser, with the requests and console errors they cause."""

    page: Page
    email: str
    requests: dict[tuple[str, ...], tuple[Request, int]] = field(default_factory=dict)
    """Each kind of request once, with its answer's status."""
    complaints: list[str] = field(default_factory=list)

    def goes_to(self, path: str) -> None:
        self.page.goto(get_settings().superset_url + path)

    def sees_all_charts(self) -> None:
        shown = self.page.locator("[data-test-chart-name]").filter(visible=True)
        expect(shown.first).to_be_visible()
        loading = self.page.get_by_test_id("loading-indicator").filter(visible=True)
        expect(loading).to_have_count(0)
        self.page.wait_for_load_state("networkidle")


def _sends_log(day: _Tasks) -> None:
    day.goes_to("/login/")
    with day.page.expect_response("**/superset/log/**") as answer:
        day.page.evaluate(
            "fetch('/superset/log/?explode=events', {method: 'POST', body: 'events=[]'})"
        )
    assert answer.value.status == 200


def _signs_in(day: _Tasks) -> None:
    day.goes_to("/login/")
    day.page.fill("#username", day.email)
    day.page.fill("#password", PASSWORD)
    day.page.click("button[type=submit]")
    day.page.wait_for_url("**/superset/**", wait_until="commit")
    day.sees_all_charts()


def _reads_own_panel(day: _Tasks) -> None:
    page = day.page
    day.goes_to("/superset/dashboard/painel/")
    day.sees_all_charts()
    choose_filter(page, "canal", "WhatsApp")
    page.get_by_text("Últimos 30 dias").click()
    page.get_by_text("Últimos 7 dias").click()
    page.get_by_test_id("date-filter-control__apply-button").click()
    page.get_by_test_id("filter-bar__apply-button").click()
    for tab in ("Leads", "Velocidade", "Canais e anúncios", "Conversas paradas", "Hoje"):
        open_tab(page, tab)
        day.sees_all_charts()
    page.reload()  # their filters are kept
    day.sees_all_charts()
    expect(page.get_by_text("Últimos 7 dias").first).to_be_visible()
    _opens_menu(page, _LIST)
    page.get_by_text("Consultar de novo").click()
    day.sees_all_charts()
    day.goes_to("/superset/dashboard/painel/")
    find_chart(page, "Leads quentes esperando resposta").get_by_role("link").first.click()
    expect(find_chart(page, "O que fazer").locator("td").first).to_be_visible()
    day.sees_all_charts()


def _changes_own_name(day: _Tasks) -> None:
    page = day.page
    day.goes_to("/user_info/")
    page.get_by_role("button", name="Editar os meus dados").click()
    dialog = page.locator(".ant-modal-content")
    # another than before, or there is nothing to save
    dialog.locator("input").first.fill(f"Nome {uuid4().hex}")
    with page.expect_response("**/api/v1/me/") as answer:
        dialog.locator(".ant-modal-footer button").last.click()
    assert answer.value.ok
    page.wait_for_load_state("networkidle")


def _downloads(day: _Tasks) -> None:
    day.goes_to("/superset/dashboard/painel/")
    day.sees_all_charts()
    _opens_menu(day.page, _LIST)
    day.page.get_by_text("Baixar", exact=True).last.hover()
    with day.page.expect_download():
        day.page.get_by_text("Exportar para .CSV").click()


def _reads_administration_page(day: _Tasks) -> None:
    day.goes_to("/superset/dashboard/administracao/")
    day.sees_all_charts()


def _looks_at_clients(day: _Tasks) -> None:
    day.goes_to("/superset/dashboard/plataforma/")
    day.sees_all_charts()
    day.goes_to(f"/geniai/cliente/{FORTE.slug}")
    day.sees_all_charts()
    day.goes_to("/geniai/clientes/")
    day.sees_all_charts()


def _opens_menu(page: Page, name: str) -> None:
    find_chart(page, name).get_by_test_id("slice-header").get_by_role("button").click()


_Act = Callable[[_Tasks], None]
_READER: tuple[_Act, ...] = (_signs_in, _reads_own_panel, _changes_own_name)
_MANAGER = (*_READER, _downloads, _reads_administration_page)
_DAYS: dict[str, tuple[str, tuple[_Act, ...]]] = {
    "Public": ("", (_sends_log,)),
    VIEWER: (FORTE.viewer, _READER),
    ADMIN: (FORTE.admin, _MANAGER),
    STAFF: (STAFFS_EMAIL, (*_MANAGER, _looks_at_clients)),
}
"""Who has the role, and what they do."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", list(_DAYS))
def test_every_permission_is_needed(
    superset: Superset, browser: Browser, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"/api/v1/security/roles/{role_ids(superset)[role]}/permissions"
    stored = superset.get(f"{path}/")["result"]
    every = {"permission_view_menu_ids": [entry["id"] for entry in stored]}
    granted = [entry for entry in stored if entry["permission_name"] != _DATASETS]
    found: dict[str, str] = {}
    with _perform_tasks(browser, role) as (day, context):
        assert day.complaints == [], "with all of them nothing may break"
        for kind in _changed_responses(context, day):  # nobody signs in twice
            del day.requests[kind]
        for taken in granted:
            name = f"{taken['permission_name']} {taken['view_menu_name']}"
            left = [entry["id"] for entry in stored if entry != taken]
            superset.post(path, {"permission_view_menu_ids": left})
            try:
                refused = "; ".join(_changed_responses(context, day).values())
                found[name] = refused or _find_failure(browser, role)
            finally:
                superset.post(path, every)

    with capsys.disabled():
        _print(role, found)
    assert not [name for name, broken in found.items() if not broken]


@contextmanager
def _perform_tasks(
    browser: Browser, role: str, seconds: float = 60
) -> Iterator[tuple[_Tasks, BrowserContext]]:
    """Performs all tasks of a role; raises where one fails."""
    email, acts = _DAYS[role]
    context = browser.new_context(
        viewport={"width": 1400, "height": 2400},
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
    )
    expect.set_options(timeout=seconds * 1000)
    context.set_default_timeout(seconds * 1000)
    try:
        day = _Tasks(context.new_page(), email)
        context.on("response", lambda answer: _keep(day, answer.request, answer.status))
        day.page.on("pageerror", lambda error: day.complaints.append(str(error)))
        day.page.on(
            "console",
            lambda line: day.complaints.append(line.text) if line.type == "error" else None,
        )
        for act in acts:
            act(day)
        yield day, context
    finally:
        expect.set_options(timeout=60_000)
        context.close()


def _keep(day: _Tasks, request: Request, status: int) -> None:
    path = urlsplit(request.url).path
    if not path.startswith("/static/") and request.url.startswith("http"):
        kind = (request.method, path, *_WHAT.findall(request.post_data or ""))
        day.requests.setdefault(kind, (request, status))


def _changed_responses(context: BrowserContext, day: _Tasks) -> dict[tuple[str, ...], str]:
    """Returns the requests with another response than recorded, and that response."""
    refused = {}
    for kind, (request, status) in day.requests.items():
        headers = {
            name: value for name, value in request.headers.items() if name != "content-length"
        }
        answer = context.request.fetch(
            request.url,
            method=request.method,
            headers=headers,
            data=request.post_data,
            max_redirects=0,
        )
        if answer.status != status:
            refused[kind] = f"{answer.status} instead of {status}: {' '.join(kind)}"
    return refused


def _find_failure(browser: Browser, role: str) -> str:
    """Returns the task that fails, or the browser's console errors."""
    try:
        with _perform_tasks(browser, role, seconds=15) as (day, _):
            return "; ".join(day.complaints)
    except (AssertionError, Error) as error:
        return str(error).partition("\n")[0]


def _print(role: str, found: dict[str, str]) -> None:
    table = Table(f"{role} without", "what breaks")
    for name, broken in sorted(found.items()):
        table.add_row(escape(name), escape(broken) or "NOTHING")
    Console(width=160).print(table)
