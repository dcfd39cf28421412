"""Normalization of external text for storage, output and comparison."""

import re
import unicodedata

_TERMINAL_CONTROLS = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


def remove_unstorable(text: str) -> str:
    """Removes NUL and lone surrogates, which Postgres cannot store.

    Surrogate pairs that arrive in two halves are joined; a lone half becomes U+FFFD.
    """
    text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def remove_controls(text: str) -> str:
    """Removes terminal escape sequences and control characters."""
    return _TERMINAL_CONTROLS.sub("", text)


def remove_accents(text: str) -> str:
    """Removes accents ("não" becomes "nao") and folds compatibility forms (NFKD)."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
