"""Writes the reasoning and the suggested message, in Portuguese."""

from typing import NamedTuple

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
_NOT_PROSPECTS = {
    Kind.VENDOR: "Obrigado pelo contato{name}! No momento não estamos avaliando propostas, mas"
    " guardamos sua mensagem. Sucesso por aí!",
    Kind.JOB: "Oi{name}, obrigado pelo interesse em trabalhar com a gente! Vou encaminhar sua"
    " mensagem ao responsável pela equipe e, se surgir uma oportunidade, entramos em contato.",
    Kind.WRONG_NUMBER: "Sem problema{name}! Aqui é da academia. Um ótimo dia pra você!",
}


class Proof(NamedTuple):
    """A finding as text after "O contato ...", and its quote."""

    kind: Kind
    means: str
    quote: str


class Situation(NamedTuple):
    """The findings and fields that the texts are written from."""

    score: Score
    name: str | None
    kinds: frozenset[Kind]
    for_another: bool
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
            facts[proof.quote] = f"{proof.means} (“{_shorten(proof.quote)}”)"
    conditions = at.kinds & {Kind.CONDITION, Kind.GOAL}
    first = "O contato " + _join(list(facts.values())[:3]) + "." if facts else ""
    if at.appointment:
        return (
            f"{first} A primeira visita ficou combinada pelos dois lados: {at.appointment}.".strip()
        )
    verdict = _describe_score(at.score.score, bool(conditions), lost=Kind.LOST in at.kinds)
    return f"{first} {verdict}".strip()


def write_suggestion(at: Situation) -> str:
    """Writes a message that an agent may send next; empty if no message is needed."""
    name = f", {at.name.split()[0]}" if at.name else ""
    hello = f"Oi{name}!"
    score, kinds = at.score.score, at.kinds
    if score == 0:
        return next((t.format(name=name) for k, t in _NOT_PROSPECTS.items() if k in kinds), "")
    if score == 1:
        return _to_member_or_stranger(at, hello)
    if Kind.LOST in kinds:
        return (
            f"{hello} Tudo bem, agradeço por avisar. Se um dia quiser conhecer a gente, as portas"
            " estão abertas e vai ser um prazer receber você."
        )
    if at.appointment:
        return (
            f"{hello} Está confirmado: {at.appointment}. Venha com roupa confortável e traga uma"
            " garrafinha de água. Se precisar mudar, é só me avisar. Até lá!"
        )
    if Kind.ENROLMENT in kinds:
        return (
            f"{hello} Que alegria ter você com a gente! Vou te ajudar com a matrícula: prefere"
            " resolver por aqui ou passar na recepção? Que dia você quer começar?"
        )
    return _to_prospect(at, hello)


def _to_member_or_stranger(at: Situation, hello: str) -> str:
    if Kind.MEMBER_SERVICE in at.kinds:
        return (
            f"{hello} Recebi sua mensagem e já vou verificar isso pra você. Me confirma, por favor,"
            " seu nome completo para eu localizar o cadastro?"
        )
    if Kind.MEMBER in at.kinds:
        return f"{hello} Que bom falar com você! Como posso te ajudar hoje?"
    if not at.contact_wrote:
        return (
            f"{hello} Recebi sua mensagem, mas não consigo abrir agora. Pode me contar por escrito"
            " como posso te ajudar?"
        )
    return (
        f"{hello} Seja bem-vindo(a)! Me conta: você está procurando um lugar para treinar ou já"
        " treina com a gente?"
    )


def _to_prospect(at: Situation, hello: str) -> str:
    kinds = at.kinds
    if Kind.STAFF in kinds:
        return (
            f"{hello} Que ótima iniciativa cuidar da equipe! Quantas pessoas participariam? Posso"
            " marcar uma conversa com nosso responsável para montar a melhor proposta para vocês."
        )
    if Kind.DROP_IN in kinds:
        return (
            f"{hello} Vai ser um prazer receber você! Me diz o dia e o horário em que pretende vir"
            " que eu deixo a recepção avisada."
        )
    care = ""
    if Kind.CONDITION in kinds:
        care = " Obrigado por me contar da sua saúde; nossos professores vão adaptar tudo a você."
    elif Kind.GOAL in kinds:
        care = " Adorei saber do seu objetivo, e dá pra montar um caminho bem certinho até ele."
    if Kind.TRIAL in kinds:
        return (
            f"{hello}{care} Vamos marcar sua primeira visita? Qual dia e horário ficam melhores"
            " pra você esta semana?"
        )
    if Kind.RETURNING in kinds:
        return (
            f"{hello} Que bom ter você de volta! Quer passar aqui para ver as novidades e já"
            " combinar o recomeço? Qual dia fica melhor?"
        )
    if at.for_another:
        return (
            f"{hello} Vai ser um prazer receber vocês! Que tal virem juntos conhecer o espaço e"
            " fazer uma aula experimental? Qual dia fica melhor?"
        )
    if Kind.QUESTION in kinds:
        return (
            f"{hello}{care} Te explico tudo com prazer! E o melhor jeito de escolher é sentindo o"
            " clima daqui: quer vir fazer uma aula experimental? Qual dia e horário te atendem?"
        )
    return (
        f"{hello}{care} Fico feliz com seu interesse! Me conta o que você procura e em qual período"
        " costuma ter tempo? Assim já te convido para conhecer o espaço."
    )


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
