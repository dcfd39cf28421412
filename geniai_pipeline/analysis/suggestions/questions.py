"""Reads what the contact's open messages ask: the topics, the questions to repeat, what presses."""

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
_NOUNS = read_words(_FOLDER / "things.ini")
_THINGS = {word: thing for thing, words in _NOUNS["things"].items() for word in words}
_MATTERS = {topic: thing for thing, topics in _NOUNS["topics"].items() for topic in topics}
_BEFORE_THINGS = frozenset(_NOUNS["before"]["words"])
_TOPIC_NAMES = frozenset(rule.name for rule in TOPICS)
_AS_INTENTS = {
    "thinks": "waits",
    "sends": "waits",
    "thanks": "thanks",
    "complains": "complains",
    "sent": "sent",
    "gives_up": "leaves",
    "farewells": "farewells",
}
"""What moves of `state/moves` mean here."""
_BRIEF = 2
"""Words of what asks for nothing without a question mark: "aguardo", "por favor"."""
_THING_WORDS = 9
"""Words of a sentence that is about the thing that it names."""
_ELSEWHERE = frozenset({"sends", "thanks", "gives_up", "thinks"})
"""Moves of sentences that ask nothing about what they name."""
_ASKS_PLAINLY = frozenset({"quanto", "quantos", "quantas", "qual", "quais"})
"""Words that ask without a question mark, too."""
_ASKS_HOW = _ASKS_PLAINLY | {"como", "quem", "onde", "quando"}
"""Words that ask more of a thing than how it stands."""
_INTENT_NAMES = frozenset(rule.name for rule in INTENTS)


class Asked(NamedTuple):
    """A question or request."""

    sentence: str
    topic: str
    """A section of `topics.ini`; "": none."""
    thing: str
    """What it is about, with its article; "": not known."""
    demands: bool
    """Whether it asks or requests something plainly."""
    presses: bool
    """Whether it urges: "conseguiu ver?"."""
    is_known: bool
    """Whether the gym knows the answer by heart, by `intents.ini`."""
    echo: Echo | None


@dataclass(frozen=True)
class OpenMessages:
    """What the contact's messages ask that nobody has answered."""

    questions: tuple[Asked, ...]
    intents: frozenset[str]
    """The sections of `intents.ini` that they match."""
    pressed: str
    """What they urge an answer about, to stand after "sobre"; "" where they do not say."""
    says_more: bool
    """Whether there are words besides greetings."""
    media: str
    """What came with the last message and is still to be heard or seen: "áudio", "documento"."""


class MessageReader:
    """Reads messages of a contact by the topics and intents. Threads may share it."""

    def __init__(self) -> None:
        """Compiles the rules."""
        self._matcher = Matcher((*TOPICS, *INTENTS, *CONTACT_MOVES), GROUPS)

    def read(self, messages: Sequence[TranscriptMessage]) -> OpenMessages:
        """Reads the contact's open messages."""
        readings = [self._matcher.read(m.text) for m in messages if m.is_visible]
        sentences = [sentence for reading in readings for sentence in reading.sentences]
        names = frozenset(name for s in sentences for name in s.names if not _reports(s, name))
        questions = [q for q in map(_read_question, sentences) if q]
        return OpenMessages(
            questions=tuple(questions),
            intents=names & _INTENT_NAMES | {_AS_INTENTS[n] for n in names & _AS_INTENTS.keys()},
            pressed=_find_thing(s for s in sentences if "urges" in s.names),
            says_more=any(set(sentence.words) - GREETING - {"?", ","} for sentence in sentences),
            media=messages[-1].media if messages and not messages[-1].is_transcription else "",
        )

    def find_thing(self, texts: Iterable[str]) -> str:
        """Finds what the first of several texts that names a thing is about; "": none does."""
        for text in texts:
            if thing := _find_thing(reversed(self._matcher.read(text).sentences)):
                return thing
        return ""


def _reports(sentence: Sentence, name: str) -> bool:
    """Whether a sentence asks for somebody else rather than complain: "ela perguntou se"."""
    return name == "complains" and any(word.startswith("pergunt") for word in sentence.words)


def _read_question(sentence: Sentence) -> Asked | None:
    presses = "urges" in sentence.names
    echo = None if presses else echo_question(sentence.quote)
    asks = "?" in sentence.words or not {"asks", "requests"}.isdisjoint(sentence.names)
    brief = "?" not in sentence.words and len([w for w in sentence.words if w != ","]) <= _BRIEF
    drops = "?" not in sentence.words and "deixa" in sentence.words[:3]
    if echo is None and (brief or drops or not asks):
        return None
    return Asked(
        sentence=sentence.quote,
        topic=_find_topic(sentence),
        thing="" if echo is None and _ASKS_HOW & set(sentence.words) else _name_matter(sentence),
        demands="?" in sentence.words
        or "requests" in sentence.names
        or not _ASKS_PLAINLY.isdisjoint(sentence.words),
        presses=presses,
        is_known="known" in sentence.names,
        echo=echo,
    )


def _find_thing(sentences: Iterable[Sentence]) -> str:
    return next(filter(None, map(_name_matter, sentences)), "")


def _find_topic(sentence: Sentence) -> str:
    return next((name for name in sentence.names if name in _TOPIC_NAMES), "")


def _name_matter(sentence: Sentence) -> str:
    """Names what a sentence is about: the thing that it names, or else its topic's."""
    return _name_thing(sentence) or _MATTERS.get(_find_topic(sentence), "")


def _name_thing(sentence: Sentence) -> str:
    """Names the thing that a short sentence is about; "": it names none, or does so in passing."""
    words = [word for word in sentence.words if word not in ("?", ",")]
    words = words[: words.index("que", 1)] if "que" in words[1:] else words
    if len(words) > _THING_WORDS or not _ELSEWHERE.isdisjoint(sentence.names):
        return ""
    return next(
        (
            _THINGS[word]
            for place, word in enumerate(words)
            if word in _THINGS and (not place or words[place - 1] in _BEFORE_THINGS)
        ),
        "",
    )
