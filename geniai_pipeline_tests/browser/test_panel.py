"""Panel tables: each figure equals a SQL query on the conversations."""

import itertools
import statistics
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, ZONE, count, number
from geniai_pipeline_tests.browser.pages import expect_charts_loaded, find_chart, open_tab

_CHARTS = ASSETS / "charts"
_SECONDS = {
    "Pessoa": "response_seconds",
    "Pessoa, com a academia aberta": "response_business_seconds",
}
_BANDS = [
    ("menos de 1 min", 0, 60), ("1 a 5 min", 60, 300), ("5 a 15 min", 300, 900),
    ("15 a 60 min", 900, 3600), ("1 a 4 h", 3600, 14400), ("mais de 4 h", 14400, 10**9),
]  # fmt: skip


def test_waiting_leads_are_listed_with_the_rest_of_their_reply_window(panel: Page) -> None:
    waiting = _ask(
        "select contact_name, extract(epoch from now() - last_spoke_at) / 3600 as hours"
        " from analytics.conversations_analytics where tenant_id = %s and awaits_reply"
        " and lead_score >= 4 and last_spoke_at > now() - interval '7 days' order by 2"
    )

    rows = _rows(find_chart(panel, "Leads quentes esperando resposta"), len(waiting))
    assert [row[1] for row in rows] == [name for name, _ in waiting]
    for row, (_, hours) in zip(rows, waiting, strict=True):
        assert row[4].startswith("resta" if hours < 24 else "só mensagem-modelo")
        assert ("não chegou: 131026: Undeliverable" in row[3]) is row[1].endswith(" 4")
        assert row[5] == f"Olá, forte {row[1].split()[-1]}!"
    card = find_chart(panel, "Esperando agora")
    expect(card).to_contain_text(f"{len(waiting)} leads quentes esperam resposta agora")
    expect(card).to_contain_text(f"{sum(h < 24 for _, h in waiting)} ainda dentro do prazo")
    expect(find_chart(panel, "Atualização")).to_contain_text("Dados completos até")
    expect(find_chart(panel, "Atualização")).to_contain_text("próxima atualização às")


def test_what_had_stopped_before_the_first_day_is_one_line_that_opens_its_list(
    panel: Page,
) -> None:
    stopped = _ask(
        "select c.contact_name from analytics.conversations_analytics c join ops.tenants t"
        " using (tenant_id) where tenant_id = %s and awaits_reply"
        " and waiting_since < t.created_at - interval '7 days'"
    )
    link = find_chart(panel, "Esperando agora").get_by_role("link")
    words = "conversas pararam há mais de sete dias antes de você começar"
    expect(link).to_have_text(f"{len(stopped)} {words}")

    for _ in range(2):  # also when the address names the tab already
        before = panel.url
        link.click()
        rows = _rows(find_chart(panel, "Conversas paradas"), min(20, len(stopped)))
        assert {row[1] for row in rows} <= {name for (name,) in stopped}
        assert panel.url == before
        open_tab(panel, "Hoje")


def test_the_page_says_how_it_knows_who_is_a_member(panel: Page) -> None:
    open_tab(panel, "Leads")
    words = "Nenhuma conversa de quem já é aluno. · ainda não há lista de alunos"
    expect(find_chart(panel, "Quem já é aluno")).to_contain_text(words)


def test_the_funnel_and_the_outcomes_of_leads_add_up(panel: Page) -> None:
    figures = count(FORTE)

    after_visit = count(FORTE, where="visit_scheduled").conversions
    steps = [figures.conversations, figures.leads, figures.visits, after_visit]
    funnel = _rows(find_chart(panel, "Da conversa à matrícula"), 5)
    assert [int(row[1]) for row in funnel] == [*steps, figures.lead_conversions - after_visit]
    assert [row[2] for row in funnel] == [
        "",
        *(_percent(now, before) for before, now in itertools.pairwise(steps)),
        "",
    ]
    assert sum(
        int(row[1]) for row in _rows(find_chart(panel, "O que aconteceu com as visitas"))
    ) == (figures.visits)
    expect(
        find_chart(panel, "O que aconteceu com os leads").locator("tbody tr").first
    ).to_be_visible()
    outcomes = _rows(find_chart(panel, "O que aconteceu com os leads"))
    assert sum(int(row[2]) for row in outcomes) == figures.leads


def test_how_long_leads_wait_is_counted_from_each_conversation(panel: Page) -> None:
    open_tab(panel, "Velocidade")

    waits = {row[0]: row for row in _rows(find_chart(panel, _TITLE), 3)}
    bands = {row[0]: row for row in _rows(find_chart(panel, "Em quanto tempo respondemos"), 7)}
    for place, (who, column) in enumerate(_SECONDS.items(), start=1):
        seconds = [row[0] for row in _ask(f"select {column} {_LEADS}")]
        answered = [s for s in seconds if s is not None]
        assert waits[who][1] == _duration(statistics.median(answered))
        assert waits[who][3] == _percent(sum(s < 300 for s in answered), len(seconds))
        assert waits[who][4] == _percent(len(seconds) - len(answered), len(seconds))
        for band, low, high in _BANDS:
            assert int(bands[band][place]) == sum(low <= s < high for s in answered), band
        assert int(bands["sem resposta"][place]) == len(seconds) - len(answered)
    expect(find_chart(panel, "Quando os leads escrevem").locator("canvas")).to_be_visible()
    expect(find_chart(panel, "Quando os leads mais esperam").locator("canvas")).to_be_visible()


@pytest.mark.parametrize(
    "tab", ["Hoje", "Leads", "Velocidade", "Canais e anúncios", "Conversas paradas"]
)
def test_each_chart_says_what_it_counts(panel: Page, tab: str) -> None:
    open_tab(panel, tab)
    expect_charts_loaded(panel)
    charts = panel.locator("[data-test-chart-name]").filter(visible=True)
    names = charts.evaluate_all("charts => charts.map(chart => chart.dataset.testChartName)")
    files = (path.read_text(encoding="utf-8") for path in _CHARTS.glob("*.yaml"))
    meanings = {each["slice_name"]: each.get("description") for each in map(yaml.safe_load, files)}
    for name in set(names) - {"Esperando agora", "Atualização", "Números"}:  # say it themselves
        expect(find_chart(panel, name).locator(".slice_description")).to_have_text(meanings[name])


def test_a_duration_is_written_alike_in_lists_and_charts(panel: Page) -> None:
    open_tab(panel, "Velocidade")
    figures = find_chart(panel, "Quando os leads mais esperam").locator(".geniai-figures tbody tr")
    expect(figures.first).to_be_attached()
    seconds = [
        0, 59.4, 59.5, 89, 90, 3569, 3570, 3600, 3690, 86_369, 86_370, 93_600, 172_769, 172_770,
        602_999, 603_000, 1e7,
    ]  # fmt: skip

    written = panel.evaluate("seconds => seconds.map(writeDuration)", seconds)
    [(expected,)] = _ask(
        f"select array_agg(dashboards.duration(s)) from unnest(array{seconds}::numeric[]) s"
    )
    assert written == expected
    units = {text.split()[-1] for text in figures.all_inner_texts()}
    assert units <= {"min", "h", "dia", "dias"}
    heads = find_chart(panel, "Quando os leads mais esperam").locator(".geniai-figures th")
    expect(heads).to_have_text(["Hora", "Dia", "Espera mediana"])


def test_conversions_by_wait_show_their_confidence_interval(panel: Page) -> None:
    open_tab(panel, "Velocidade")

    for band, leads, _, conversion in _rows(find_chart(panel, "Responder rápido traz alunos?"), 7):
        low, high = next(((lo, hi) for name, lo, hi in _BANDS if name == band), (None, None))
        where = (
            "response_seconds is null" if low is None
            else f"response_seconds >= {low} and response_seconds < {high}"
        )  # fmt: skip
        [(total, won)] = _ask(
            f"select count(*), count(*) filter (where crm_converted) {_LEADS} and {where}"
        )
        assert int(leads) == total
        rate, lower, _, upper = conversion.replace("%", "").replace(",", ".").split()
        assert rate == f"{100 * won / total:.1f}"
        assert float(lower) <= float(rate) <= float(upper)


def test_channels_and_ads_have_their_leads(panel: Page) -> None:
    open_tab(panel, "Canais e anúncios")

    for card, column in (
        ("Canais", "inbox_name"),
        ("Anúncios", "coalesce(ad_headline, 'Anúncio ' || ad_id)"),
    ):
        wanted = _ask(
            f"select {column}, count(*), count(*) filter (where is_lead),"
            " count(*) filter (where visit_scheduled), count(*) filter (where crm_converted)"
            f" {_PERIOD} and {column} is not null group by 1"
        )
        shown = [
            (row[0], *(int(row[i]) for i in (1, 2, 4, 5)))
            for row in _rows(find_chart(panel, card), 2)
        ]
        assert sorted(shown) == sorted(wanted)


def test_a_leads_name_opens_its_whole_conversation(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer)
    find_chart(page, "Leads quentes esperando resposta").get_by_role(
        "link", name="Contato forte 4"
    ).click()

    expect(find_chart(page, "Quem é")).to_contain_text("Contato forte 4")
    expect(find_chart(page, "Quem é")).to_contain_text("emagrecer")
    expect(
        find_chart(page, "Quem é").get_by_role("link", name="Abrir no Chatwoot")
    ).to_have_attribute("href", "https://chat.example.com/app/accounts/1/conversations/4")
    for text in (
        "Espera a sua resposta", "A última mensagem da academia não chegou: 131026: Undeliverable.",
        "Olá, forte 4!", "Análise forte 4", "“Quanto custa?”",
    ):  # fmt: skip
        expect(find_chart(page, "O que fazer")).to_contain_text(text)
    talk = find_chart(page, "Conversa").locator(".g-talk > div:not(:empty)")
    expect(talk).to_have_count(4)
    expect(talk.last).to_contain_text("Atendente · não chegou")
    expect(talk.first).to_contain_text("‹i›forte‹/i›")
    assert LEVE.slug not in page.inner_text("body")


def test_a_conversation_of_another_tenant_is_not_shown(sign_in: SignIn) -> None:
    others = max(FORTE.conversations, LEVE.conversations)
    [(link,)] = _ask(
        f"select dashboards.lead_link({others}, '') from ops.tenants where tenant_id = %s"
    )
    page = sign_in(LEVE.viewer, path=link.split('"')[1])

    expect(find_chart(page, "Conversa").get_by_text("Ainda não há dados")).to_be_visible()


_TITLE = "Quanto o lead espera pela primeira resposta"
_PERIOD = (
    "from analytics.conversations_analytics where tenant_id = %s"
    f" and (created_at at time zone '{ZONE.key}')::date"
    f" > (now() at time zone '{ZONE.key}')::date - 30"
)
_LEADS = f"{_PERIOD} and is_lead"


def _ask(query: str) -> list[tuple[Any, ...]]:
    with connect(admin_url()) as connection:
        return connection.execute(query, [number(FORTE)] if "%s" in query else []).fetchall()


def _rows(card: Locator, wanted: int | None = None) -> list[list[str]]:
    """Returns the cells of a table's rows, once it has the expected number."""
    # a table that was hidden keeps the copy by which it is measured
    rows = card.locator("tbody tr").filter(visible=True)
    if wanted is not None:
        expect(rows).to_have_count(wanted)
    return [
        [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()]
        for row in rows.all()
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%".replace(".", ",")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
