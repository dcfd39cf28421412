"""Answers questions from the tenant's own facts; says nothing that they do not hold."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from geniai_pipeline.analysis.suggestions.moments import say_hour
from geniai_pipeline.analysis.suggestions.texts import TEXTS
from geniai_pipeline.tenant_facts import WEEKDAYS, Plan, TenantFacts
from geniai_pipeline.text import remove_accents

_DAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_MOST = 5
"""Plans or lessons in one answer."""
Fact = TypeVar("Fact")
_COMMON = frozenset({"plano", "aula", "para", "por", "com"})
"""Words of a name that say nothing of the thing."""
_COST = re.compile(r"tax|cobr|pag|quanto|valor|preco|gratis|isen")
"""What asks for the price of a thing that may be asked about otherwise."""
_TIMES_A_WEEK = re.compile(r"\b([1-7]) ?x\b|\b(\w+) vezes? (?:por|na) semana")
TOLD = {
    "plans": re.compile(r"r\$|\d{2,3},\d\d|\b\d{2,3}\b(?! ?(?:h|min|anos|kg|m\b))"),
    "trial": re.compile(r"experimental|aula teste"),
}
"""What the gym has said already, so that who asks again asks for something else."""
_PARTS = {"almoco": (11, 14), "manha": (0, 12), "tarde": (12, 18), "noite": (18, 24)}
"""The hours of a part of the day, from and to."""
_PLATFORMS = {"gympass": "wellhub", "wellhub": "wellhub", "totalpass": "totalpass"}


class Question:
    """A question's sentence, and all that the contact wrote, both folded."""

    def __init__(self, sentence: str, context: str) -> None:
        """Folds both texts."""
        self.sentence, self.context = fold(sentence), fold(context)

    def names(self, thing: str | None) -> bool:
        """Whether the sentence, or else the context, has a word of a thing's name."""
        words = [f"{w}s?" for w in re.findall(r"\w{3,}", fold(thing or "")) if w not in _COMMON]
        named = re.compile(rf"\b(?:{'|'.join(words)})\b")
        return bool(words) and any(map(named.search, (self.sentence, self.context)))


def fold(text: str) -> str:
    """Folds a text: small letters without accents."""
    return remove_accents(text).lower()


def answer(topic: str, question: Question, facts: TenantFacts) -> str:
    """Answers a question about a topic (a section of `topics.ini`); "": the facts do not say."""
    write = _ANSWERS.get(topic)
    return write(question, facts) if write else ""


def say_price(reais: float) -> str:
    """Says a price: "R$ 120", "R$ 119,90"."""
    return f"R$ {reais:,.2f}".translate(str.maketrans(",.", ".,")).removesuffix(",00")


def invite(facts: TenantFacts) -> str:
    """Invites to a first visit, by the facts."""
    if facts.trial is None:
        return ""
    cost = say_price(facts.trial.price) if facts.trial.price else "é grátis"
    return f"{TEXTS['invitation'].format(trial=f'{facts.trial.name} ({cost})')} {TEXTS['choice']}"


def _answer_plans(question: Question, facts: TenantFacts) -> str:
    plans = _select(facts.plans, question, lambda plan: f"{plan.activity or ''} {plan.name}")
    often = _TIMES_A_WEEK.search(question.sentence)
    if not plans or (often and not any(often[0] in fold(plan.name) for plan in plans)):
        return ""
    return f"Os valores são: {'; '.join(map(_say_plan, plans))}."


def _say_plan(plan: Plan) -> str:
    activity = f"{plan.activity}, " if plan.activity else ""
    name = plan.name[0].lower() + plan.name[1:]
    note = f" ({plan.note})" if plan.note else ""
    return f"{activity}{name} {say_price(plan.price)} por {plan.per}{note}"


def _answer_timetable(question: Question, facts: TenantFacts) -> str:
    lessons = _select(facts.timetable, question, lambda lesson: lesson.activity)
    begin, end = next((_PARTS[word] for word in _PARTS if word in question.sentence), (0, 24))
    hours = [[say_hour(t) for t in each.times if begin <= t.hour < end] for each in lessons]
    phrases = [
        f"{each.activity} {_say_days(each.days)} às {_join(times)}"
        for each, times in zip(lessons, hours, strict=True)
        if times
    ]
    if not lessons:
        return _answer_opening(question, facts)
    return f"Os horários são: {'; '.join(phrases)}." if phrases else ""


def _answer_opening(_: Question, facts: TenantFacts) -> str:
    phrases = [
        f"{_say_days(each.days)} das {say_hour(each.opens)} às {say_hour(each.closes)}"
        for each in facts.opening_hours
    ]
    return f"A gente funciona {_join(phrases)}." if phrases else ""


def _answer_trial(_: Question, facts: TenantFacts) -> str:
    if facts.trial is None:
        return ""
    name, price = facts.trial.name, facts.trial.price
    cost = f"custa {say_price(price)}" if price else "é gratuita"
    return " ".join(filter(None, [f"A {name} {cost}.", _end(facts.trial.booking)]))


def _answer_clothes(_: Question, facts: TenantFacts) -> str:
    bring = facts.trial.bring if facts.trial else None
    return f"É só trazer {_end(bring)}" if bring else ""


def _answer_payment(_: Question, facts: TenantFacts) -> str:
    return f"Dá pra pagar com {_join(facts.payment, 'ou')}." if facts.payment else ""


def _answer_enrolment(question: Question, facts: TenantFacts) -> str:
    if facts.enrolment_fee is None or not _COST.search(question.sentence):
        return ""
    if not facts.enrolment_fee:
        return "A gente não cobra taxa de matrícula."
    return f"A taxa de matrícula é {say_price(facts.enrolment_fee)}."


def _answer_platforms(question: Question, facts: TenantFacts) -> str:
    if facts.platforms is None:
        return ""
    meant = {_PLATFORMS[word] for word in _PLATFORMS if word in question.sentence.replace(" ", "")}
    taken = {_PLATFORMS.get(fold(name).replace(" ", ""), "") for name in facts.platforms}
    if meant and meant <= taken:
        return f"Aceitamos sim, atendemos {_join(facts.platforms)}."
    if facts.platforms:
        return f"Hoje a gente atende {_join(facts.platforms)}."
    return "Por enquanto a gente não atende por plataformas."


_ANSWERS: dict[str, Callable[[Question, TenantFacts], str]] = {
    "information": lambda *_: TEXTS["information"],
    "plans": _answer_plans,
    "timetable": _answer_timetable,
    "opening": _answer_opening,
    "address": lambda _, facts: f"O endereço é {_end(facts.address)}" if facts.address else "",
    "parking": lambda _, facts: _end(facts.parking),
    "ages": lambda _, facts: f"A idade aqui é: {_small(facts.ages)}" if facts.ages else "",
    "trial": _answer_trial,
    "clothes": _answer_clothes,
    "payment": _answer_payment,
    "enrolment": _answer_enrolment,
    "platforms": _answer_platforms,
}


def _select(
    facts: Sequence[Fact], question: Question, name: Callable[[Fact], str]
) -> Sequence[Fact]:
    """Selects the facts that the question names; without such all, where they are few."""
    named = [fact for fact in facts if question.names(name(fact))]
    chosen = named or facts
    return chosen if len(chosen) <= _MOST else ()


def _say_days(days: Sequence[str]) -> str:
    """Says days of the week: "de segunda a sexta", "terça e quinta"."""
    numbers = sorted(WEEKDAYS.index(day) for day in days)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"de {_DAYS[numbers[0]]} a {_DAYS[numbers[-1]]}"
    return _join([_DAYS[number] for number in numbers])


def _join(parts: Iterable[str], last: str = "e") -> str:
    *first, end = parts
    return f"{', '.join(first)} {last} {end}" if first else end


def _small(sentence: str) -> str:
    """Puts a given sentence after a colon."""
    return f"{sentence[0].lower()}{_end(sentence)[1:]}"


def _end(sentence: str | None) -> str:
    """Ends a given sentence with a full stop, unless it is empty."""
    return f"{sentence.rstrip('.')}." if sentence else ""
