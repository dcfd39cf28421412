"""Writes the reasoning, in Portuguese."""

from typing import NamedTuple

from geniai_pipeline.analysis.base import is_menu_digit
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.scoring import Score

_QUOTE_LENGTH = 90
_WEIGHTS = {
    Kind.LOST: 9,
    Kind.ENROLMENT: 8,
    Kind.TRIAL: 7,
    Kind.CONDITION: 6,
    Kind.GOAL: 6,
    Kind.DROP_IN: 5,
    Kind.STAFF: 5,
    Kind.RETURNING: 4,
    Kind.QUESTION: 3,
    Kind.INTENT: 2,
    Kind.CURIOSITY: 1,
}


class Proof(NamedTuple):
    """A finding as text after "O contato ...", and its quote."""

    kind: Kind
    means: str
    quote: str


class Situation(NamedTuple):
    """The findings and fields that the reasoning is written from."""

    score: Score
    kinds: frozenset[Kind]
    proofs: tuple[Proof, ...]
    appointment: str
    contact_spoke: bool
    contact_wrote: bool


def write_reasoning(at: Situation) -> str:
    """Writes the reasons in one or two sentences, with the contact's quotes."""
    if not at.contact_spoke:
        return "O contato não escreveu nada: só a academia falou, então não há interesse a avaliar."
    if not at.contact_wrote:
        return "O contato mandou apenas áudio ou anexo, sem texto que mostre o que procura."
    if not at.proofs and not at.appointment:
        return "O contato só cumprimentou ou escreveu algo sem relação clara com a academia."
    facts: dict[str, str] = {}  # the fact with the largest weight of each quote
    for proof in sorted(at.proofs, key=lambda proof: -_WEIGHTS.get(proof.kind, 0)):
        if proof.quote not in facts and proof.means not in "".join(facts.values()):
            shown = "pelo menu" if is_menu_digit(proof.quote) else f"“{_shorten(proof.quote)}”"
            facts[proof.quote] = f"{proof.means} ({shown})"
    conditions = at.kinds & {Kind.CONDITION, Kind.GOAL}
    first = "O contato " + _join(list(facts.values())[:3]) + "." if facts else ""
    if at.appointment:
        return (
            f"{first} A primeira visita ficou combinada pelos dois lados: {at.appointment}.".strip()
        )
    verdict = _describe_score(at.score.score, bool(conditions), lost=Kind.LOST in at.kinds)
    return f"{first} {verdict}".strip()


def _describe_score(score: int, personal: bool, *, lost: bool) -> str:
    if lost and score == 2:
        return "Foi um possível aluno, mas a venda se perdeu por ora."
    if score >= 5:
        return "Decisão tomada: é o momento de concluir a matrícula."
    if score == 4:
        reason = " e um motivo pessoal" if personal else ""
        return f"Interesse forte{reason}, mas ainda sem dia e hora aceitos pelos dois lados."
    if score == 3:
        return "Interesse claro, que pede um convite para conhecer a academia."
    return {
        2: "Interesse ainda vago, sem pergunta concreta.",
        1: "É atendimento a quem já treina na academia, não uma venda.",
        0: "Não é um possível aluno.",
    }[score]


def _join(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" e " if len(parts) > 1 else "") + parts[-1]


def _shorten(quote: str) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= _QUOTE_LENGTH else flat[: _QUOTE_LENGTH - 1].rstrip() + "…"
