"""Normalizes Portuguese as written on WhatsApp: sentences, case, accents, abbreviations."""

import re
import unicodedata

from geniai_pipeline.analysis.local.words import ABBREVIATIONS

_DAY_WORDS = "hoje amanha segunda terca quarta quinta sexta sabado domingo today tonight"
DAYS = frozenset(f"{_DAY_WORDS} meio noon midday".split())
_THUMBS = re.compile("[👍👌✅🤝🙌]")
_MARKS = re.compile("[–—…’‘“”•]")
_ACCENTED = "áàâãäåªéèêëíìîïóòôõöºúùûüçñ".encode("latin-1")
_PLAIN = b"aaaaaaaeeeeiiiioooooouuuucn"
_FOLD = bytes(
    _PLAIN[_ACCENTED.index(byte)] if byte in _ACCENTED else byte if byte < 128 else ord(" ")
    for byte in range(256)
)

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz?,")
_WORDS = bytes(byte if byte in _KEPT else ord(" ") for byte in _FOLD)
_SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+|\n+")
_INNER_END = re.compile(r"[.!?;…]\s")
_TOKEN = re.compile(r"[a-z]+|[?,]|\d+(?:[:/.]\d+)*(?:[a-z]+\d*[a-z]*)?")
_DIGIT = re.compile(r"[0-9]")
_ELONGATED = re.compile(r"([a-z])\1{2,}|([aeiou])\2+$")


def split_sentences(text: str) -> list[str]:
    """Splits a message into verbatim sentences without outer white space."""
    if "\n" not in text and not _INNER_END.search(text):
        whole = text.strip()
        return [whole] if whole else []
    return [part for part in (p.strip() for p in _SENTENCE_END.split(text)) if part]


def split_words(sentence: str) -> list[str]:
    """Splits a sentence into tokens in lower case and without accents.

    A token is a word, a number or time, '?' or ','.
    """
    folded = sentence.lower()
    try:
        letters = folded.encode("latin-1")
    except UnicodeEncodeError:
        known = unicodedata.normalize("NFKC", _THUMBS.sub(" joinha ", folded))
        letters = _MARKS.sub(" ", known).encode("latin-1", "ignore")
    if _DIGIT.search(folded):
        return _TOKEN.findall(letters.translate(_FOLD).decode("ascii"))
    words = letters.translate(_WORDS).decode("ascii")  # without numbers, blanks separate words
    return words.replace("?", " ? ").replace(",", " , ").split()


def regularize_word(word: str) -> str:
    """Removes elongation and spells out abbreviations ('oiiii' -> 'oi')."""
    if word in ABBREVIATIONS:
        return ABBREVIATIONS[word]
    if word[0].isdigit():
        return "kg" if word.endswith(("kg", "kgs")) else word
    short = _ELONGATED.sub(r"\1\2", word)
    return ABBREVIATIONS.get(short, short)
