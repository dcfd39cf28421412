"""Typing styles: abbreviations, missing accents, typos, emojis, messages in parts."""
# ruff: noqa: E501  (a table of words)

import re
from dataclasses import dataclass
from random import Random

from chatwoot_demo.talk.grammar import BREAK, tidy

_SHORTENED = {
    "você": ("vc", 0.8), "vocês": ("vcs", 0.8), "também": ("tb", 0.55), "quanto": ("qto", 0.35),
    "hoje": ("hj", 0.5), "não": ("n", 0.3), "porque": ("pq", 0.6), "que": ("q", 0.35),
    "beleza": ("blz", 0.6), "mensagem": ("msg", 0.6), "está": ("tá", 0.7), "estou": ("tô", 0.8),
    "estava": ("tava", 0.7), "para": ("pra", 0.85), "depois": ("dps", 0.3), "muito": ("mto", 0.4),
    "agora": ("agr", 0.15), "quando": ("qdo", 0.3), "obrigada": ("obg", 0.4), "obrigado": ("obg", 0.4),
    "mesmo": ("msm", 0.25), "comigo": ("cmg", 0.2), "tudo": ("td", 0.35), "cadê": ("kd", 0.1),
    "verdade": ("vdd", 0.3), "horário": ("horario", 0.3),
    "minutos": ("min", 0.4), "professor": ("prof", 0.35),
    "professora": ("prof", 0.35), "alguém": ("alguem", 0.5),
    "ninguém": ("ngm", 0.3),
    "falou": ("flw", 0.3), "valeu": ("vlw", 0.4), "qualquer": ("qlq", 0.3), "gente": ("gnt", 0.15),
    "aqui": ("aki", 0.1), "quero": ("qro", 0.1), "então": ("entao", 0.3), "até": ("ate", 0.3),
    "já": ("ja", 0.3), "só": ("so", 0.3), "é": ("eh", 0.12), "mais": ("+", 0.06),
}  # fmt: skip
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+")
_EMOJIS = {
    "good": ("😊", "🙏", "😁", "👏", "🙌", "😍", "💪", "❤️", "☺️", "😄", "🙏🏽", "🤗"),
    "plain": ("😅", "🙂", "🤔", "😬", "😊", "🙈", "👀"),
    "bad": ("😕", "😒", "🙄", "😤", "😞", "😠"),
}
_ACCENTS = str.maketrans("áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ", "aaaaeeioooucAAAAEEIOOOUC")


@dataclass(slots=True, eq=False)
class Style:
    """One writer's habits. The figures are probabilities, drawn once per person."""

    shortened: dict[str, str]
    pieces: float
    lower: float
    upper: bool
    accents: float
    points: float
    emoji: float
    typos: float
    stretch: float
    seed: float

    @classmethod
    def draw(cls, rng: Random) -> "Style":
        """Draws one writer's habits, from careful to hasty."""
        haste = rng.random() ** 1.2
        return cls(
            shortened={
                word: short
                for word, (short, often) in _SHORTENED.items()
                if rng.random() < often * haste * 1.5
            },
            pieces=0.15 + 0.75 * rng.random(),
            lower=rng.choice((0.0, 0.0, 0.1, 0.6, 0.95)) if haste > 0.25 else 0.0,
            upper=rng.random() < 0.012,
            accents=rng.choice((0.0, 0.3, 1.0)) if haste > 0.4 else 0.0,
            points=rng.choice((0.4, 0.8, 1.0)) if haste > 0.3 else 0.15,
            emoji=rng.choice((0.0, 0.05, 0.12, 0.3)),
            typos=rng.choice((0.0, 0.0, 0.01, 0.03)) * (0.5 + haste),
            stretch=rng.choice((0.0, 0.0, 0.15, 0.4)),
            seed=rng.random(),
        )

    def type(self, text: str, rng: Random, mood: str) -> list[str]:
        """Converts a text to the messages that this writer sends."""
        sent: list[str] = []
        for piece in (each.strip() for each in text.split(BREAK)):
            if not piece:
                continue
            if sent and rng.random() > self.pieces:
                joint = " " if sent[-1][-1:] in ".!?…," else rng.choice((", ", ". ", " "))
                sent[-1] += joint + piece
            else:
                sent.append(piece)
        return [self._type_message(tidy(each).rstrip(","), rng, mood) for each in sent]

    def _type_message(self, text: str, rng: Random, mood: str) -> str:
        if "@" in text or "http" in text:
            return text
        text = _WORD.sub(lambda match: self._type_word(match[0], rng), text)
        if self.accents and rng.random() < self.accents:
            text = text.translate(_ACCENTS)
        if rng.random() < self.points:
            text = text.rstrip(".")
            if "," in text and rng.random() < 0.4 * self.points:
                text = re.sub(r",(?=\s)", "", text)
        if len(text) > 3 and text.endswith("?") and rng.random() < 0.12 * (1 + self.points):
            text = text[:-1] if rng.random() < 0.5 else text + "?"
        if text.endswith("!") and rng.random() < self.points * 0.6:
            text = text.rstrip("!") or text
        if rng.random() < self.lower:
            text = text[:1].lower() + text[1:]
        if self.upper:
            text = text.upper()
        if self.emoji and rng.random() < self.emoji:
            text += (" " if rng.random() < 0.8 else "") + self._pick_emoji(rng, mood)
        return text

    def _pick_emoji(self, rng: Random, mood: str) -> str:
        choice = _EMOJIS[mood]
        first = int(self.seed * len(choice))
        return choice[(first + int(rng.random() ** 2 * 3)) % len(choice)]

    def _type_word(self, word: str, rng: Random) -> str:
        short = self.shortened.get(word.lower())
        if short is not None and rng.random() < 0.85:
            return short.capitalize() if word[0].isupper() and len(short) > 1 else short
        if self.stretch and word.lower() in (
            "oi",
            "olá",
            "oie",
            "obrigada",
            "obrigado",
            "sim",
            "siim",
        ):
            if rng.random() < self.stretch:
                return word + word[-1] * (1 + int(rng.random() * 3))
        elif self.typos and len(word) > 4 and word.islower() and rng.random() < self.typos:
            at = 1 + int(rng.random() * (len(word) - 3))
            if rng.random() < 0.5:
                return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            return word[:at] + word[at + 1 :]
        return word


FORMAL = Style(
    {},
    pieces=0.0,
    lower=0.0,
    upper=False,
    accents=0.0,
    points=0.0,
    emoji=0.0,
    typos=0.0,
    stretch=0.0,
    seed=0.0,
)
"""How people write e-mails."""
