"""A contact's name, phone number and e-mail address from Chatwoot's payload."""

from typing import Any

import pytest

from geniai_pipeline_tests.support.payloads import contact_payload, make_row


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("+5511999990000", "+5511999990000"),
        ("5511999990000", "+5511999990000"),
        ("(11) 99999-0000", "+5511999990000"),
        ("021 99999-0000", "+5521999990000"),
        (5511999990000, "+5511999990000"),
        ("whatsapp:+5511999990000", "+5511999990000"),
        ("+551133334444", "+551133334444"),  # a landline keeps its eight digits
        ("551181234567", "+5511981234567"),  # a mobile number from before the ninth digit
        ("+554199990000", "+5541999990000"),
        ("(33) 9123-4567", "+5533991234567"),
        ("+14155552671", "+14155552671"),
        ("14155552671", "+14155552671"),
        ("351912345678", "+351912345678"),
        ("551112345678", None),  # neither a landline nor ever a mobile number
        ("+55119999", None),
        ("99999-0000", None),
        ("quiet-sun-123", None),
        ("", None),
        (None, None),
        ({}, None),
        ("9" * 400, None),
    ],
)
def test_a_phone_number_is_e164_or_nothing(written: Any, e164: str | None) -> None:
    assert make_row(contact_payload(phone_number=written))["contact_phone"] == e164


@pytest.mark.parametrize(
    ("identifier", "e164"),
    [
        ("5511999990000@s.whatsapp.net", "+5511999990000"),
        ("5511999990000@c.us", "+5511999990000"),
        ("120363025246125486@g.us", None),  # a group
        ("5511999990000@lid", None),  # WhatsApp's own number of somebody, no phone
        ("5511999990000", None),  # a number in some other system
    ],
)
def test_a_whatsapp_identifier_stands_in_for_the_number(identifier: str, e164: str | None) -> None:
    contact = contact_payload(phone_number=None, identifier=identifier)

    assert make_row(contact)["contact_phone"] == e164


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("  Maria.Silva+gym@Example.COM.br ", "maria.silva+gym@example.com.br"),
        ("maria@example", None),
        ("maria example.com", None),
        ("a@b@example.com", None),
        ("maria@.com", None),
        ("@example.com", None),
        (f"{'a' * 64}@{'b' * 200}.com", None),
        (12, None),
        (None, None),
    ],
)
def test_an_email_is_lower_case_and_plausible_or_nothing(written: Any, address: str | None) -> None:
    assert make_row(contact_payload(email=written))["contact_email"] == address


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Maria \t da\n Silva ", "Maria da Silva"),
        ("Ma\x00ria\x07", "Maria"),
        ("\u202eMaria\u200b", "Maria"),
        ("Zoé 🏋️‍♀️", "Zoé 🏋️‍♀️"),
        ("Mar\ud800ia", "Maria"),
        ("", None),
        (" \u200b ", None),
        (None, None),
        (["Maria"], None),
        # what Chatwoot and bridges write where they know no name
        ("John Doe", None),
        ("john  doe", None),
        ("John Doering", "John Doering"),
        ("shy-river-482", None),
        ("misty-sun-7", None),
        ("ana-maria", "ana-maria"),
        ("Unknown (IG: 17841400000000)", None),
        ("Unknown", None),
        ("Desconhecido", None),
        ("undefined", None),
        ("5511999990000", None),
        ("+55 (11) 99999-0000", None),
        ("🌸", None),
        ("❤️ 💪🏽", None),
        ("~", None),
        ("EvolutionAPI", None),
        ("5511999990000@s.whatsapp.net", None),
        ("98765432109876@lid", None),
        ("~Bia", "~Bia"),
        ("Ana 2", "Ana 2"),
        ("李", "李"),
        ("𝓑𝓲𝓪", "𝓑𝓲𝓪"),
    ],
)
def test_a_name_is_one_clean_line_or_nothing(written: Any, name: str | None) -> None:
    assert make_row(contact_payload(name=written))["contact_name"] == name


@pytest.mark.parametrize(("blocked", "known"), [(True, True), (False, False), (None, False)])
def test_whether_the_contact_is_blocked_is_known(blocked: Any, known: bool) -> None:
    assert make_row(contact_payload(blocked=blocked))["contact_blocked"] is known
