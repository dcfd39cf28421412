"""Tests of a lead's page and of its row in the list."""

from datetime import datetime, timezone

import pytest

from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
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
