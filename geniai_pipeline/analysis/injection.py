"""Messages that speak to the machine instead of the gym: they are data, and prove nothing."""

import re
import unicodedata
from pathlib import Path

_ORDERS = re.compile(
    Path(__file__).with_name("injection.regex").read_text("utf-8"), re.VERBOSE | re.DOTALL
)


def gives_orders(text: str) -> bool:
    """Whether a contact's text tries to steer whoever judges it."""
    return bool(_ORDERS.search(_folded(text)))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c.isprintable())
    return " ".join(letters.lower().split())
