"""Tests of a lead's page and of its row in the list."""

import io
import json
from datetime import datetime, timezone
from typing import Any

import pytest

from geniai_pipeline.exports import export_tenant
from geniai_pipeline.tenants import Tenant, login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import ASK, agent_message, message
from geniai_pipeline_tests.support.published import publish

_HEADINGS = ("Mensagem sugerida", "Por que esta nota")


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(("slug", "words"), [("lead-mudo", ""), ("lead-dito", "Palavras")])
def test_a_lead_has_the_headings_of_its_texts_alone(
    slug: str, words: str, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant(slug)
    publish(tenant.tenant_id, 1, datetime.now(timezone.utc), analysis=words, reply=words)

    with connect(admin_url()) as connection:
        (verdict,) = connection.execute(
            "select verdict from dashboards.lead where tenant_id = %s", [tenant.tenant_id]
        ).fetchone() or ("",)
    assert [heading in verdict for heading in _HEADINGS] == [bool(words)] * 2


@pytest.mark.usefixtures("embedded")
def test_a_phone_number_of_the_list_is_a_link_and_of_the_spreadsheet_text(
    make_tenant: MakeTenant,
) -> None:
    tenant = make_tenant("lead-fone")
    publish(tenant.tenant_id, 1, datetime.now(timezone.utc), contact_phone="+5511987654321")

    with connect(admin_url()) as connection:
        row = connection.execute(
            "select phone_link, contact_phone from dashboards.leads where tenant_id = %s",
            [tenant.tenant_id],
        ).fetchone()
    text = "55 11 98765-4321"
    assert row == (f'<a href="tel:+5511987654321">{text}</a>', text)


DAY = 86_400
OFFER = [
    message(0, 0, ASK),
    agent_message(0, 600, "Oi! Quer vir fazer uma aula experimental quinta às 18h?"),
    message(0, 700, "Pode ser quinta 18h"),
    agent_message(0, 760, "Combinado, quinta às 18h!"),
]
MOVED = [
    *OFFER,
    message(0, 2000, "Oi, posso remarcar pra sexta às 19h30?"),
    agent_message(0, 2100, "Pode sim, sexta às 19h30 então"),
]
CONFIRMED = [
    *MOVED,
    agent_message(0, 3 * DAY, "Bom dia! Tudo certo pra hoje às 19h30?"),
    message(0, 3 * DAY + 60, "Sim, confirmado!"),
]
GAVE_UP = [
    message(0, 0, ASK),
    agent_message(0, 600, "Olá! A mensalidade custa R$ 320."),
    message(0, 700, "Nossa, achei caro. Vou deixar pra lá, obrigada"),
]


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(
    ("talk", "tells"),
    [
        (OFFER, "Visita: quinta, 12/06/2025 às 18h · sem notícia"),
        (MOVED, "Visita: sexta, 13/06/2025 às 19h30 · remarcada 1 vez · sem notícia"),
        (
            CONFIRMED,
            "Visita: sexta, 13/06/2025 às 19h30 · remarcada 1 vez · confirmada pelo contato"
            " · sem notícia",
        ),
        (GAVE_UP, "Perdido: preço · “Nossa, achei caro.”"),
    ],
    ids=["agreed", "moved", "confirmed", "lost"],
)
def test_the_page_and_the_export_tell_the_visit_and_the_loss(
    talk: list[dict[str, Any]], tells: str, make_tenant: MakeTenant
) -> None:
    gym = LandedTenant(make_tenant("lead-visita", timezone="America/Sao_Paulo"))
    try:
        gym.land(1, *talk)
        gym.sync()
        name, value = tells.split(": ", 1)
        assert f"<span>{name}:</span> {value}</div>" in _read_summary(gym.tenant)
        assert _export_analysis("lead-visita").endswith(f"\n{tells}")
    finally:
        registry.remove_tenant("lead-visita")


@pytest.mark.usefixtures("embedded")
def test_a_lead_without_a_visit_that_is_not_lost_tells_neither(make_tenant: MakeTenant) -> None:
    gym = LandedTenant(make_tenant("lead-aberto"))
    try:
        gym.land(1, message(0, 0, ASK))
        gym.sync()
        summary = _read_summary(gym.tenant)
        assert "Visita:" not in summary
        assert "Perdido:" not in summary
        assert "\n" not in _export_analysis("lead-aberto")
    finally:
        registry.remove_tenant("lead-aberto")


def _read_summary(tenant: Tenant) -> str:
    with connect(admin_url()) as connection:
        connection.execute("select set_config('timezone', %s, true)", [tenant.timezone.key])
        (summary,) = connection.execute(
            "select summary from dashboards.lead where tenant_id = %s", [tenant.tenant_id]
        ).fetchone() or ("",)
    return str(summary)


def _export_analysis(slug: str) -> str:
    out = io.BytesIO()
    export_tenant(slug, None, None, "jsonl", out)
    return str(json.loads(out.getvalue())["analysis"])


@pytest.mark.usefixtures("embedded")
def test_the_texts_of_the_list_are_found_by_their_whole_key_under_row_level_security(
    make_tenant: MakeTenant,
) -> None:
    """A condition that Postgres takes for leaky uses no index, and the list sorts all its rows."""
    tenant = make_tenant("lead-indice")
    publish(tenant.tenant_id, 1, datetime.now(timezone.utc), analysis="Quer treinar")
    with connect(admin_url()) as connection:
        for table in ("conversations_analytics", "conversation_texts"):
            connection.execute(
                f"insert into analytics.{table}"
                " select (jsonb_populate_record(c, jsonb_build_object('conversation_id', i))).*"
                f" from analytics.{table} c, generate_series(2, 2000) i"
                " where c.tenant_id = %s".encode(),
                [tenant.tenant_id],
            )
            connection.execute(f"analyze analytics.{table}".encode())
    with connect(role_url(login_name(tenant.slug))) as connection:
        for way in ("hashjoin", "mergejoin", "seqscan"):  # two thousand rows are few
            connection.execute(f"set enable_{way} = off".encode())
        plan = connection.execute(
            "explain select reasoning from dashboards.leads where tenant_id = %s"
            " order by created_at desc limit 100",
            [tenant.tenant_id],
        ).fetchall()
    lines = [line.strip() for (line,) in plan]
    scan = next((i for i, line in enumerate(lines) if "conversation_texts_pkey" in line), -1)
    assert all(column in lines[scan + 1] for column in ("conversation_id", "episode"))
