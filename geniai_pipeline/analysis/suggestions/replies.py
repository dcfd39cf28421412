"""Writes the reply that the gym owes: what was asked, answered or taken up."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from geniai_pipeline.analysis.base import Suggestion, TranscriptMessage
from geniai_pipeline.analysis.suggestions.answers import TOLD, Question, answer, invite
from geniai_pipeline.analysis.suggestions.moments import asks_for_moment, find_expiry
from geniai_pipeline.analysis.suggestions.promises import PromiseReader
from geniai_pipeline.analysis.suggestions.questions import Asked, MessageReader, OpenMessages
from geniai_pipeline.analysis.suggestions.scene import NOTHING, Scene, join
from geniai_pipeline.analysis.suggestions.texts import TEXTS

_FRESH = timedelta(hours=12)
"""After so long an answer is late, and begins with an excuse."""
_RECENT = timedelta(hours=12)
_AT_DOOR, _HURRY = timedelta(minutes=30), timedelta(hours=1)
"""How long an answer helps who stands at the door, or who is on the way."""
_MOST = 2
"""Questions that one reply takes up: where more are asked, none of its kind is whole."""
_MUCH = 40
"""Words besides the questions, from which on a reply to these alone would miss what was said."""
_FOR_NEW = frozenset({"plans", "trial", "enrolment", "clothes"})
"""Topics whose facts a member is not told: what is asked by that word is another matter."""
_KNOWN = frozenset({"clothes", "address", "parking", "opening", "payment", "trial", "ages"})
"""Topics which the gym knows by heart: to promise to check them would sound odd."""
_INVITED = re.compile(r"experimental|aula teste|visita|conhecer|avalia")
_CALM = frozenset({"announces", "waits", "thanks"})
"""What asks for nothing."""
_FILES = frozenset({"imagem", "vídeo"})
_ASKED_FILE = re.compile(
    r"\b(?:fotos?|print|comprovante|documentos?|rg|atestado|laudo|v[íi]deos?|termo|contrato|pix)\b"
)
"""What the gym says that waits for a file."""
_HANDED_ON = re.compile(
    r"^(?!.*\b(?:te|lhe) (?:aviso|falo|retorno|respondo|mando|digo|confirmo|dou|passo)\b)"
    r".*\b(?:passei|encaminhei|repassei|anotei)\b",
    re.IGNORECASE | re.DOTALL,
)
"""What the gym says that has done its part, and promises no word."""
_PROMISE_QUIET = timedelta(days=1)


class _Part(NamedTuple):
    """A sentence of a reply, and until when it holds."""

    text: str
    until: datetime | None = None


class ReplyWriter:
    """Writes replies. Threads may share it."""

    def __init__(self, reader: MessageReader, promises: PromiseReader) -> None:
        """Takes the readers of the contact's messages and of the gym's promises."""
        self._reader, self._promises = reader, promises

    def write(self, scene: Scene) -> Suggestion:
        """Writes the reply to the contact's open messages, or word of a promise that is due."""
        if not scene.open_messages:
            return self._write_of_promise(scene)
        found = self._reader.read(_select_recent(scene))
        if not found.questions:
            found = self._reader.read(scene.open_messages)
        if _only_waits(scene, found):
            return self._write_of_promise(scene)
        said_at = scene.find_time(scene.open_messages[-1])
        if "at_door" in found.intents:
            if scene.now >= said_at + _AT_DOOR:
                return NOTHING
            return Suggestion(scene.compose(TEXTS["at_door"]), said_at + _AT_DOOR, "")
        parts, later_parts = self._reply(scene, found), self._reply(scene, found, later=True)
        is_overdue = "urges" in found.intents and self._is_overdue(scene)
        text = _compose(scene, found, parts, late=is_overdue)
        afterwards = _compose(scene, found, later_parts, late=True)
        fresh = _HURRY if "hurries" in found.intents else _FRESH
        until = min([said_at + fresh, *(part.until for part in parts if part.until)])
        if not text or scene.now >= until:
            text = ""
            until = max((part.until for part in later_parts if part.until), default=said_at + fresh)
        if scene.now < until:
            return Suggestion(text, until, afterwards)
        return Suggestion(afterwards, None, afterwards)

    def _write_of_promise(self, scene: Scene) -> Suggestion:
        handed_on = any(_HANDED_ON.search(text) for text in scene.last_gym_texts[-1:])
        if handed_on or self._has_thanked(scene):
            return NOTHING
        own = [m.text for m in reversed(scene.messages) if m.sender == "contact"]
        thing = self._reader.find_thing(own[:_MOST])
        whom = self._promises.find_whom(scene.last_gym_texts[-1:])
        if not thing:
            return NOTHING
        matter = f"{thing} com {whom}" if whom else thing
        text = scene.compose(TEXTS["promised"].format(matter=matter), anew=True)
        due = scene.find_time(scene.messages[-1]) + _PROMISE_QUIET
        return Suggestion("", due, text) if scene.now < due else Suggestion(text, None, text)

    def _has_thanked(self, scene: Scene) -> bool:
        """Whether the contact has thanked long after the gym's last word: they have been served."""
        if not scene.open_messages:
            return False
        last = scene.open_messages[-1]
        written = [m for m in scene.messages if m.sender == "agent"][-1:]
        late = any(scene.find_time(last) - scene.find_time(m) > _FRESH for m in written)
        return late and "thanks" in self._reader.read([last]).intents

    def _is_overdue(self, scene: Scene) -> bool:
        """Whether what the gym promised is long due."""
        written = [m for m in scene.messages if m.sender == "agent"][-1:]
        promised = self._promises.has_promised(scene.last_gym_texts)
        return promised and scene.now >= scene.find_time(written[0]) + _FRESH

    def _reply(self, scene: Scene, found: OpenMessages, *, later: bool = False) -> list[_Part]:
        """Writes the sentences that hold now, or at any time later.

        Returns:
            The sentences; none where the rules do not understand what is asked.

        """
        if later and "hurries" in found.intents:
            return []
        if "enrols" in found.intents and scene.is_new and "urges" not in found.intents:
            payment = answer("payment", Question("", ""), scene.facts)
            return [_Part(TEXTS["enrols"].format(payment=f"{payment} " if payment else ""))]
        if not found.questions and scene.is_new:
            visit = scene.state.visit
            late = visit.at is not None and scene.find_time(scene.open_messages[-1]) >= visit.at
            if visit.state in ("agreed", "missed") and late:
                comes = "announces" in found.intents
                return [] if comes else [_Part(TEXTS["missed_told"])]
            if "books" in found.intents:
                return [_Part(TEXTS["books"])]
            if "thanks" in found.intents:
                return []
            for name in ("waits", "announces"):
                if name in found.intents and not found.media:
                    return [] if later else [_Part(TEXTS[name])]
        if "takes_offer" in found.intents and not _asks_more(found):
            return [_Part(TEXTS["takes_offer"])]
        if "urges" in found.intents and self._promises.has_promised(scene.last_gym_texts):
            text = self._renew_promise(scene, found.pressed)
            return [_Part(text)] if text and not _asks_more(found) else []
        answers, open_ones = self._answer(scene, found.questions, later=later)
        answers = list(dict.fromkeys(answers))
        if len(answers) + len(open_ones) > _MOST or _says_much(scene, found):
            return []
        said_at = scene.find_time(scene.open_messages[-1])
        repeated = _repeat(open_ones, said_at, None if later else scene.now)
        if not repeated and any(not answers or "?" in each.sentence for each in open_ones):
            return []
        parts = [*answers, *repeated]
        if answers and not repeated and _is_to_invite(scene):
            answered = {each.topic for each in found.questions}
            text = TEXTS["choice"] if "trial" in answered else invite(scene.facts)
            parts.append(_Part(text))
        if parts:
            return parts
        text = self._acknowledge(scene, found)
        return [_Part(text)] if text else []

    def _answer(
        self, scene: Scene, questions: Sequence[Asked], *, later: bool
    ) -> tuple[list[_Part], list[Asked]]:
        """Answers what the facts answer, what names a moment only while that is to come.

        Returns:
            The answers, and what stays open.

        """
        answers, open_ones = [], []
        said_at = scene.find_time(scene.open_messages[-1])
        for each in questions:
            stated, until = TOLD.get(each.topic), find_expiry(each.sentence, said_at)
            barred = (
                (until is not None and (later or until <= scene.now))
                or scene.state.role == "outsider"
                or (not scene.is_new and (each.topic in _FOR_NEW or "?" not in each.sentence))
                or (stated is not None and stated.search(scene.gym_words))
                or (each.topic == "timetable" and asks_for_moment(each.sentence))
            )
            question = Question(each.sentence, scene.own_words)
            text = "" if barred else answer(each.topic, question, scene.facts)
            if text:
                answers.append(_Part(text, until))
            elif not each.presses:
                open_ones.append(each)
        return answers, open_ones

    def _acknowledge(self, scene: Scene, found: OpenMessages) -> str:
        """Takes up what is no question: a promise, media, trouble, a first greeting."""
        if "urges" in found.intents and found.pressed:
            return self._renew_promise(scene, found.pressed)
        if found.media == "áudio":
            return TEXTS["audio"]
        if found.media == "documento" or (
            found.media in _FILES and ("sent" in found.intents or _asks_for_file(scene))
        ):
            return TEXTS["file"]
        if _is_in_trouble(scene, found):
            thing = self._reader.find_thing(m.text for m in reversed(_select_recent(scene)))
            return TEXTS["things"].format(things=_put_of_before(thing)) if thing else ""
        return "" if found.says_more or scene.gym_words else TEXTS["greeting"]

    def _renew_promise(self, scene: Scene, thing: str) -> str:
        """Promises anew, by whom the gym asks, or about which thing; "": neither is known."""
        if whom := self._promises.find_whom(scene.last_gym_texts[-1:]):
            about = f" sobre {thing}" if thing else ""
            return TEXTS["urged_whom"].format(whom=whom, about=about)
        return TEXTS["things"].format(things=_put_of_before(thing)) if thing else ""


def _compose(scene: Scene, found: OpenMessages, parts: Sequence[_Part], *, late: bool) -> str:
    """Puts parts together, with sympathy before them; "": there are none."""
    texts = [part.text for part in parts]
    return scene.compose(*_find_feelings(scene, found), *texts, late=late) if texts else ""


def _repeat(questions: Sequence[Asked], said_at: datetime, now: datetime | None) -> list[_Part]:
    """Repeats questions in the gym's words; those that name a moment only while it is to come.

    Args:
        questions: what is open; all that are marked must be taken up, or none is.
        said_at: when it was asked.
        now: the instant at which it is read; None: at any time later.

    """
    texts: dict[str, list[str]] = {"clause": [], "thing": [], "sending": []}
    until: list[datetime] = []
    is_whole = True
    for each in questions:
        form, text = each.echo or ("thing", each.thing)
        if ends := find_expiry(each.sentence, said_at):
            until.append(ends)
            form, text = (form, text) if now and said_at.date() == now.date() else ("thing", "")
        if (not text and each.demands) or each.is_known or each.topic in _KNOWN:
            is_whole = False
        elif text and text not in texts[form]:
            texts[form].append(text)
    if not is_whole:
        return []
    texts["thing"] = [_put_of_before(thing) for thing in texts["thing"]]
    clauses, things, sending = map(join, texts.values())
    clauses += "," if len(texts["clause"]) > 1 else ""
    key = "clauses_and_things" if clauses and things else "clauses" if clauses else "things"
    sentences = [TEXTS["sending"].format(sending=sending)] if sending else []
    if clauses or things:
        sentences.append(TEXTS[key].format(clauses=clauses, things=things))
    return [_Part(text, min(until, default=None)) for text in sentences]


def _put_of_before(thing: str) -> str:
    """Puts "de" before a thing: "do contrato", "de sua aula"."""
    return f"d{thing}" if thing.startswith(("o ", "a ", "os ", "as ")) else f"de {thing}"


def _is_in_trouble(scene: Scene, found: OpenMessages) -> bool:
    """Whether something went wrong for the contact; who is no member rather asks."""
    is_ours = scene.state.role in ("member", "member_family", "ex_member")
    complains = is_ours and "complains" in found.intents and not found.questions
    return "upset" in found.intents or complains


def _find_feelings(scene: Scene, found: OpenMessages) -> list[str]:
    """Finds the words of sympathy that a reply begins with."""
    return [TEXTS["upset"]] if _is_in_trouble(scene, found) else []


def _asks_for_file(scene: Scene) -> bool:
    """Whether the gym's last messages ask for a picture or a paper."""
    return any(_ASKED_FILE.search(text.lower()) for text in scene.last_gym_texts)


def _select_recent(scene: Scene) -> list[TranscriptMessage]:
    """Selects the open messages of the last hours: who writes again days later asks anew."""
    last = scene.find_time(scene.open_messages[-1])
    return [m for m in scene.open_messages if last - scene.find_time(m) < _RECENT]


def _only_waits(scene: Scene, found: OpenMessages) -> bool:
    """Whether the contact waits for what was promised, and asks for nothing since."""
    since = scene.state.waiting_since
    promised = since is not None and scene.conversation.messages[since] not in scene.open_messages
    presses = found.questions or found.media or found.intents - _CALM
    return promised and not presses


def _asks_more(found: OpenMessages) -> bool:
    """Whether there is a question besides what urges, or asks to be sent something."""
    return any(
        not each.presses and (each.echo.form != "sending" if each.echo else "?" in each.sentence)
        for each in found.questions
    )


def _says_much(scene: Scene, found: OpenMessages) -> bool:
    """Whether the open messages say much besides what they ask."""
    words = sum(len(m.text.split()) for m in _select_recent(scene))
    return words - sum(len(each.sentence.split()) for each in found.questions) > _MUCH


def _is_to_invite(scene: Scene) -> bool:
    """Whether the answer may end with an invitation: none was made, and no visit is spoken of."""
    untold = scene.state.visit.state == "none" and not _INVITED.search(scene.gym_words)
    return scene.is_new and scene.state.outcome == "open" and untold
