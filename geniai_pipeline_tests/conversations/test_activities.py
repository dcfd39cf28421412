"""What Chatwoot's activity messages say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chatwoot_demo.records import ACTIVITY
from chatwoot_demo.turns import REOPENED as SAMPLE_REOPENED
from chatwoot_demo.world import World
from geniai_pipeline.conversations.activities import (
    LABEL_ADDED,
    LABEL_REMOVED,
    REOPENED,
    RESOLVED,
    SNOOZED,
    Activity,
    find_label_instant,
    parse_activity,
)
from geniai_pipeline_tests.support.payloads import START, message
from geniai_pipeline_tests.support.recordings import FOLDER
from geniai_pipeline_tests.support.samples import ANCHOR

BEGIN = START * 1_000_000
PERSON, PROGRAM = True, False

RESOLUTIONS = [
    # pt_BR
    ("Conversa foi marcada como resolvida por Ana Lima", PERSON),
    ("A conversa foi resolvida por Maria", PERSON),
    ("A conversa foi marcada como resolvida pelo sistema por ter 3 dias de inatividade", PROGRAM),
    ("A conversa foi marcada como resolvida pelo sistema por ter 1 horas de inatividade", PROGRAM),
    (
        "A conversa foi marcada como resolvida pelo sistema por ter 9 minutos de inatividade",
        PROGRAM,
    ),
    ("Conversa foi marcada como resolvida pelo sistema por ter 10 dias de inatividade", PROGRAM),
    ("Conversa foi marcada como resolvida por Automation System", PROGRAM),
    ("Conversa foi marcada como resolvida por Sistema de Automação", PROGRAM),
    ("A conversa foi marcada como resolvida por Iara por inatividade", PROGRAM),
    ("A conversa foi marcada como resolvida por Iara (no outstanding questions)", PROGRAM),
    ("A conversa foi marcada como resolvida por Iara: o contato agradeceu", PROGRAM),
    # pt
    ("Conversa foi resolvida por Maria", PERSON),
    ("Conversa auto-resolvida pelo sistema por causa dos 3 dias sem inatividade", PROGRAM),
    ("A conversa foi marcada como resolvida pelo sistema devido a 2 horas de inatividade", PROGRAM),
    ("A conversa foi marcada como resolvida por Iara devido à inatividade", PROGRAM),
    # en
    ("Conversation was marked resolved by Ana Lima", PERSON),
    ("Conversation was marked resolved by Ana (reception)", PERSON),
    ("Conversation was resolved by Maria", PERSON),
    ("Conversation was marked resolved by system due to 3 days of inactivity", PROGRAM),
    ("Conversation was marked resolved by Automation System", PROGRAM),
    ("Conversation was marked resolved by Iara due to inactivity", PROGRAM),
    ("Conversation was marked resolved by Iara (no outstanding questions)", PROGRAM),
    ("Conversation was marked resolved by Iara: the contact said thanks", PROGRAM),
    # es
    ("La conversación fue marcada por Ana Lima", PERSON),
    ("La conversación fue resuelta por Ana Lima", PERSON),
    ("Conversación fue resuelta por Maria", PERSON),
    ("La conversación fue marcada por el sistema debido a 3 días de inactividad", PROGRAM),
    ("La conversación fue resuelta por el sistema debido a 3 días de inactividad", PROGRAM),
    (
        "La conversación fue marcada como resuelta por el sistema debido a 2 horas de inactividad",
        PROGRAM,
    ),
    ("La conversación fue marcada como resuelta por Iara debido a inactividad", PROGRAM),
]  # fmt: skip

OTHER_CHANGES = [
    ("Conversa foi reaberta por Ana Lima", REOPENED, PERSON),
    ("Conversation was reopened by Ana Lima", REOPENED, PERSON),
    ("La conversación fue reabierta por Ana Lima", REOPENED, PERSON),
    ("Conversa foi reaberta por Automation System", REOPENED, PROGRAM),
    ("O sistema reabriu a conversa devido a uma nova mensagem recebida.", REOPENED, PROGRAM),
    ("O sistema reabriu a conversa por ter sido recebida uma nova mensagem.", REOPENED, PROGRAM),
    ("System reopened the conversation due to a new incoming message.", REOPENED, PROGRAM),
    ("El sistema reabrió la conversación debido a un nuevo mensaje entrante.", REOPENED, PROGRAM),
    ("Conversa foi adiada por Ana Lima", SNOOZED, PERSON),
    ("Conversa adiada por Ana Lima", SNOOZED, PERSON),
    ("Conversation was snoozed by Ana Lima", SNOOZED, PERSON),
    ("La conversación fue pospuesta por Ana Lima", SNOOZED, PERSON),
]

LABELS = [
    ("Ana Lima adicionou virou-aluno", LABEL_ADDED, ("virou-aluno",)),
    ("Ana Lima adicionou virou-aluno, vip", LABEL_ADDED, ("virou-aluno", "vip")),
    ("Ana acrescentou vip", LABEL_ADDED, ("vip",)),
    ("Ana added vip, plano", LABEL_ADDED, ("vip", "plano")),
    ("Ana agregó vip", LABEL_ADDED, ("vip",)),
    ("Ana removeu vip", LABEL_REMOVED, ("vip",)),
    ("Ana removeu a vip, plano", LABEL_REMOVED, ("vip", "plano")),
    ("Ana removed vip", LABEL_REMOVED, ("vip",)),
    ("Ana eliminó a vip", LABEL_REMOVED, ("vip",)),
]

UNKNOWN = [
    None,
    "",
    7,
    "Ana definiu a prioridade para alta",
    "Ana mudou a prioridade de alta para baixa",
    "Ana removeu a prioridade",
    "Ana removed the priority",
    "Ana adicionou política de SLA Ouro",
    "Ana adicionou uma política de SLA Ouro",
    "Ana removeu a política de SLA Ouro",
    "Ana added SLA policy Gold",
    "Ana agregó la política de SLA Oro",
    "Ana atribuiu a si mesmo essa conversa",
    "Atribuído a Recepção por Ana",
    "Conversa foi marcada como pendente por Ana",
    "La conversación fue marcada como pendiente por Ana",
    "A conversa foi aberta por Iara",
    "Ana silenciou a conversa",
    "Unterhaltung wurde von Ana als gelöst markiert",
    # a name or a text around a sentence makes it another one
    "Atribuído a Conversa foi reaberta por Ana por Bia",
    "ontem: Conversa foi marcada como resolvida por Ana",
    "O sistema reabriu a conversa devido a uma nova mensagem recebida. E depois?",
]


def parse(text: Any, **fields: Any) -> Activity | None:
    return parse_activity(message(9, 60, text, message_type=2, sender=None, **fields))


def change(number: int, days: int, kind: str, *labels: str) -> Activity:
    return Activity(days * 86_400_000_000, number, kind, True, labels)


@pytest.mark.parametrize(("text", "by_person"), RESOLUTIONS)
def test_a_resolution_is_a_persons_or_a_programs(text: str, by_person: bool) -> None:
    assert parse(text) == Activity(BEGIN + 60_000_000, 9, RESOLVED, by_person)


@pytest.mark.parametrize(("text", "kind", "by_person"), OTHER_CHANGES)
def test_other_changes_of_the_status_are_read(text: str, kind: str, by_person: bool) -> None:
    assert parse(text) == Activity(BEGIN + 60_000_000, 9, kind, by_person)


@pytest.mark.parametrize(("text", "kind", "labels"), LABELS)
def test_labels_are_read(text: str, kind: str, labels: tuple[str, ...]) -> None:
    assert parse(text) == Activity(BEGIN + 60_000_000, 9, kind, PERSON, labels)


@pytest.mark.parametrize("text", UNKNOWN)
def test_another_text_is_no_known_activity(text: Any) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Ana adicionou Bia adicionou vip", ("vip",)),
        ("Conversa foi reaberta por Ana adicionou vip", None),
        ("Conversa foi marcada como resolvida por Ana adicionou Lima", None),
    ],
)
def test_a_name_may_have_the_words_of_a_sentence(text: str, labels: Any) -> None:
    activity = parse(text)

    assert activity is not None
    assert activity.labels == (labels or ())
    assert (activity.kind == LABEL_ADDED) is bool(labels)


def test_a_bot_among_the_agents_is_no_person() -> None:
    text = "Conversa foi marcada como resolvida por Robô  da Academia"
    payload = message(9, 60, text, message_type=2)

    assert [
        activity.by_person
        for bots in ({"robô da academia"}, {"Robô"}, frozenset[str]())
        if (activity := parse_activity(payload, bots))
    ] == [False, True, True]


@pytest.mark.parametrize(
    ("payload", "known"),
    [
        (message(9, 60, "Ana adicionou vip", message_type="activity"), True),
        (message(9, 60, "Ana adicionou vip", message_type=0), False),
        (message(9, 60, "Ana adicionou vip", message_type=1), False),
        (message(9, 60, "Ana adicionou vip", message_type=2, created_at=None), False),
        ({"message_type": 2}, False),
        ("Ana adicionou vip", False),
        (None, False),
    ],
)
def test_only_an_activity_message_with_a_time_is_an_activity(payload: Any, known: bool) -> None:
    assert (parse_activity(payload) is not None) is known


@pytest.mark.parametrize("version", ["4.2.0", "4.14.2"])
def test_the_activities_of_a_real_chatwoot_are_read(version: str) -> None:
    lines = (FOLDER / f"chatwoot-{version}.jsonl").read_text("utf-8").splitlines()
    read = {
        payload["content"]: parse_activity(payload)
        for line in lines
        for payload in find_activities(json.loads(line))
    }

    unread = {text for text, activity in read.items() if activity is None}
    assert unread == {
        "Admin beta definiu a prioridade para high",
        "Atribuído a Atendente beta por Admin beta",
    }
    known = [activity for activity in read.values() if activity]
    kinds = {activity.kind for activity in known}
    assert kinds == {RESOLVED, REOPENED, SNOOZED, LABEL_ADDED, LABEL_REMOVED}
    assert {a.kind for a in known if not a.by_person} == {REOPENED}


def test_the_activities_of_the_sample_gyms_are_read() -> None:
    world = World(seed=3, anchor=ANCHOR.timestamp())
    messages = [each for record in world.conversations() for each in record.messages]
    texts = {each.content for each in messages if each.message_type == ACTIVITY}
    read: dict[str, set[tuple[str, bool] | None]] = {words: set() for words in SAMPLE_CHANGES}
    for text in texts | {SAMPLE_REOPENED}:
        activity = parse(text)
        words = next(words for words in SAMPLE_CHANGES if words in str(text))
        read[words].add(activity and (activity.kind, activity.by_person))

    assert read == {words: {change} for words, change in SAMPLE_CHANGES.items()}


SAMPLE_CHANGES = {
    "resolvida pelo sistema": (RESOLVED, PROGRAM),
    "resolvida por Sistema de Automação": (RESOLVED, PROGRAM),
    "resolvida por": (RESOLVED, PERSON),
    "O sistema reabriu": (REOPENED, PROGRAM),
    "foi adiada por": (SNOOZED, PERSON),
    " adicionou ": (LABEL_ADDED, PERSON),
    "": None,
}


def find_activities(value: Any) -> Iterator[dict[str, Any]]:
    """Finds the activity messages at any depth of a recorded exchange."""
    if isinstance(value, dict):
        if value.get("message_type") == 2 and "created_at" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from find_activities(each)


@pytest.mark.parametrize(
    ("activities", "day"),
    [
        ([], None),
        ([change(1, 3, LABEL_ADDED, "vip")], None),
        ([change(1, 3, LABEL_ADDED, "vip", "virou-aluno")], 3),
        ([change(1, 3, LABEL_ADDED, "Virou_Aluno")], 3),
        ([change(1, 3, LABEL_ADDED, "virou-aluno"), change(2, 4, LABEL_REMOVED, "vip")], 3),
        (
            [change(1, 3, LABEL_ADDED, "matriculado"), change(2, 4, LABEL_REMOVED, "matriculado")],
            None,
        ),
        (
            [
                change(1, 3, LABEL_ADDED, "virou-aluno"),
                change(2, 4, LABEL_REMOVED, "virou-aluno"),
                change(3, 9, LABEL_ADDED, "virou-aluno"),
            ],
            9,
        ),
        ([change(1, 3, LABEL_ADDED, "virou-aluno"), change(2, 9, LABEL_ADDED, "matriculado")], 3),
        (
            [
                change(1, 3, LABEL_ADDED, "virou-aluno"),
                change(2, 9, LABEL_ADDED, "matriculado"),
                change(3, 10, LABEL_REMOVED, "virou-aluno"),
            ],
            9,
        ),
        ([change(1, 3, LABEL_REMOVED, "virou-aluno"), change(2, 3, LABEL_ADDED, "virou-aluno")], 3),
    ],
)
def test_a_label_counts_from_when_it_was_last_put(
    activities: list[Activity], day: int | None
) -> None:
    labels = ["Virou Aluno", "Matriculado"]
    at = None if day is None else day * 86_400_000_000

    assert find_label_instant(activities, labels) == at
    assert find_label_instant(reversed(activities), labels) == at
