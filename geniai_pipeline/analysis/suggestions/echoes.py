"""Turns a contact's question into the gym's words: "vcs têm touca aí?", "se a gente tem touca".

A question that cannot be turned safely is not repeated: one that is long, names nobody's verb, or
holds what a contact could plant.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

from geniai_pipeline.analysis.first_names import is_first_name
from geniai_pipeline.analysis.ini_files import read_words
from geniai_pipeline.analysis.injection import is_injection
from geniai_pipeline.analysis.local.language import DAYS
from geniai_pipeline.text import remove_accents

_WORDS = {
    section: {key.replace("_", " "): [w.replace("_", " ") for w in ws] for key, ws in keys.items()}
    for section, keys in read_words(Path(__file__).parent / "phrases" / "echo.ini").items()
}


def _invert(section: str) -> dict[str, str]:
    return {typed: right for right, words in _WORDS[section].items() for typed in words}


_SPELLING, _TURNED, _IRREGULAR = map(_invert, ("spelling", "turned", "irregular"))
_OPENERS = {word: kind for kind, words in _WORDS["openers"].items() for word in words}
_FILLERS, _GYM_VERBS, _BETWEEN, _REFUSED = (
    frozenset(_WORDS[section]["words"])
    for section in ("fillers", "gym_verbs", "between", "refused")
)
_FILLER_PHRASES = sorted(_WORDS["fillers"]["phrases"], key=len, reverse=True)
_JOINS = frozenset(_WORDS["fillers"]["joins"])
_TOKEN = re.compile(r"\d+[\w:/,.]*\w|[\w'’-]+|,")
_TIMED = re.compile(r"\d{1,2}(?:[h:]\d{0,2}|hs|hrs)?")
_PREPOSITIONS = frozenset(["o", "a", "de", "em", "com", "até", "pra", "para", "desde", "por"])
_OPEN_ENDED = re.compile(r"(?:o que|como|que)(?: \w+){0,2}")
_TAGS = frozenset(("tá", "né", "ne", "viu", "ok", "certo", "hein", "beleza"))
_JOINERS = frozenset(
    [
        "que",
        "ou",
        "e",
        "se",
        "pra",
        "para",
        "quando",
        "mas",
        "de",
        "com",
        "até",
        "a",
        "quem",
        "qual",
        "só",
    ]
)
_NO_VERBS = frozenset(("ainda", "já", "esse", "essa", "isso", "aquele", "aquela"))
"""Openers that no statement stands on."""
_COPULAS = frozenset(("é", "são", "fica", "ficam", "custa", "custam", "sai", "tem", "começa"))
"""Verbs that stand before their subject where the question is turned: "quanto fica a aula"."""
_VAGUE = frozenset(("que", "quem", "como"))
_BRIEF = 8
"""Words of what may be repeated without a question mark, or after "se"."""
_ARTICLES = frozenset(["o", "a", "os", "as", "meu", "minha", "meus", "minhas"])
_OWN_VERB = re.compile(
    rf"\beu (?:já |não |ainda |só )?(?!(?:{'|'.join(_TURNED)})\b)\w+(?:o|ei|i)\b"
)
_PAST = re.compile(r"\w{2,}(?:ou|iu|eu|[aei]ram)")
_FIRST_PERSON = re.compile(r"\w{2,}(?:ei|ti|mos)")
_PLURALS = (("aram", "ou"), ("eram", "eu"), ("iram", "iu"), ("arem", "ar"), ("erem", "er"),
            ("irem", "ir"), ("am", "a"), ("em", "e"))  # fmt: skip
_EMBEDDED = re.compile(
    r"\b(?:saber|indago|pergunt\w+|confirm\w+|vê|ver|diz|diga)"
    r"(?: tamb[ée]m)? ((?:se|quando|qual|quais|quanto|onde) [^,.!?]+)",
    re.IGNORECASE,
)
_UNMARKED = re.compile(r"^e se\b|\bque horas?$", re.IGNORECASE)
"""What asks also without a question mark."""
_CALLS = re.compile(r"\batendem? por aqui\b", re.IGNORECASE)
"""Asks whether anybody is there."""
_PLEASE = re.compile(r",?\s+(?:por favor|pfv?|pls)\W*$", re.IGNORECASE)
_HOURS = re.compile(r"\b\d{1,2}(?:h|:\d)")
_SENDS = re.compile(
    r"\b(?:manda|mande|envia|envie|passa|reenvia|reenvie|mandem|enviem|passe|adianta|encaminha)\b"
    r"(?: pra mim| aqui)?"
    r" ((?:o|a|os|as|um|uma|esse|essa)\b[^,.!?]*)",
    re.IGNORECASE,
)
_PLANTED = re.compile(r"https?:|www\.|\.com\b|\S@\S|(?:\d[\s().-]*){8,}", re.IGNORECASE)
_HOUR = re.compile(r"\bas (?=\d{1,2}(?:h|:\d))|(?<=hoje )as (?=\d)|(?<=amanhã )as (?=\d)")
_LONGEST, _MOST_WORDS, _THING_WORDS, _LEAST_WORDS = 100, 16, 6, 3
_CLAUSE_WORDS = 12
_PLAIN = frozenset(["posso", "aceita", "aceitam", "vende", "vendem", "precisa"])
"""Openers that ask without a question mark, too."""

_NOUN_PHRASE = re.compile(
    rf"(?:{'|'.join(sorted(_ARTICLES))}) \w+(?: (?!d[eao]s? )\w+)?(?: d[eao]s? \w+(?: \d+)?)?"
)
"""A thing and little more: a verb that the lists do not hold stays out."""

Form = Literal["clause", "thing", "sending"]


class Echo(NamedTuple):
    """What a contact asks, in the gym's words.

    A clause follows "vou confirmar", a thing follows "sobre", a sending follows "te mando".
    """

    form: Form
    text: str


def echo_question(quote: str) -> Echo | None:
    """Turns a question or the request to send something; None: it is not to be repeated."""
    if (
        "+" in quote
        or any(each.search(quote) for each in (_PLANTED, _CALLS))
        or is_injection(quote)
    ):
        return None
    request = _SENDS.search(quote)
    if request and (thing := _turn(_split(request[1]))) and len(thing.split()) <= _THING_WORDS:
        return Echo("sending", thing)
    if embedded := _EMBEDDED.search(quote):
        words = _split(embedded[1])
        acts = any(map(_is_verb, [word.lower() for word in words]))
        return _clause(words) if acts else None
    marked = "?" in quote or bool(_UNMARKED.search(quote))
    parts, whole = _split(_PLEASE.sub("", quote)), True
    if parts[-2:-1] == [","] and not _asks_or_acts(parts[-1]):
        parts = parts[:-2]  # whom they call by name
    while parts:
        words = _drop_fillers(parts)
        echo = _build_echo(words, marked=marked)
        is_whole = whole or (
            echo and (len(echo.text.split()) > _LEAST_WORDS or _HOURS.search(echo.text))
        )
        if echo and "," not in echo.text and is_whole:
            return echo
        if "," not in parts or not marked:
            return None
        parts, whole = parts[parts.index(",") + 1 :], False
    return None


def _build_echo(words: list[str], *, marked: bool) -> Echo | None:
    if not words or words[0].lower() in ("me", "te"):
        return None
    low = [word.lower() for word in words]
    if low[-1] in ("tem", "teria") and len(low) > 1 and "se" not in low:
        first = words[0] if is_first_name(words[0]) else low[0]
        words, low = [words[-1], first, *words[1:-1]], [low[-1], *low[:-1]]
    if all(map(_is_moment, low)) and not all(word.isdigit() for word in low):
        return _clause(["dá", *words], "se ") if marked else None
    if len(low) < _LEAST_WORDS and (low[-1].isdigit() or low[-1] == "mesmo"):
        return None  # "faz 6?", "volta mesmo?": it says too little
    if low[-2:] == ["e", "manda"] or low[-1] in ("ele", "ela"):
        return None  # a request; or somebody who is known from elsewhere
    if low[:2] in (["quem", "não"], ["quem", "me"]):
        return None
    if low[:2] in (["quanto", "ao"], ["quanto", "à"]):
        words = ["o" if low[1] == "ao" else "a", *words[2:]]
        low = [word.lower() for word in words]
    if low[:2] == ["o", "que"] and not {"faço", "vocês"}.isdisjoint(low):
        return None  # they ask for advice, or what the gym means to do
    if _OPEN_ENDED.fullmatch(" ".join(low)):
        return None  # "o que eu faço", "como faço": what they ask stands elsewhere
    if _asks(low[:1]) or (low[0] in _PREPOSITIONS and _asks(low[1:2])):
        return _clause(words) if marked or (low[0] not in _VAGUE and len(low) <= _BRIEF) else None
    if not marked:
        return _clause(words, "se ") if low[0] in _PLAIN and len(low) <= _BRIEF else None
    if low[-1] in _TAGS:
        return None  # it says so, and asks for no more than a yes
    middle = next((i for i, word in enumerate(low) if i and _asks([word]) and _is_inner(low, i)), 0)
    if middle:
        begin = middle - 1 if low[middle - 1] in _PREPOSITIONS else middle
        begin -= 2 * (low[max(begin - 2, 0) : begin] == ["a", "partir"])
        begin -= low[begin - 1 : begin] in (["depois"], ["antes"])
        verb = [words[begin - 1]] if begin and low[begin - 1] in _COPULAS else []
        end = middle + 1 if low[middle] == "quanto" else len(words)
        subject = words[: begin - len(verb)]
        return _clause([*words[begin:end], *verb, *subject, *words[end:]])
    main = low[: low.index("que")] if "que" in low[1:] else low
    acts = any(map(_is_verb, main)) or "vocês" in main or "se" in low[1:]
    if low[0] == "se":
        return None if acts or len(low) > _BRIEF else _clause(words, "como fica ")
    if low[0] in _ARTICLES and not acts:
        if is_first_name(words[-1]):
            return None  # a person is no matter
        text = _turn(words) if _NOUN_PHRASE.fullmatch(" ".join(low)) else ""
        return Echo("thing", text) if len(text.split()) > 1 else None
    return _clause(words, "se ") if acts else None


def _clause(words: list[str], opening: str = "") -> Echo | None:
    low = [word.lower() for word in words]
    if _runs_on(low) or _is_unfit(words) or len(low) > _CLAUSE_WORDS:
        return None
    text = _turn(words)
    whole = f"{opening}{text}"
    return Echo("clause", whole) if text and len(whole.split()) >= _LEAST_WORDS else None


def _is_unfit(words: list[str]) -> bool:
    """Whether a clause would be right only in the contact's mouth, or clumsy in the gym's."""
    low = [word.lower() for word in words]
    asks_of_deed = low[0] in ("você", "quem") and any(map(_PAST.fullmatch, low[1:3]))
    lags = low[0] in _ARTICLES and not {"posso", "podemos", "vocês", "e"}.isdisjoint(low)
    misspells = any(
        one in ("pode", "posso", "podemos") and _OPENERS.get(other) == "yes no"
        for one, other in pairwise(low)
    )
    names_small = is_first_name(words[-1]) and words[-1].islower()
    asks_of_deed |= low[0] in ("consegue", "consegues", "poderia") and not {"mim", "me"}.isdisjoint(
        low
    )
    return asks_of_deed or lags or misspells or names_small or "não" in low


def _runs_on(words: list[str]) -> bool:
    """Whether two statements stand side by side: "a obra acaba em maio tem contrato"."""
    acts = frozenset(word for word in words if _OPENERS.get(word) == "yes no") - _NO_VERBS
    verbs = [i for i, word in enumerate(words) if word in acts]
    return any(
        abs(one - other) > 1 and _JOINERS.isdisjoint(words[min(one, other) : max(one, other)])
        for one in verbs
        for other in verbs
        if one != other
    )


def _asks_or_acts(word: str) -> bool:
    return _asks([word.lower()]) or _is_verb(word.lower())


def _asks(words: list[str]) -> bool:
    return bool(words) and _OPENERS.get(words[0]) == "open"


def _is_verb(word: str) -> bool:
    return _OPENERS.get(word) == "yes no" or bool(_PAST.fullmatch(word))


def _is_inner(words: list[str], position: int) -> bool:
    """Whether a word asks in the middle of a sentence: "é em qual ginásio"."""
    if words[position] in ("quem", "quando", "onde", "como"):
        return position == len(words) - 1
    if words[position] == "que":
        return words[position + 1 : position + 2] in (
            ["horas"],
            ["hora"],
            ["dia"],
            ["dias"],
            ["horário"],
        )
    return True


def _is_moment(word: str) -> bool:
    folded = remove_accents(word)
    return folded in DAYS or folded in ("as", "dia", "de") or bool(_TIMED.fullmatch(folded))


def _split(quote: str) -> list[str]:
    """Splits into words as they are to be written; a shouted text is written small."""
    tokens = _TOKEN.findall(quote.lower() if quote.isupper() else quote)
    if tokens and not is_first_name(tokens[0]):
        tokens[0] = tokens[0].lower()
    words = [_SPELLING.get(word.lower(), word) for word in tokens]
    return " ".join(words).split()


def _drop_fillers(words: list[str]) -> list[str]:
    while words:
        text = f"{' '.join(words)} ".lower()
        phrase = next((p for p in _FILLER_PHRASES if text.startswith(f"{p} ")), "")
        if phrase:
            words = words[len(phrase.split()) :]
            words = words[1:] if words and words[0].lower() in _JOINS else words
        elif words[0] == "," or (words[0].lower() in _FILLERS and not _names_somebody(words)):
            words = words[1:]
        else:
            break
    return words


def _names_somebody(words: list[str]) -> bool:
    """Whether the first word begins a noun phrase: "professora da rede municipal"."""
    return len(words[0]) > len("ela") and words[1:2] in (["da"], ["do"], ["de"])


def _turn(words: list[str]) -> str:
    """Turns the persons round: "posso levar minha filha" becomes "você pode levar sua filha"."""
    low = [word.lower() for word in words]
    spoken = " ".join(low)
    if len(words) > _MOST_WORDS or not _REFUSED.isdisjoint(low) or " a gente" in f" {spoken}":
        return ""
    if any(_FIRST_PERSON.fullmatch(word) and word not in _TURNED for word in low):
        return ""
    if _OWN_VERB.search(spoken):
        return ""
    turned = ["a gente"] if low[0] in _GYM_VERBS else []
    for word, plain in zip(words, low, strict=True):
        subject = next((w for w in reversed(turned) if w not in _BETWEEN), "")
        if subject == "a gente":
            turned.append(_make_singular(plain) if plain not in _BETWEEN else plain)
            continue
        new = _TURNED.get(plain, word)
        if new.startswith("você ") and subject == "você":
            new = new.removeprefix("você ")
        elif new.startswith(("você ", "vocês ")) and turned and turned[-1] in _BETWEEN:
            person, _, new = new.partition(" ")
            turned.insert(-1, person)
        turned.append(new)
    text = (
        _HOUR.sub("às ", " ".join(turned))
        .replace(" ,", ",")
        .replace("pra a ", "pra ")
        .replace(" de a ", " da ")
    )
    text = text.rstrip(" ,")
    if not is_first_name(words[0]):
        text = text[0].lower() + text[1:]
    return text if len(text) <= _LONGEST else ""


def _make_singular(verb: str) -> str:
    """Makes a plural verb singular, after "a gente": "vendem", "decidiram", "avisarem"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    ending, new = next(((end, new) for end, new in _PLURALS if verb.endswith(end)), ("", ""))
    return verb[: len(verb) - len(ending)] + new
