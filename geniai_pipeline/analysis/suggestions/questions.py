"""Reads what the contact's open messages ask: the topics, the questions to repeat, what presses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.analysis.base import TranscriptMessage
from geniai_pipeline.analysis.ini_files import read_words
from geniai_pipeline.analysis.local.matcher import Matcher, Sentence
from geniai_pipeline.analysis.local.rules import read_rule_file
from geniai_pipeline.analysis.local.words import GREETING, GROUPS
from geniai_pipeline.analysis.state.turns import CONTACT_MOVES
from geniai_pipeline.analysis.suggestions.echoes import Echo, echo_question

_FOLDER = Path(__file__).parent / "phrases"
TOPICS = read_rule_file(_FOLDER / "topics.ini")
INTENTS = read_rule_file(_FOLDER / "intents.ini")
_THINGS = {
    word: thing
    for thing, words in read_words(_FOLDER / "things.ini")["things"].items()
    for word in words
}
_MEANINGS = {rule.name: rule.means for rule in TOPICS}
_AS_INTENTS = {
    "gives_up": "leaves",
    "thinks": "waits",
    "sends": "waits",
    "thanks": "thanks",
    "complains": "complains",
}
"""What moves of `state/moves` mean here."""
_BRIEF = 2
"""Words of what asks for nothing without a question mark: "aguardo", "por favor"."""
_NAMED = re.compile(
    r"\b(?:sobre|(?:novidade|resposta|retorno|not[íi]cia|posi[çc][ãa]o|saber|falou|viu|viram)"
    r" (?:d|sobre )?)"
    r" ?([oa]s?) (\w{4,})",
    re.IGNORECASE,
)
_INTENT_NAMES = frozenset(rule.name for rule in INTENTS)


class Asked(NamedTuple):
    """A question or request."""

    sentence: str
    topic: str
    """A section of `topics.ini`; "": none."""
    thing: str
    """What it is about, to stand after "sobre"; "": not known."""
    demands: bool
    """Whether it asks or requests something plainly."""
    presses: bool
    """Whether it only urges: "conseguiu ver?"."""
    echo: Echo | None


@dataclass(frozen=True)
class OpenMessages:
    """What the contact's messages ask that nobody has answered."""

    questions: tuple[Asked, ...]
    intents: frozenset[str]
    """The sections of `intents.ini` that they match."""
    topic: str
    """What they are about, to stand after "sobre"; "" where no topic is found."""
    says_more: bool
    """Whether there are words besides greetings."""
    media: str
    """What came with the last message: "áudio", "documento"; "" where nothing did."""


class MessageReader:
    """Reads messages of a contact by the topics and intents. Threads may share it."""

    def __init__(self) -> None:
        """Compiles the rules."""
        self._matcher = Matcher((*TOPICS, *INTENTS, *CONTACT_MOVES), GROUPS)

    def read(self, messages: Sequence[TranscriptMessage]) -> OpenMessages:
        """Reads the contact's open messages."""
        readings = [self._matcher.read(m.text) for m in messages if m.is_visible]
        sentences = [sentence for reading in readings for sentence in reading.sentences]
        names = frozenset(name for sentence in sentences for name in sentence.names)
        questions = [q for q in map(_read_question, sentences) if q]
        return OpenMessages(
            questions=tuple(questions),
            intents=names & _INTENT_NAMES | {_AS_INTENTS[n] for n in names & _AS_INTENTS.keys()},
            topic=_find_topic(sentences),
            says_more=any(set(sentence.words) - GREETING - {"?", ","} for sentence in sentences),
            media=messages[-1].media if messages else "",
        )

    def find_topic(self, texts: Iterable[str]) -> str:
        """Finds what the last of several texts that has a topic is about; "": none has."""
        for text in texts:
            if topic := _find_topic(self._matcher.read(text).sentences):
                return topic
        return ""


def _read_question(sentence: Sentence) -> Asked | None:
    echo = None if "urges" in sentence.names else echo_question(sentence.quote)
    asks = "?" in sentence.words or not {"asks", "requests"}.isdisjoint(sentence.names)
    brief = "?" not in sentence.words and len([w for w in sentence.words if w != ","]) <= _BRIEF
    if echo is None and (brief or not asks):
        return None
    topic = next((name for name in sentence.names if name in _MEANINGS), "")
    return Asked(
        sentence=sentence.quote,
        topic=topic,
        thing=_name_thing(sentence),
        demands="?" in sentence.words or "requests" in sentence.names,
        presses="urges" in sentence.names,
        echo=echo,
    )


def _find_topic(sentences: Sequence[Sentence]) -> str:
    """Finds what the last sentence is about that says so: by a plain noun, else by a topic."""
    for sentence in reversed(sentences):
        if topic := _name_thing(sentence):
            return topic
    return ""


def _name_thing(sentence: Sentence) -> str:
    found = (_THINGS[word] for word in sentence.words if word in _THINGS)
    topics = (_MEANINGS[name] for name in sentence.names if name in _MEANINGS)
    named = _NAMED.search(sentence.quote)
    return (
        next(found, "") or next(topics, "") or (f"{named[1]} {named[2]}".lower() if named else "")
    )
