"""Whether a conversation's labels or attributes make it a conversion or a member's."""

from dataclasses import replace
from typing import Any

import pytest

from geniai_pipeline.conversations.conversion import is_converted, is_member
from geniai_pipeline_tests.support.payloads import TENANT, make_row, payload


@pytest.mark.parametrize(
    ("labels", "converted"),
    [
        (["MATRICULADO"], True),
        (["matriculado "], True),
        (["não-matriculado"], False),
        (["virou-aluno"], True),
        (["Virou Aluno"], True),
        (["virou_aluno"], True),
        (["viroualuno"], False),
        (["indicacao"], True),
        (["indicação"], True),
        (["", None], False),
        ([], False),
    ],
)
def test_a_conversion_is_one_of_the_tenants_labels_by_its_title_or_slug(
    labels: list[str], converted: bool
) -> None:
    for written in ("Virou Aluno", "virou-aluno"):
        tenant = replace(TENANT, converted_labels=frozenset({"Matriculado", written, "Indicação"}))
        assert make_row(payload(labels=labels), tenant=tenant)["crm_converted"] is converted


NO: list[Any] = ["não", "Não ", "NAO", "nao", "false", "False", "0", " ", 0, 0.0, "no", []]
NO += ["Não.", "não!", "Ainda não", "falso", "Nenhum", "none", "null", "f", "off", "n/a", "0.0"]


@pytest.mark.parametrize(
    ("of_conversation", "of_contact", "converted"),
    [
        ({"situacao": "Matriculado"}, {}, True),
        ({}, {"situacao": " matriculado "}, True),
        ({"situacao": "visitou"}, {}, False),
        ({}, {"aluno": True}, True),
        ({"aluno": False}, {"aluno": ""}, False),
        ({"aluno": "sim"}, {}, True),
        ({"aluno": 1}, {}, True),
        ({"aluno": "plano não informado"}, {}, True),
        ({"aluno": "✅"}, {}, True),
        *(({"aluno": no}, {"aluno": no}, False) for no in NO),
        ({"aluno": "não"}, {"aluno": "sim"}, True),
        ({"inadimplente": False}, {}, True),
        ({"inadimplente": "False"}, {}, True),
        ({"inadimplente": None}, {}, False),
        (None, "?", False),
    ],
)
def test_a_conversion_may_be_an_attribute_of_the_conversation_or_the_contact(
    of_conversation: Any, of_contact: Any, converted: bool
) -> None:
    tenant = replace(
        TENANT,
        converted_attributes=frozenset({"situacao=matriculado", "aluno", "inadimplente=false"}),
    )
    raw_conversation = payload(custom_attributes=of_conversation)
    raw_conversation["meta"] = {"sender": {"id": 1, "custom_attributes": of_contact}}
    assert make_row(raw_conversation, tenant=tenant)["crm_converted"] is converted


@pytest.mark.parametrize(
    ("of_conversation", "of_contact", "labels", "member", "converted"),
    [
        ({}, {}, ["Já é aluno"], True, False),
        ({}, {"plano": "Black"}, [], True, False),
        ({"tipo": "Aluno"}, {}, [], True, False),
        ({"tipo": "lead"}, {"plano": "não"}, [], False, False),
        ({}, {}, ["matriculado"], False, True),
        ({}, {}, ["matriculado", "ja-e-aluno"], True, True),
    ],
)
def test_a_member_is_marked_apart_from_a_conversion(
    of_conversation: Any, of_contact: Any, labels: list[str], member: bool, converted: bool
) -> None:
    tenant = replace(
        TENANT,
        member_labels=frozenset({"ja-e-aluno"}),
        member_attributes=frozenset({"plano", "tipo=aluno"}),
    )
    marked = payload(labels=labels, custom_attributes=of_conversation)
    marked["meta"]["sender"]["custom_attributes"] = of_contact
    assert (is_member(marked, tenant), is_converted(marked, tenant)) == (member, converted)
