"""Six months of daily runs: a day that is over keeps its figures, whatever their order."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import (
    START,
    TENANT,
    agent_message,
    bot_message,
    message,
)

DAY = 86_400
DAYS = 180
SETTLED = 45
"""Days after which nothing of a day is still under way: a talk's fortnight, a lead's month."""
OPENINGS = [
    "Oi, quanto custa a mensalidade?",
    "Bom dia! Queria fazer uma aula experimental",
    "Vocês têm turma de manhã?",
    "Sou aluno, meu boleto venceu, podem mandar a segunda via?",
    "Trabalho com suplementos e queria apresentar nossa tabela",
    "Quero voltar a treinar, parei ano passado",
]
ANSWERS = ["Olá! R$ 120 por mês.", "Quer vir conhecer amanhã às 18h?", "Vou verificar e te falo."]
ENDINGS = ["Obrigada!", "Pode ser amanhã 18h", "Achei caro", "E no sábado, que horas abre?", "👍"]

Threads = dict[int, list[dict[str, Any]]]


@pytest.fixture
def tenants(embedded: None, make_tenant: MakeTenant) -> Iterator[list[LandedTenant]]:
    slugs = ["diaria", "tardia"]
    yield [LandedTenant(make_tenant(slug)) for slug in slugs]
    for slug in slugs:
        registry.remove_tenant(slug)


def write_threads(rng: random.Random) -> Threads:
    """Writes the threads of a living gym: people who write once, come back, answer late."""
    threads: Threads = {}
    for number in range(1, 41):
        at = rng.uniform(0, DAYS) * DAY
        talk = threads[number] = []
        while at < DAYS * DAY and len(talk) < 40:
            talk.append(message(0, int(at), rng.choice(OPENINGS)))
            talk.append(bot_message(0, int(at) + 5, "Já chamo alguém!"))
            if rng.random() < 0.8:
                talk.append(
                    agent_message(0, int(at + rng.expovariate(1 / 9000)), rng.choice(ANSWERS))
                )
            if rng.random() < 0.6:
                late = rng.choice([600, DAY, 3 * DAY])
                talk.append(message(0, int(at + 600 + late), rng.choice(ENDINGS)))
            if rng.random() < 0.3:  # a reminder that nobody asked for
                talk.append(agent_message(0, int(at + 12 * DAY), "Oi! Ainda pensa em treinar?"))
            at += rng.choice([2, 9, 16, 35, 80]) * DAY * rng.uniform(0.8, 1.2)
        talk.sort(key=lambda each: each["created_at"])
    return threads


def land(tenant: LandedTenant, threads: Threads, numbers: list[int], now: float) -> None:
    """Lands what had been written by then of these threads; every third person has two contacts."""
    for number in numbers:
        written = [m for m in threads[number] if m["created_at"] <= START + now]
        if written:
            person = number - 1 if number % 3 == 0 else number
            tenant.land(number, *written, sender={"phone_number": f"+5511987{person:06}"})


def read_days(tenant: LandedTenant, before: date) -> list[tuple[Any, ...]]:
    """Reads the figures of the days that are over."""
    with tenant_transaction(tenant.tenant.tenant_id) as connection:
        return connection.execute(
            "select day, sum(conversations), sum(leads), sum(visits) from analytics.daily_metrics"
            " where day < %s group by day order by day",
            [before],
        ).fetchall()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_half_a_year_of_daily_runs_gives_the_history_of_one_run(
    tenants: list[LandedTenant],
) -> None:
    daily, late = tenants
    rng = random.Random(20261129)
    threads = write_threads(rng)
    written: dict[date, list[tuple[Any, ...]]] = {}
    for day in range(1, DAYS + 1):
        changed = [
            number
            for number, talk in threads.items()
            if any(START + (day - 1) * DAY < m["created_at"] <= START + day * DAY for m in talk)
        ]
        rng.shuffle(changed)
        land(daily, threads, changed, day * DAY)
        daily.sync()
        today = datetime.fromtimestamp(START + day * DAY, TENANT.timezone).date()
        settled = today - timedelta(days=SETTLED)
        written[settled] = read_days(daily, settled)
    land(late, threads, sorted(threads, reverse=True), DAYS * DAY)
    late.sync()

    whole = date(2100, 1, 1)
    assert read_days(daily, whole) == read_days(late, whole)
    columns = (
        "conversation_id, episode, role, is_new_lead, visit_state, awaits_reply, waiting_since"
    )
    assert daily.read(columns) == late.read(columns)
    assert {before: read_days(daily, before) for before in written} == written
    assert sum(row[2] for row in read_days(daily, whole)) > 20
