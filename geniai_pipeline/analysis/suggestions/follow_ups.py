"""Writes what the gym may say though it owes nothing: reminders, follow-ups, questions again."""

import re
from datetime import datetime, time, timedelta

from geniai_pipeline.analysis.base import Suggestion
from geniai_pipeline.analysis.first_names import is_first_name
from geniai_pipeline.analysis.local.language import split_sentences
from geniai_pipeline.analysis.suggestions.answers import TOLD
from geniai_pipeline.analysis.suggestions.moments import (
    end_day,
    find_expiry,
    say_hour,
    say_moment,
)
from geniai_pipeline.analysis.suggestions.questions import MessageReader
from geniai_pipeline.analysis.suggestions.scene import NOTHING, Scene
from geniai_pipeline.analysis.suggestions.texts import TEXTS

_REMINDER_FROM = time(8)
"""Of the day before the visit."""
_REMINDER_QUIET = timedelta(hours=12)
"""After a message: who has just agreed needs no reminder."""
_VISIT_LASTS = timedelta(hours=3)
"""From a visit's hour on, so long nobody asks how it was."""
_QUIET = {
    "done": timedelta(days=1),
    "missed": timedelta(days=1),
    "cancelled": timedelta(days=3),
}
_NEWS_QUIET = timedelta(days=3)
"""After the gym has asked itself how the visit was."""
_CONTACT_QUIET, _WORD_QUIET = timedelta(days=1), timedelta(days=3)
"""After the gym's question, and after the contact's word that they will see to it."""
_WORD_FRESH = timedelta(hours=12)
"""So long a word of theirs may be answered."""
_LAST_WORDS = 2
"""The contact's last messages, which may put it off."""
_FEW_OWN_WORDS = 4
"""Of a contact who has not said yet what they want."""
_NUDGES = timedelta(hours=12)
"""Messages of the gym further apart, with no answer between: it has followed up itself."""
_ENDS = frozenset({"waits", "thanks", "farewells"})
"""What the contact writes that asks for no answer."""
_FIRST_VISIT = re.compile(
    r"experimental|teste|primeir|estreia|conhecer|visita|di[áa]ria|avuls|come[çc]|plano|valor"
    r"|pre[çc]o|mensal",
    re.IGNORECASE,
)
"""What is spoken of where somebody comes for the first time: members book lessons, too."""
_PLANS = re.compile(r"\b(?:planos?|valor(?:es)?|pre[çc]os?)\b", re.IGNORECASE)
_LONGEST_QUESTION, _FEW_WORDS = 180, 2
_LEANS = re.compile(
    r"(?:e )?(?:tudo bem|o que (?:acha|me diz)|qual (?:\w+ )?(?:prefere|fica|melhor)|pode ser"
    r"|serve|que tal|tudo certo|topa|combinado|ok|certo|vamos|podemos confirmar|confirma)\b",
    re.IGNORECASE,
)
"""A question that says nothing without the sentence before it."""
_NAMED = re.compile(
    r"\b(?:segunda|ter[çc]a|quarta|quinta|sexta|s[áa]bado|domingo)\b|\b\d{1,2}(?:h|:\d)", re.I
)
_OFFERS = re.compile(
    r"\b(?:pode|podes|d[áa]|consegue|serve|fica|prefere|qual|quer|ou|bora|vem)\b", re.I
)
_SOON = re.compile(
    r",? (?:(?:ainda|j[áa]|pra|at[ée]) )?(?:hoje|amanh[ãa]|agora)(?= *[?!.]| *$)", re.IGNORECASE
)
_EMOJI = re.compile(r"[^\w\s.,;:!?()/%$'\"-]+")
_STOPS = re.compile(r"([?!.,]) *(?:\. *)+")
"""The full stop that an emoji leaves after another mark."""
_GREETING = re.compile(
    r"^(?:(?:oi+e?|ol[áa]|bom dia|boa tarde|boa noite|opa|ah|blz|beleza|ok|show|massa|perfeito"
    r"|combinado|tranquilo|imagina|claro|verdade|isso|e a[íi]|e(?! se)|boa pergunta|aproveitando"
    r"|ent[ãa]o|mas|k{2,}|rs+|(?:ha){2,}|dona|seu|dr|sr)\b[ ,!.:]*)+(?:\w+[,!] )?",
    re.IGNORECASE,
)


class FollowUpWriter:
    """Writes follow-ups. Threads may share it."""

    def __init__(self, reader: MessageReader) -> None:
        """Takes the reader of the contact's messages."""
        self._reader = reader

    def write(self, scene: Scene) -> Suggestion:
        """Writes the follow-up that is due, or says from when one is."""
        state = scene.state
        if state.outcome in ("lost", "won") or state.role in ("outsider", "unknown"):
            return NOTHING
        visit = state.visit
        own = [m.at for m in scene.messages if m.sender == "contact" and m.at]
        if self._is_put_off(scene) or self._has_nudged(scene):
            return NOTHING
        if visit.state == "agreed" and visit.at and not (own and own[-1] > visit.at):
            words = f"{scene.own_words} {scene.gym_words}"
            return _remind(scene, visit.at) if _FIRST_VISIT.search(words) else NOTHING
        if len(scene.own_words.split()) < _FEW_OWN_WORDS:
            return NOTHING
        if visit.state in ("missed", "cancelled") and state.next_actor == "contact":
            again = TEXTS["missed_again" if visit.state == "missed" else "proposed"]
            return _wait(scene, _QUIET[visit.state], again)
        if visit.state in _QUIET and state.next_actor != "contact":
            reacted = visit.state == "done" and visit.at and own and own[-1] > visit.at
            return NOTHING if reacted else _wait(scene, _QUIET[visit.state], TEXTS[visit.state])
        if state.next_actor == "contact":
            is_last = scene.messages[-1].sender == "contact"
            if is_last and scene.is_new and (reply := self._take_word(scene)):
                return reply
            quiet = _WORD_QUIET if is_last else _CONTACT_QUIET
            return _wait(scene, quiet, self._ask_again(scene))
        return NOTHING

    def _is_put_off(self, scene: Scene) -> bool:
        """Whether the contact puts it off, or is in town for some days only."""
        own = [m for m in scene.messages if m.sender == "contact"]
        puts_off = "defers" in self._reader.read(own[-_LAST_WORDS:]).intents
        return puts_off or "passes" in self._reader.read(own).intents

    def _has_nudged(self, scene: Scene) -> bool:
        """Whether the gym has written again of its own accord, without an answer since."""
        people = [m for m in scene.messages if m.sender != "bot"]
        if len(people) < 2 or people[-1].sender != "agent":
            return False
        before, last = people[-2:]
        if before.sender == "contact" and self._reader.read([before]).intents.isdisjoint(_ENDS):
            return False
        at, wrote_at = scene.state.visit.at, scene.find_time(last)
        asks_of_visit = at is not None and wrote_at >= at
        return wrote_at - scene.find_time(before) > _NUDGES and not asks_of_visit

    def _take_word(self, scene: Scene) -> Suggestion | None:
        """Takes the word of a contact who will see to it, on the day; None: there is none."""
        found = self._reader.read(scene.open_messages)
        until = scene.find_time(scene.messages[-1]) + _WORD_FRESH
        if "waits" not in found.intents or "thanks" in found.intents or scene.now >= until:
            return None
        return Suggestion(scene.compose(TEXTS["waits"]), until, "")

    def _ask_again(self, scene: Scene) -> str:
        """Asks what the contact has not answered, by the gym's own question where it lasts.

        Returns:
            The sentence; "" where nothing is open that the rules understand.

        """
        gym = [m for m in scene.messages if m.sender == "agent"][-1:]
        proposed = scene.is_new and scene.state.visit.state == "proposed"
        if scene.messages[-1].sender == "contact" and not proposed:
            waits = "waits" in self._reader.read(scene.open_messages).intents
            return TEXTS["deed"] if waits else ""
        if scene.messages[-1].sender == "contact":
            return TEXTS["proposed"]
        for message in gym:
            question = _trim(message.text, scene.find_time(message))
            if _PLANS.search(question) and TOLD["plans"].search(scene.gym_words):
                return TEXTS["deed"]
            if "?" in question and len(question) <= _LONGEST_QUESTION:
                return TEXTS["again"].format(question=question)
            if "?" in message.text and scene.state.visit.state != "proposed":
                offers = _NAMED.search(message.text) and _OFFERS.search(message.text)
                return TEXTS["moment_again"] if offers else ""
        return TEXTS["proposed"] if proposed else ""


def _trim(text: str, written: datetime) -> str:
    """Selects what a message asks, without greetings, emoji and what names a moment.

    A question that leans on the sentence before it needs that; of a dated one the last part may
    stand alone.
    """
    lines: list[str] = []
    plain = _STOPS.sub(r"\1", _EMOJI.sub(". ", text))
    for sentence in split_sentences(_SOON.sub("", plain)):
        part = sentence.lstrip(" .")
        if "?" in sentence and find_expiry(sentence, written):
            part = sentence.rpartition(",")[2].strip()
        lines.append("" if find_expiry(part, written) else part)
    while lines and "?" not in lines[-1]:
        lines.pop()
    if not lines:
        return ""
    question = _greet_not(lines[-1])
    if _LEANS.match(question) or len(question.split()) < _FEW_WORDS:
        before = lines[-2] if len(lines) > 1 else ""
        if len(before.split()) <= _FEW_WORDS or "!" in before:
            return ""
        question = f"{_greet_not(before)} {lines[-1]}"
    return question[:1].lower() + question[1:]


def _greet_not(sentence: str) -> str:
    """Removes a greeting and a name from the beginning of a sentence."""
    plain = " ".join(sentence.split())
    first = plain.split(" ", 1)[0].strip(",!")
    if is_first_name(first):
        plain = plain.removeprefix(first).lstrip(" ,!")
    return _GREETING.sub("", plain)


def _remind(scene: Scene, at: datetime) -> Suggestion:
    """Reminds of the visit from the day before; afterwards asks how it was."""
    afterwards = scene.compose(TEXTS["afterwards"], anew=True)
    if at <= scene.now:
        last = scene.messages[-1]
        if last.sender == "agent" and scene.find_time(last) >= at:  # the gym has asked itself
            return _wait(scene, _NEWS_QUIET, TEXTS["done"])
        if scene.now < at + _VISIT_LASTS:
            return Suggestion("", at + _VISIT_LASTS, afterwards)
        return Suggestion(afterwards, None, afterwards)
    due = datetime.combine(at.date() - timedelta(1), _REMINDER_FROM, at.tzinfo)
    if scene.now < due:
        return Suggestion("", due, scene.compose(TEXTS["about_visit"], anew=True))
    spoke_at = scene.find_time(scene.messages[-1])
    if spoke_at >= due or scene.now < spoke_at + _REMINDER_QUIET:
        return Suggestion("", at, afterwards)
    bring = scene.facts.trial.bring if scene.facts.trial else None
    is_today = at.date() == scene.now.date()
    text = TEXTS["reminder"].format(
        moment=f"hoje às {say_hour(at.time())}" if is_today else say_moment(at),
        bring=f"Traga {bring.rstrip('.')}. " if bring else "",
    )
    reminder = scene.compose(text, anew=True)
    if is_today:
        return Suggestion(reminder, at, afterwards)
    return Suggestion(reminder, end_day(scene.now), scene.compose(TEXTS["about_visit"], anew=True))


def _wait(scene: Scene, quiet: timedelta, sentence: str) -> Suggestion:
    if not sentence:
        return NOTHING
    text = scene.compose(sentence, anew=True)
    due = scene.find_time(scene.messages[-1]) + quiet
    return Suggestion("", due, text) if scene.now < due else Suggestion(text, None, text)
