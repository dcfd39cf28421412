"""Pages in a browser: own figures, Portuguese texts, no data of other tenants."""

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import (
    BOTH,
    FORTE,
    LEVE,
    PASSWORD,
    STAFF,
    STRANGER,
    VAZIA,
    ZONE,
    Figures,
    Gym,
    compare,
    count,
)
from geniai_pipeline_tests.browser.pages import (
    PHONE,
    TALL,
    choose_filter,
    expect_charts_loaded,
    expect_figures,
    find_chart,
    open_tab,
)

_FIFTEEN = [
    "Conversa", "Nome", "E-mail", "Telefone", "Canal", "Situação", "Criada em",
    "Última atividade", "Mensagens", "Lead", "Nota", "Visita agendada", "Conversão no CRM",
    "Análise", "Mensagem sugerida",
]  # fmt: skip
_GREEN, _RED = "rgb(21, 128, 61)", "rgb(185, 28, 28)"


@pytest.mark.parametrize(("gym", "other"), [(FORTE, LEVE), (LEVE, FORTE)], ids=["forte", "leve"])
def test_a_user_starts_on_the_figures_of_their_own_tenant_alone(
    sign_in: SignIn, gym: Gym, other: Gym
) -> None:
    page = sign_in(gym.viewer)

    expect_figures(page, *compare(gym))
    assert page.url.startswith(f"{get_settings().superset_url}/superset/dashboard/painel/")
    expect(page.get_by_alt_text(gym.name)).to_be_visible()
    expect(page.get_by_text(f"Contato {gym.slug} 4").first).to_be_visible()
    assert other.name not in page.content()
    assert f" {other.slug} " not in page.inner_text("body")


def test_a_tenant_without_conversations_sees_zeros_and_what_to_do(sign_in: SignIn) -> None:
    page = sign_in(VAZIA.viewer)

    expect_figures(page, Figures(0, 0, 0, 0, 0), Figures(0, 0, 0, 0, 0))
    waiting = find_chart(page, "Leads quentes esperando resposta")
    expect(waiting).to_contain_text("Nenhum lead quente espera resposta agora.")
    expect(waiting).not_to_contain_text("assim que houver conversas")
    expect(page.get_by_text("Ainda não há dados para estes filtros").first).to_be_visible()


def test_staff_see_the_sum_of_all_tenants_and_each_of_them(sign_in: SignIn) -> None:
    page = sign_in(STAFF)

    expect_figures(page, *compare(FORTE, LEVE, VAZIA))
    assert "/plataforma/" in page.url
    for gym in (FORTE, LEVE):
        expect(find_chart(page, "Clientes").get_by_text(gym.name)).to_be_visible()
        figures = find_chart(page, "Clientes").locator("tr", has_text=gym.name)
        assert f"\n{count(gym).leads}" in figures.inner_text().replace("\t", "\n")


@pytest.mark.parametrize("email", [STRANGER, pytest.param(BOTH, marks=pytest.mark.slow)])
def test_a_user_without_exactly_one_tenant_sees_no_figures(sign_in: SignIn, email: str) -> None:
    # it complains of each chart that is refused
    page = sign_in(email, path="/superset/dashboard/painel/", may_complain=True)

    expect(find_chart(page, "Números").get_by_role("alert")).to_be_visible()
    for gym in (FORTE, LEVE):
        assert gym.slug not in page.inner_text("body")


def test_a_change_is_green_when_it_is_more_and_red_when_it_is_less(panel: Page) -> None:
    now, before = compare(FORTE)
    expect_figures(panel, now, before)

    # on most days every figure is more: the visits of the two periods change places
    panel.route("**/api/v1/chart/data?*", _swap_visits)
    _ask_again(panel, "Números")
    expect_figures(panel, replace(now, visits=before.visits), replace(before, visits=now.visits))
    changes = find_chart(panel, "Números").locator("td:nth-child(3n)")
    colors = changes.evaluate_all(
        "parts => parts.map(part => [part.innerText, getComputedStyle(part).color])"
    )
    colors = [(text[0], color) for text, color in colors if text not in {"+0%", "+0,0 p.p.", "–"}]
    panel.unroute("**/api/v1/chart/data?*")
    _ask_again(panel, "Números")
    expect_figures(panel, now, before)
    assert set(colors) == {("+", _GREEN), ("-", _RED)}


def _swap_visits(route: Route) -> None:
    answer = route.fetch()
    body = answer.json()
    for row in body["result"][0]["data"]:
        (before,) = (name for name in row if name.startswith("visitas__"))
        row["visitas"], row[before] = row[before], row["visitas"]
    route.fulfill(response=answer, json=body)


def _ask_again(page: Page, name: str) -> None:
    chart = find_chart(page, name).get_attribute("data-test-chart-id")
    page.evaluate(
        """chart => supersetStore.dispatch(
            refreshChart(chart, true, supersetStore.getState().dashboardInfo.id))""",
        int(chart or 0),
    )


def test_the_filters_change_every_figure_to_what_sql_says(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    expect_figures(page, *compare(FORTE))

    choose_filter(page, "canal", "Instagram")
    expect_figures(page, *compare(FORTE, where="inbox_name = 'Instagram'"))
    drawn = find_chart(page, "Leads por canal").get_by_role("table", name="Leads por canal")
    expect(drawn.locator("tbody tr")).to_have_text([re.compile("^Instagram")])

    choose_filter(page, "situacao", "Aberta")
    expect_figures(page, *compare(FORTE, where="inbox_name = 'Instagram' and status = 'open'"))

    choose_filter(page, "nota", "2 · curiosidade")
    where = "inbox_name = 'Instagram' and status = 'open' and lead_score = 2"
    expect_figures(page, *compare(FORTE, where=where))
    waiting = find_chart(page, "Leads quentes esperando resposta")
    expect(waiting).to_contain_text("Ainda não há dados para estes filtros")
    open_tab(page, "Leads")
    listed = find_chart(page, "Leads", "table").locator("tbody tr")
    expect(listed).to_have_count(count(FORTE, where=where).leads)
    expect(listed.filter(has_text="WhatsApp")).to_have_count(0)


def test_the_period_filter_counts_todays_conversations_too(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    expect_figures(page, *compare(FORTE))
    expect(page.get_by_text("Últimos 30 dias")).to_be_visible()

    page.get_by_text("Últimos 30 dias").click()
    page.get_by_text("Últimos 7 dias").click()
    page.get_by_test_id("date-filter-control__apply-button").click()
    page.get_by_test_id("filter-bar__apply-button").click()

    expect_figures(page, *compare(FORTE, days=7))


def test_the_downloaded_list_can_be_read_by_a_spreadsheet(sign_in: SignIn) -> None:
    page = sign_in(FORTE.admin)
    open_tab(page, "Leads")
    expect(find_chart(page, "Leads", "table").get_by_text("Contato forte 11")).to_be_visible()

    find_chart(page, "Leads", "table").get_by_test_id("slice-header").get_by_role("button").click()
    page.get_by_text("Baixar", exact=True).last.hover()
    with page.expect_download() as download:
        page.get_by_text("Exportar para .CSV").click()

    today = datetime.now(ZONE).date()
    first = today - timedelta(days=29)
    assert download.value.suggested_filename == f"leads_forte_{first:%Y%m%d}_{today:%Y%m%d}.csv"
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert heading == _FIFTEEN
    assert len(rows) == count(FORTE).leads
    row = dict(zip(heading, next(r for r in rows if r[0] == "2"), strict=True))
    assert row["Nome"] == "Contato forte 2"
    assert row["Telefone"] == "55 11 98000-0002"
    assert row["Situação"] == "Pendente"
    assert row["Lead"] == "Sim"
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", row["Criada em"])
    assert row["Análise"] == "Análise forte 2"


def test_a_conversation_opens_in_chatwoot_in_a_new_tab(panel: Page) -> None:
    open_tab(panel, "Leads")
    link = find_chart(panel, "Leads", "table").get_by_role("link", name="5", exact=True)

    expect(link).to_have_attribute(
        "href", "https://chat.example.com/app/accounts/1/conversations/5"
    )
    expect(link).to_have_attribute("target", "_blank")


def test_a_contacts_name_is_never_markup(panel: Page) -> None:
    open_tab(panel, "Leads")

    expect(panel.get_by_role("link", name="‹b›Zé‹/b› forte 5")).to_be_visible()


def test_the_list_shows_leads_unless_all_conversations_are_asked_for(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    open_tab(page, "Leads")
    leads = find_chart(page, "Leads", "table")
    rows, pages = leads.locator("tbody tr"), leads.locator(".dt-pagination a")
    expect(rows).to_have_count(20)
    pages.last.click()
    expect(rows).to_have_count(count(FORTE).leads - 20)

    page.get_by_text("Mais filtros").click()
    choose_filter(page, "lista", "Outras conversas")

    pages.nth(2).click()
    expect(rows).to_have_count(count(FORTE).conversations - 40)
    open_tab(page, "Hoje")
    expect_figures(page, *compare(FORTE))


def test_every_page_fits_a_phone(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer, size={**TALL, "width": PHONE["width"]})
    for tab in ("Hoje", "Leads", "Velocidade", "Canais e anúncios", "Conversas paradas"):
        open_tab(page, tab)
        cards = page.locator("[data-test-chart-name]").filter(visible=True)
        expect(cards.first).to_be_visible()
        expect_charts_loaded(page)

        if tab == "Hoje":
            expect_figures(page, *compare(FORTE))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for part in (cards, cards.locator("tbody tr").filter(visible=True)):
            edges = part.evaluate_all(
                "parts => parts.map(p => p.getBoundingClientRect()).map(b => [b.left, b.right])"
            )
            assert all(left >= 0 and right <= 390 for left, right in edges), (tab, edges)


def test_a_new_password_requires_the_current_one(sign_in: SignIn) -> None:
    page = sign_in(VAZIA.viewer, path="/user_info/", may_complain=True)
    dialog = page.locator(".ant-modal-content")

    for old, status in (("falsa", 400), (PASSWORD, 200)):
        page.get_by_role("button", name="Trocar a minha senha").click()
        for name, texts in (
            ("current_password", old), ("password", PASSWORD), ("confirm_password", PASSWORD),
        ):  # fmt: skip
            dialog.locator(f"input[name={name}]").fill(texts)
        expect(dialog.get_by_text("Senha atual")).to_be_visible()
        with page.expect_response("**/api/v1/me/") as answer:
            # the message of the first lies over the button for eight seconds
            dialog.locator(".ant-modal-footer button").last.dispatch_event("click")
        assert answer.value.status == status
        expect(dialog).to_have_count(0)
    expect(page.get_by_text("Senha trocada")).to_be_visible()


def test_the_sign_in_page_speaks_portuguese(browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{get_settings().superset_url}/login/")

    expect(page.get_by_role("button", name="Entrar")).to_be_visible()
    expect(page.get_by_text("Digite seu e-mail e sua senha:")).to_be_visible()
    assert page.title() == "GeniAI"
    page.close()


def test_the_not_found_page_is_portuguese(browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{get_settings().superset_url}/nao-existe")

    expect(page.get_by_text("Esta página não existe.")).to_be_visible()
    page.close()
