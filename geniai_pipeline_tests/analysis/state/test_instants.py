"""Spoken days and hours, resolved against the date of the message."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from geniai_pipeline.analysis.state.instants import find_bare_hours, find_dates_and_hours
from geniai_pipeline.analysis.state.turns import TurnReader
from geniai_pipeline_tests.support.dialogues import dialogue

WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
WEDNESDAY = date(2026, 3, 11)
READER = TurnReader()


def find(text: str, written: date = WEDNESDAY) -> tuple[list[date], list[str]]:
    (turn,) = READER.read(dialogue(f"c: {text}"))
    dates, hours = find_dates_and_hours(turn.reading, written)
    return list(dates), [f"{hour // 60}:{hour % 60:02}" for hour in hours]


def march(*days: int) -> list[date]:
    return [date(2026, 3, day) for day in days]


@pytest.mark.parametrize(
    ("text", "dates", "hours"),
    [
        ("fica quarta dia 18 às 17h", march(18), ["17:00"]),
        ("amanhã às 9h", march(12), ["9:00"]),
        ("hoje 18h30", march(11), ["18:30"]),
        ("depois de amanhã meio-dia", march(13), ["12:00"]),
        ("sábado 9h", march(14), ["9:00"]),
        ("dia 20 às 7h", march(20), ["7:00"]),
        ("dia 5 às 7h", [date(2026, 4, 5)], ["7:00"]),
        ("dia 1º às 3 da tarde", [date(2026, 4, 1)], ["15:00"]),
        ("sábado tem às 9h e às 10h30", march(14), ["9:00", "10:30"]),
        ("dia 5 de maio", [date(2026, 5, 5)], []),
        ("26/03 quinta 9h", march(26), ["9:00"]),
        ("quinta, 26, às 9h", march(26), ["9:00"]),
        ("sexta às sete da noite", march(13), ["19:00"]),
        ("sexta oito e meia da manhã", march(13), ["8:30"]),
        ("sexta às 5 da tarde", march(13), ["17:00"]),
        ("sexta às duas da tarde", march(13), ["14:00"]),
        ("quarta 10 hora eu vou", march(18), ["10:00"]),
        ("semana que vem, na quinta, às 9h", march(19), ["9:00"]),
        ("na outra quinta às 9h", march(19), ["9:00"]),
        ("sexta às dezenove e trinta", march(13), ["19:30"]),
        ("sexta às 7 e quinze", march(13), ["7:15"]),
        ("sexta quinze pras sete da noite", march(13), ["18:45"]),
        ("sexta no horário das 18", march(13), ["18:00"]),
        ("amanhã das 9 às 10", march(12), ["9:00"]),
        ("amanhã 14.30", march(12), ["14:30"]),
        ("12.03 às 18h", march(12), ["18:00"]),
        ("20 de março às 17h", march(20), ["17:00"]),
        ("dia 1º de abril às 9h", [date(2026, 4, 1)], ["9:00"]),
        ("daqui a dois dias às 9h", march(13), ["9:00"]),
        ("hoje, quarta, às 19h", march(11), ["19:00"]),
        ("sexta 17h em vez de 18h", march(13), ["17:00"]),
        ("às 7h, amanhã", march(12), ["7:00"]),
        ("turma terça e quinta 19h", [], []),
        ("ter/qui 7h ou seg qua 18h", [], []),
        ("preciso até quinta", [], []),
        ("é grátis por 2h", [], []),
        ("terça ou quinta", march(17, 12), []),
        ("funciona de segunda a sexta das 6h às 22h", [], []),
        ("oi, tudo bem?", [], []),
    ],
)
def test_words_become_a_date_and_an_hour(text: str, dates: list[date], hours: list[str]) -> None:
    assert find(text) == (dates, hours)


def days_ahead() -> Iterator[tuple[date, date]]:
    """Pairs of the day on which it is written and the day that is meant, over years' ends."""
    for written in (date(2026, 1, 1), date(2027, 12, 20), date(2028, 2, 25), date(2026, 8, 31)):
        for days in range(1, 28):
            yield written, written + timedelta(days)


def test_a_weekday_and_the_number_that_agree_are_that_date() -> None:
    for written, meant in days_ahead():
        for phrase in (f"{WEEKDAYS[meant.weekday()]} dia {meant.day}",
                       f"{WEEKDAYS[meant.weekday()]} {meant.day:02}/{meant.month:02}"):  # fmt: skip
            assert find(f"pode ser {phrase} às 17h", written) == ([meant], ["17:00"]), (
                written,
                phrase,
            )


def test_a_weekday_alone_is_the_next_one_never_today() -> None:
    for written, meant in days_ahead():
        if (meant - written).days <= 7:
            assert find(f"pode ser {WEEKDAYS[meant.weekday()]}", written)[0] == [meant]


def test_the_last_day_of_the_year_and_midnight_lead_into_the_next_day() -> None:
    assert find("amanhã 9h", date(2026, 12, 31)) == ([date(2027, 1, 1)], ["9:00"])
    assert find("dia 2/1 às 9h", date(2026, 12, 31)) == ([date(2027, 1, 2)], ["9:00"])


def test_without_a_date_of_the_message_only_hours_are_found() -> None:
    (turn,) = READER.read(dialogue("c: quarta dia 18 às 17h"))
    assert find_dates_and_hours(turn.reading, None) == ((), (17 * 60,))


@pytest.mark.parametrize(("text", "hours"), [("11?", [11]), ("dez é bom", [10]), ("2x", [])])
def test_a_number_alone_answers_when_an_hour_was_asked(text: str, hours: list[int]) -> None:
    (turn,) = READER.read(dialogue(f"c: {text}"))
    assert list(find_bare_hours(turn.reading)) == [hour * 60 for hour in hours]
