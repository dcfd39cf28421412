"""Classifies a contact's last words: request, closing or other.

A request or a question needs an answer. Thanks, farewells and a yes to an agent's statement close
the conversation. Anything else needs an answer, unless a visit is agreed
(``publish_conversations.sql``).
"""

import re
from collections.abc import Sequence
from typing import Any

from geniai_pipeline.text import remove_accents

REQUEST, CLOSING, OTHER = "request", "closing", "other"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ASKS = _set(
    """qual quais quanto quanta quantos quantas onde quando como quem posso pode podem poderia
    consigo consegue teria gostaria queria preciso duvida remarcar desmarcar cancelar adiar mudar
    trocar atrasar imprevisto nao"""
)
_THANKS = _set(
    """obrigado obrigada obg obgd obgda brigado brigada obrigadao brigadao agradeco agradecido
    agradecida grato grata gratidao valeu vlw thanks tchau flw falou ate abraco abracos abs beijo
    beijos bj bjs"""
)
_YES = _set(
    """ok okay okey blz beleza certo certinho combinado combinada fechado fechada perfeito perfeita
    otimo otima show top maravilha legal joia tranquilo entendi entendido confirmado confirmada sim
    ta"""
)
_BESIDE = _set(
    """a o e de da do pela pelo por para pra muito muita mesmo tudo bom boa bem dia tarde noite
    semana fim hoje amanha segunda terca quarta quinta sexta sabado domingo feira la logo mais breve
    entao ja ah eh viu ai sua seu tua teu vc voce voces vcs informacao informacoes info infos
    atencao ajuda retorno resposta deus abencoe amem igualmente imagina nada gente pessoal"""
)
_LAUGHTER = re.compile(r"k+|(?:ha|he|rs)+h?")
_WORD = re.compile(r"[a-z0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")


def classify_last_words(transcript: Sequence[dict[str, Any]]) -> str | None:
    """Classifies what the contact wrote since the tenant's last message.

    Args:
        transcript: the messages as the conversation file has them, in order.

    Returns:
        None: the contact did not speak last.

    """
    since = len(transcript)
    while since and transcript[since - 1]["from"] == "contact":
        since -= 1
    own = transcript[since:]
    if not own:
        return None
    text = " ".join(message["text"] for message in own)
    words = _split_words(text)
    thanks = not _THANKS.isdisjoint(words)
    accepts = not words or not _YES.isdisjoint(words)  # no word: only an emoji
    # "não, obrigado" ends it; "não vou conseguir" does not
    if "?" in text or not _ASKS.isdisjoint(set(words) - ({"nao"} if thanks else set())):
        return REQUEST
    if not since or any(message.get("note") for message in own):
        return OTHER
    gym = transcript[since - 1]
    if gym["from"] != "agent":
        return OTHER  # a bot promised a person, and the contact waits for that person
    if accepts and "?" in gym["text"]:
        return OTHER  # an answer: the gym has to act on it
    if not (thanks or accepts):
        return OTHER
    return CLOSING if all(_is_closing(word) or word == "nao" for word in words) else OTHER


def _split_words(text: str) -> list[str]:
    return _WORD.findall(_REPEATED.sub(r"\1", remove_accents(text.lower())))


def _is_closing(word: str) -> bool:
    return (
        word in _THANKS
        or word in _YES
        or word in _BESIDE
        or _LAUGHTER.fullmatch(word) is not None
        or word.isdigit()
    )
