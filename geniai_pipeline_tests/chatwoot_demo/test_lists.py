"""The lists of the sample gyms' own systems: who trains there, and what was sold."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chatwoot_demo.lists import members_csv, sales_csv
from chatwoot_demo.truth import read_truth
from chatwoot_demo.world import World
from geniai_pipeline.conversations.fields import parse_phone
from geniai_pipeline_tests.support.samples import ANCHOR

DAY = 86400
AT = ANCHOR.timestamp()


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, anchor=AT)


def read(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text), delimiter=";")]


def test_the_list_of_members_changes_by_less_than_a_third_a_month(world: World) -> None:
    for account in world.accounts.values():
        before, now = (
            {(row["Celular"], row["E-mail"]) for row in read(members_csv(account, at))}
            for at in (AT - 30 * DAY, AT)
        )
        assert now - before
        assert before - now
        assert len(now) > len(before) * 2 / 3


def test_members_are_those_of_the_truth_and_some_who_never_write(world: World) -> None:
    for account in world.accounts.values():
        rows = read(members_csv(account, AT))
        phones = {parse_phone(row["Celular"]) for row in rows}
        assert None not in phones
        assert len(phones) == len(rows)
        members = {person.id for person in read_truth(account, AT).persons if person.is_member}
        on_list = {
            min(who.contacts.values()) for who in account.people
            if who.contacts and who.phone in phones
        }  # fmt: skip
        assert members == on_list
        assert len(members) < len(rows)
        assert any(row["Data de início"] == "" for row in rows)
        assert any(row["E-mail"] == "" for row in rows)


def test_sales_are_the_enrolments_of_the_truth_and_of_those_who_never_wrote(world: World) -> None:
    for account in world.accounts.values():
        rows = read(sales_csv(account, AT))
        sold = {(parse_phone(row["Telefone"]), row["Data da venda"]) for row in rows}
        enrolled = {
            episode.person: episode.enrolled_on.strftime("%d/%m/%Y")
            for episode in read_truth(account, AT).episodes
            if episode.enrolled_on
        }
        people = {min(who.contacts.values()): who for who in account.people if who.contacts}
        assert {(people[number].phone, day) for number, day in enrolled.items()} <= sold
        assert len(enrolled) < len(rows)
        today = datetime.fromtimestamp(AT, ZoneInfo(account.timezone)).date()
        days = [datetime.strptime(row["Data da venda"], "%d/%m/%Y").date() for row in rows]  # noqa: DTZ007
        assert days == sorted(days)
        assert days[-1] <= today
