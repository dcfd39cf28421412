"""The mask hides personal data and nothing else, whatever the messages."""

import random
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from geniai_pipeline.analysis.base import TranscriptMessage
from geniai_pipeline.analysis.privacy import Mask, cut
from geniai_pipeline.analysis.privacy.numbers import is_cnpj, is_cpf
from geniai_pipeline_tests.support import personal_messages
from geniai_pipeline_tests.support.personal_messages import Generator, measure

FOLDER = Path(personal_messages.__file__).parent
CONTACT = "Ivone Prestes"
MESSAGES = 5000
LEAST_RECALL, LEAST_PRECISION = 0.995, 0.98


@pytest.mark.parametrize("part", ["dev", "test"])
def test_what_is_personal_is_hidden_and_the_rest_stays(part: str) -> None:
    talks = Generator(FOLDER / f"personal_messages_{part}.ini", seed=11).generate(MESSAGES)
    result = measure(talks, CONTACT)
    faults = "\n".join(result.faults[:20])
    assert result.personal.total() > MESSAGES / 3
    assert result.recall >= LEAST_RECALL, faults
    assert result.precision >= LEAST_PRECISION, faults
    for kind, count in result.personal.items():
        assert result.found[kind] >= 0.97 * count, faults


def test_a_generated_cpf_and_cnpj_have_their_check_digits() -> None:
    assert is_cpf("12345678909")
    assert not is_cpf("12345678908")
    assert not is_cpf("11111111111")
    assert is_cnpj("11222333000181")
    assert not is_cnpj("11222333000182")
    assert is_cnpj("12ABC34501DE35")  # the example of the Receita Federal
    assert not is_cnpj("12ABC34501DE36")


@pytest.fixture(scope="module")
def masked_talks() -> list[tuple[Mask, list[TranscriptMessage]]]:
    """Conversations of templates, joined, shortened and mixed with signs at random."""
    return [(Mask([CONTACT], talk), talk) for talk in _build_talks(400)]


def test_hidden_messages_come_back_as_they_were(
    masked_talks: list[tuple[Mask, list[TranscriptMessage]]],
) -> None:
    for mask, talk in masked_talks:
        for message in talk:
            assert mask.restore(mask.hide(message.text)) == message.text


def test_hiding_twice_is_hiding_once(
    masked_talks: list[tuple[Mask, list[TranscriptMessage]]],
) -> None:
    for mask, talk in masked_talks:
        for message in talk:
            hidden = mask.hide(message.text)
            assert mask.hide(hidden) == hidden


def test_the_same_conversation_is_hidden_in_the_same_way(
    masked_talks: list[tuple[Mask, list[TranscriptMessage]]],
) -> None:
    for mask, talk in masked_talks[:100]:
        again = Mask([CONTACT], talk)
        assert [again.hide(m.text) for m in talk] == [mask.hide(m.text) for m in talk]


def test_no_long_number_and_no_original_leaves(
    masked_talks: list[tuple[Mask, list[TranscriptMessage]]],
) -> None:
    for mask, talk in masked_talks:
        hidden = [mask.hide(message.text) for message in talk]
        outside = " | ".join(re.sub(r"\[[A-Z]+_\d+\]", "\x00", text) for text in hidden)
        assert not re.search(r"\d{8}", outside), outside
        placeholders = {p for text in hidden for p in re.findall(r"\[[A-Z]+_\d+\]", text)}
        for original in map(mask.restore, placeholders):
            if len(original) >= 4 and not original.startswith("["):
                whole = rf"(?<!\w){re.escape(original)}(?!\w)"
                assert not re.search(whole, outside), (original, outside)


def test_a_cut_leaves_no_piece_of_what_is_hidden(
    masked_talks: list[tuple[Mask, list[TranscriptMessage]]],
) -> None:
    for mask, talk in masked_talks[:150]:
        for message in talk:
            hidden = mask.hide(message.text)
            for chars in range(0, len(hidden) + 1, 3):
                head = cut(hidden, chars)
                assert len(head) <= chars
                assert message.text.startswith(mask.restore(head))


def test_a_name_in_one_message_is_hidden_in_all() -> None:
    talk = [
        TranscriptMessage("contact", "a xayane vai comigo, chama xayane"),
        TranscriptMessage("agent", "*Kethellen:*\nOi! Qual Xayane?"),
        TranscriptMessage("contact", "minha filha Xayane. e a kethellen?"),
    ]
    mask = Mask([CONTACT], talk)
    hidden = " ".join(mask.hide(message.text) for message in talk).lower()
    assert "xayane" not in hidden
    assert "kethellen" not in hidden


def test_a_number_in_pieces_is_hidden_and_hours_in_pieces_stay() -> None:
    def hide(*texts: str) -> list[str]:
        talk = [TranscriptMessage("contact", text) for text in texts]
        mask = Mask([], talk)
        return [mask.hide(text) for text in texts]

    assert hide("11 98765", "4321") == ["[TELEFONE_1]", "[TELEFONE_2]"]
    assert hide("meu número 11", "98765", "4321", "obrigada")[3] == "obrigada"
    assert hide("oito", "18", "19") == ["oito", "18", "19"]
    assert hide("2024", "2025") == ["2024", "2025"]
    assert hide("129", "149", "179") == ["129", "149", "179"]


def test_what_cannot_be_seen_hides_nothing_from_the_mask() -> None:
    keys = "".join(f"{digit}\ufe0f\u20e3" for digit in "11987654321")
    assert Mask().hide(keys) == "[TELEFONE_1]"
    assert Mask().hide("11 9876\u200b5-43\u200b21") == "[TELEFONE_1]"
    assert Mask().hide("sou o Joa\u0303o") == "sou o [NOME_1]"
    assert Mask(["João"]).hide("oi joao, JOÃO") == "oi [NOME_2], [NOME_3]"


@pytest.mark.parametrize(
    "text",
    ["18/11987654321", "R$ 11987654321", "12:30 11987654321", "1,11987654321", "11987654321h"],
)
def test_a_long_number_beside_another_is_hidden(text: str) -> None:
    assert "98765" not in Mask().hide(text)


def test_an_answer_is_read_by_its_question() -> None:
    now = datetime(2026, 11, 20)  # noqa: DTZ001
    talk = [
        TranscriptMessage("agent", "Me passa o nome e a data de nascimento dela?"),
        TranscriptMessage("contact", "Quelma Brizola", at=now),
        TranscriptMessage("contact", "10/10/2021", at=now),
        TranscriptMessage("contact", "dia 24/11/2026?", at=now),
    ]
    mask = Mask([], talk)
    assert mask.hide("Quelma Brizola") == "[NOME_1]"
    assert mask.hide("10/10/2021") == "[NASCIMENTO_1]"
    assert mask.hide("dia 24/11/2026?") == "dia 24/11/2026?"


def test_a_placeholder_that_a_contact_writes_stands_for_nothing() -> None:
    text = "[NOME_1] aqui, e a Ana? NOME_2"
    mask = Mask([CONTACT], [TranscriptMessage("contact", text)])
    assert mask.contact == "[NOME_3]"
    assert mask.hide(text) == "[NOME_1] aqui, e a [NOME_4]? NOME_2"
    assert mask.restore(mask.hide(text)) == text


@pytest.mark.parametrize(
    "unit",
    ["a", "rua ", "1 ", "a.a-", "@ ", "nove ", "\n", " ", "\n ", "a ", "Rua A 1, ", "[", "é",
     "ana ", "nome:", "12.", "casa 1 ", "A", "oi ", "pix "],
)  # fmt: skip
@pytest.mark.timeout(10)
def test_a_long_message_takes_no_long_time(unit: str) -> None:
    length = 20_000 // len(unit)
    texts = [
        unit * length,
        "rua das flores 12" + unit * length + "!",
        "1" + unit * length + "x",
        "2",
    ]
    mask = Mask([CONTACT], [TranscriptMessage("contact", text) for text in texts])
    assert [mask.restore(mask.hide(text)) for text in texts] == texts


def _build_talks(count: int) -> Iterator[list[TranscriptMessage]]:
    chance = random.Random(5)
    parts = [
        *Generator(FOLDER / "personal_messages_test.ini", seed=3).generate(3000),
        *Generator(FOLDER / "personal_messages_dev.ini", seed=4).generate(1000),
    ]
    noise = [
        "[NOME_1]", "NOME_2", "[CPF_1]", "\n", " ", "😊", "é", "a\u0301", "_", "@", "(", "ﬁ", "İ",
    ]  # fmt: skip
    for _ in range(count):
        talk = []
        for _ in range(chance.randint(1, 6)):
            texts = [m.text for part in chance.sample(parts, chance.randint(1, 3)) for m in part]
            text = chance.choice([" ", ". ", "\n", ", ", ""]).join(texts)
            position = chance.randint(0, len(text))
            text = text[:position] + chance.choice(noise) + text[position:]
            if chance.random() < 0.2:
                text = text[: chance.randint(1, len(text))]
            if chance.random() < 0.1:
                text = text.upper()
            talk.append(TranscriptMessage(chance.choice(["contact", "agent"]), text))
        yield talk
