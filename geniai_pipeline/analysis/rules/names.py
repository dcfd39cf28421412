"""The contact's name: what he calls himself, else the name of his profile without its junk."""

import re

_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_FULL = rf"([{_LETTER}]{{2,}}(?:\s+(?:d[aeo]s?\s+)?[A-ZÀ-Ö][{_LETTER}]+){{0,3}})"
_INTRODUCED = re.compile(
    r"(?:\b[Mm]e chamo|\b[Mm]eu nome (?:é|e|eh)|\b[Mm]y name is|\b[Mm]e llamo|\b[Mm]i nombre es)"
    rf"\s+(?:o\s+|a\s+)?{_FULL}"
)
_SPEAKING = re.compile(
    r"(?:\b[Ss]ou|\b[Aa]qui (?:é|e|eh|quem fala (?:é|e)|fala)|\b[Ff]ala aqui)"
    rf"\s+(?:o|a)\s+{_FULL}(?=\s*(?:$|[,.!;:?\n(]|e\b|tudo\b|quer|gostaria|da\b|do\b|de\b|mãe\b|pai\b))"
)
_INTRODUCING = re.compile(r"cham|nome|name|llamo|nombre|[Ss]ou [oa] |[Aa]qui |[Ff]ala aqui")
_ANSWER = re.compile(rf"^\s*(?:(?:é|sou)\s+(?:o|a)?\s*)?{_FULL}\s*[.!😊🙂]*\s*$")
_ASKED = re.compile(
    r"\b(?:seu nome|com quem (?:eu )?falo|como (?:você|vc) se chama|your name)", re.I
)
_NOT_NAMES = frozenset(
    {
        "academia", "aluna", "aluno", "amiga", "amigo", "aqui", "avó", "avô", "bem", "boa",
        "bom", "casal", "claro", "cliente", "contact", "contato", "desconhecido", "dona",
        "dono", "entregador", "esposa", "essa", "esse", "estudante", "filha", "filho",
        "gestante", "homem", "iniciante", "instagram", "irmã", "irmão", "isso", "lead", "mae",
        "marido", "motoboy", "moça", "moço", "mulher", "mãe", "namorada", "nao", "nova", "novo",
        "não", "obrigada", "obrigado", "oi", "ok", "ola", "olá", "pai", "personal", "pessoa",
        "pode", "professor", "professora", "queria", "quero", "responsavel", "responsável",
        "sim", "tia", "tio", "tudo", "turista", "unknown", "user", "usuario", "usuário",
        "visitante", "vizinha", "vizinho", "whatsapp",
    }
)  # fmt: skip
_PARTICLES = frozenset({"da", "de", "do", "das", "dos", "e"})
_JUNK = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ÿ'.\s-]+")
_HANDLE = re.compile(r"[@_\d/]|\w\.\w")


def introduced_name(texts: list[str], asked: bool) -> str | None:
    """The name the contact gives in his own messages; `asked` says the gym asked for it."""
    for text in texts:
        if not (asked or _INTRODUCING.search(text)):
            continue
        for pattern in (_INTRODUCED, _SPEAKING, *([_ANSWER] if asked else [])):
            match = pattern.search(text)
            if match and match.group(1).split()[0].lower() not in _NOT_NAMES:
                return _titled(match.group(1))
    return None


def asks_name(text: str) -> bool:
    """Whether the gym asks for the contact's name."""
    return bool(_ASKED.search(text))


def profile_name(name: str | None) -> str | None:
    """A profile name without emoji and decoration; None for phones, handles and placeholders."""
    if not name or _HANDLE.search(name):
        return None
    clean = " ".join(_JUNK.sub(" ", name).split()).strip(" .-'")
    first = clean.split()[0].lower() if clean else ""
    if len(clean) < 2 or first in _NOT_NAMES:
        return None
    return _titled(clean)


def _titled(name: str) -> str:
    words = name.split()
    if not (name.isupper() or name.islower()):
        return " ".join(words)
    return " ".join(w.lower() if w.lower() in _PARTICLES else w.capitalize() for w in words)
