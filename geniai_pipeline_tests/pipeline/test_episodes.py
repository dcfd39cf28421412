"""What the pages count: episodes, persons, visits, enrolments and who waits, from raw payloads."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geniai_pipeline.warehouse.connections import (
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import ASK, START, agent_message, message

DAY = 86_400
ANSWER = "Olá! A mensalidade custa R$ 120."
Talk = Sequence[dict[str, Any]]


def ask(day: float, text: str = ASK) -> Talk:
    """A contact asks and is answered, so many days after START."""
    at = int(day * DAY)
    return [message(0, at, text), agent_message(0, at + 600, ANSWER)]


def test_a_thread_that_lives_on_is_a_lead_again_after_thirty_days(gym: LandedTenant) -> None:
    gym.land(1, *ask(0), *ask(16), *ask(60))
    gym.sync()

    assert gym.read("episode, is_lead, is_new_lead, status") == [
        (1, True, True, "resolved"), (2, True, False, "resolved"), (3, True, True, "open"),
    ]  # fmt: skip
    assert gym.count() == (3, 2, 0, 0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"phone_number": "+5511987654321"}, {"phone_number": "+551187654321"}),
        ({"email": "Lia@example.com"}, {"email": "lia@example.com"}),
    ],
)
def test_contacts_that_share_a_telephone_or_an_email_are_one_lead(
    gym: LandedTenant, first: dict[str, Any], second: dict[str, Any]
) -> None:
    gym.land(1, *ask(0), sender=first)
    gym.land(2, *ask(1), sender=second)
    gym.land(3, *ask(1), sender={"phone_number": "+5511912345678"})
    gym.sync()

    assert gym.read("conversation_id, person_id") == [(1, 1), (2, 1), (3, 3)]
    assert gym.count() == (3, 2, 0, 0)

    gym.land(2, *ask(1), sender={"email": "outra@example.com"})  # the contact was corrected
    gym.sync()
    assert gym.count() == (3, 3, 0, 0)


def test_a_deleted_episode_leaves_the_pages(gym: LandedTenant) -> None:
    gym.land(1, *ask(0), *ask(60))
    gym.sync()
    gym.land(1, *ask(0))
    gym.sync()

    assert gym.read("episode") == [(1,)]
    assert gym.count() == (1, 1, 0, 0)


def test_one_sale_is_one_enrolment_of_the_lead_before_it(gym: LandedTenant) -> None:
    phone = {"phone_number": "+5511987654321"}
    gym.land(1, *ask(0), sender=phone)
    gym.land(2, *ask(3), contact=1, sender=phone)
    gym.land(3, *ask(60), contact=1, sender=phone)
    gym.sell((phone["phone_number"], None, date(2025, 6, 20)))
    gym.sync()

    assert gym.read("conversation_id, enrolled_on", "enrolled_on is not null") == [
        (1, date(2025, 6, 20))
    ]
    # who has enrolled is a member when they ask again
    assert gym.read("role, is_lead, lead_score", "conversation_id = 3") == [("member", False, 1)]
    assert gym.count() == (3, 1, 0, 1)


def test_a_sale_before_the_first_message_is_no_enrolment_by_it(gym: LandedTenant) -> None:
    phone = "+5511987654321"
    gym.land(1, *ask(30), sender={"phone_number": phone})
    gym.sell((phone, None, date(2025, 6, 20)))
    gym.sync()

    assert gym.read("is_lead, enrolled_on") == [(False, None)]


def test_an_undated_sale_enrols_the_first_lead_on_the_day_it_was_last_written_in(
    gym: LandedTenant,
) -> None:
    gym.land(1, *ask(0), *ask(2), *ask(60), sender={"email": "lia@example.com"})
    gym.sell((None, "lia@example.com", None))
    gym.sync()

    assert gym.read("episode, enrolled_on", "enrolled_on is not null") == [(1, date(2025, 6, 12))]


def test_a_label_enrols_on_the_day_it_was_set(gym: LandedTenant) -> None:
    label = message(0, 5 * DAY, "Ana Lima adicionou matriculado", message_type=2, sender=None)
    gym.land(1, *ask(0), label, labels=["matriculado"])
    gym.land(2, *ask(0), contact=3, labels=["matriculado"])
    gym.sync()

    assert gym.read("conversation_id, enrolled_on") == [
        (1, date(2025, 6, 15)), (2, date(2025, 6, 10)),
    ]  # fmt: skip
    assert gym.count() == (2, 2, 0, 2)


def test_a_visit_counts_on_the_day_of_its_first_agreement_whatever_becomes_of_it(
    gym: LandedTenant,
) -> None:
    gym.land(
        1,
        message(0, 0, ASK),
        agent_message(0, 600, "Oi! Quer vir fazer uma aula experimental quinta às 18h?"),
        message(0, DAY, "Pode ser quinta 18h"),
        agent_message(0, DAY + 60, "Combinado, quinta às 18h!"),
        message(0, 3 * DAY, "Desculpa, não consegui ir ontem, tive um imprevisto"),
    )
    gym.sync()

    ((state, at, agreed_at),) = gym.read("visit_state, visit_at, visit_agreed_at")
    assert (state, at.isoformat()) == ("missed", "2025-06-12T21:00:00+00:00")
    assert agreed_at.timestamp() in (START + DAY, START + DAY + 60)
    assert gym.count() == (1, 1, 1, 0)


def test_the_funnel_counts_only_who_took_the_step_before(gym: LandedTenant) -> None:
    visit = [
        message(0, 0, ASK),
        agent_message(0, 600, "Oi! Quer vir fazer uma aula experimental quinta às 18h?"),
        message(0, 700, "Pode ser quinta 18h"),
        agent_message(0, 760, "Combinado, quinta às 18h!"),
    ]
    for number in range(1, 5):
        sender = {"phone_number": f"+551198765432{number}"}
        gym.land(number, *(visit if number < 3 else ask(0)), sender=sender)
        if number in (2, 3):
            gym.sell((sender["phone_number"], None, date(2025, 6, 20)))
    gym.sync()
    with connect(admin_url()) as connection:
        steps = connection.execute(
            "select step, sum(reached)::integer from dashboards.funnel where tenant_id = %s"
            " group by step, position order by position",
            [gym.tenant.tenant_id],
        ).fetchall()

    assert steps == [
        ("Conversas", 4), ("Leads", 4), ("Leads com visita", 2),
        ("Matrículas depois da visita", 1), ("Matrículas sem visita", 1),
    ]  # fmt: skip


def test_an_answer_in_another_conversation_of_the_person_ends_the_wait(gym: LandedTenant) -> None:
    phone = {"phone_number": "+5511987654321"}
    gym.land(1, message(0, 0, ASK), sender=phone)
    gym.land(2, message(0, 60, "Bom dia, qual o valor do plano mensal?"), contact=2, sender=phone)
    gym.sync()
    assert gym.read("conversation_id", "awaits_reply") == [(2,)]  # one person waits once

    gym.land(3, *ask(1), contact=2, sender=phone)
    gym.sync()
    assert gym.read("conversation_id", "awaits_reply") == []


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        ("Conversa foi marcada como resolvida por Ana Lima", False),
        (
            "A conversa foi marcada como resolvida pelo sistema por ter 15 dias de inatividade",
            True,
        ),
        ("algo que ninguém conhece", False),
    ],
)
def test_who_resolved_a_conversation_decides_whether_it_waits(
    gym: LandedTenant, words: str, waits: bool
) -> None:
    resolution = message(0, 300, words, message_type=2, sender=None)
    gym.land(1, message(0, 0, ASK), resolution, status="resolved")
    gym.sync()

    assert gym.read("awaits_reply") == [(waits,)]


def test_a_snoozed_conversation_waits_from_the_end_of_its_snooze(
    gym: LandedTenant, set_clock: Callable[[float], None]
) -> None:
    until = "2025-06-12T12:00:00Z"
    gym.land(1, message(0, 0, ASK), status="snoozed", snoozed_until=until)
    gym.sync()

    set_clock(2 * DAY)
    assert gym.waiting() == []
    set_clock(2.5 * DAY)
    assert gym.waiting() == [1]
    ((since,),) = gym.read("waiting_since")
    assert since.isoformat() == "2025-06-12T12:00:00+00:00"


@pytest.mark.parametrize(
    "words", ["Obrigada, até amanhã!", "Combinado 👍", "Valeu, tá marcado então"]
)
def test_who_says_goodbye_or_accepts_does_not_wait(gym: LandedTenant, words: str) -> None:
    gym.land(1, *ask(0), message(0, 1200, words))
    gym.sync()

    assert gym.read("awaits_reply") == [(False,)]


def test_a_list_of_members_tells_who_is_no_lead_and_who_enrolled(
    gym: LandedTenant, set_clock: Callable[[float], None]
) -> None:
    phones = [f"+551198765432{number}" for number in range(5)]
    asks_in = [10, 10, 10, 45, 10]
    for number, day in enumerate(asks_in):
        gym.land(number + 1, *ask(day), sender={"phone_number": phones[number]})
    here, later, _, gone, undated = phones
    old, new = date(2025, 1, 7), date(2025, 6, 25)

    set_clock(0)
    gym.list_members((here, old), (gone, old), (undated, None))
    set_clock(20 * DAY)
    gym.list_members((here, old), (undated, None), (later, new))
    set_clock(60 * DAY)
    gym.sync()

    assert gym.read("role, is_role_known, is_lead, enrolled_on") == [
        ("member", True, False, None),  # since January
        ("prospect", False, True, new),  # the list says since when: after the talk
        ("prospect", False, True, None),
        ("returning", True, True, None),  # left the list; asks again
        ("member", True, False, None),  # on the list, nobody knows since when
    ]


def test_a_short_list_before_the_whole_one_enrols_nobody_without_a_date(
    gym: LandedTenant, set_clock: Callable[[float], None]
) -> None:
    phones = [f"+551198765432{number}" for number in range(6)]
    for number, phone in enumerate(phones[:3]):
        gym.land(number + 1, *ask(10), sender={"phone_number": phone})
    set_clock(0)
    gym.list_members(*((phone, None) for phone in phones[3:]))
    set_clock(20 * DAY)
    came = date(2025, 6, 27)
    gym.list_members((phones[0], None), (phones[1], date(2025, 1, 7)), (phones[2], came),
                     *((phone, None) for phone in phones[3:]))  # fmt: skip
    gym.sync()

    assert gym.read("is_lead, enrolled_on, crm_converted") == [
        (True, None, False),
        (False, None, False),  # a member since January
        (True, came, True),
    ]


def test_a_list_enrols_only_who_asked_as_a_lead_and_was_no_member(
    gym: LandedTenant, set_clock: Callable[[float], None]
) -> None:
    """A renewed contract bears a date of its own, and a member asks for prices, too."""
    gym.tenant = replace(gym.tenant, member_labels=frozenset({"aluno"}))
    phones = [f"+551198765432{number}" for number in range(5)]
    senders = [{"phone_number": phone} for phone in phones]
    gym.land(1, *ask(10, "Oi, sou aluno e esqueci minha garrafa aí, vocês acharam?"),
             sender=senders[0])  # fmt: skip
    gym.land(2, *ask(10), labels=["aluno"], sender=senders[1])
    gym.land(3, *ask(10), sender=senders[2])
    gym.land(4, *ask(10), sender=senders[3])
    gym.land(5, *ask(10), sender=senders[4])
    gym.sell((phones[2], None, date(2025, 1, 7)))
    set_clock(0)
    gym.list_members((phones[3], None))
    set_clock(50 * DAY)
    renewed = date(2025, 7, 20)
    gym.list_members(*((phone, renewed) for phone in phones))
    gym.sync()

    assert gym.read("conversation_id, enrolled_on", "enrolled_on is not null") == [(5, renewed)]
    assert gym.count()[3] == 1


def test_a_mark_in_chatwoot_tells_a_member(gym: LandedTenant) -> None:
    gym.tenant = replace(gym.tenant, member_labels=frozenset({"aluno"}))
    gym.land(1, *ask(0), labels=["Aluno"])
    gym.land(2, *ask(0), message(0, 900, "Minha esposa quer começar, quanto fica pra ela?"),
             labels=["aluno"])  # fmt: skip
    gym.sync()

    assert gym.read("role, is_lead") == [("member", False), ("prospect", True)]


def test_who_wants_no_more_messages_gets_no_suggestion_in_any_conversation(
    gym: LandedTenant,
) -> None:
    phone = {"phone_number": "+5511987654321"}
    gym.land(1, message(0, 0, ASK), sender=phone)
    gym.land(2, *ask(1), message(0, 2 * DAY, "Não me mandem mais mensagem"), sender=phone)
    gym.land(3, message(0, DAY, "Oi, quero treinar. Vocês vendem touca?"))
    gym.sync()

    assert gym.read("opted_out") == [(True,), (True,), (False,)]
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        suggested = connection.execute(
            "select suggested_message <> '' from analytics.conversation_texts"
            " order by conversation_id"
        ).fetchall()
    assert suggested == [(False,), (False,), (True,)]


@pytest.mark.parametrize("asks_again", [False, True])
def test_who_has_enrolled_gets_a_suggestion_only_for_what_they_ask(
    gym: LandedTenant, asks_again: bool
) -> None:
    phone = "+5511987654321"
    again = [message(0, 10 * DAY, ASK)] if asks_again else []
    gym.land(1, *ask(0), *again, sender={"phone_number": phone})
    gym.sync()

    def suggest() -> list[tuple[str]]:
        with tenant_transaction(gym.tenant.tenant_id) as connection:
            connection.execute("update core.conversation_analysis set suggested_message = 'Oi!'")
            connection.execute("delete from analytics.conversation_texts")
        gym.sync()
        with tenant_transaction(gym.tenant.tenant_id) as connection:
            return connection.execute(
                "select suggested_message from analytics.conversation_texts"
            ).fetchall()

    assert suggest() == [("Oi!",)]
    gym.sell((phone, None, date(2025, 6, 20)))
    gym.sync()
    assert suggest() == [("Oi!" if asks_again else "",)]


def test_a_person_that_the_first_run_does_not_know_changes_no_earlier_day(
    gym: LandedTenant,
) -> None:
    """The same history whatever the order in which it is read."""
    threads = {1: [*ask(0), *ask(40)], 2: [*ask(20)], 3: [*ask(75)]}
    phone = {"phone_number": "+5511987654321"}
    days = "select day, sum(leads) from analytics.daily_metrics where leads > 0 group by day"
    for number in (3, 1, 2):
        gym.land(number, *threads[number], contact=number, sender=phone)
        gym.sync()
    with tenant_transaction(gym.tenant.tenant_id) as connection:
        found = sorted(connection.execute(days).fetchall())

    # 0; 20 and 40 follow within thirty days of the lead before; 75 does not
    assert found == [(date(2025, 6, 10), 1), (date(2025, 8, 24), 1)]
