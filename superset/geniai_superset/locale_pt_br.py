"""Localisation to Brazilian Portuguese: corrected translations, dates, numbers, time ranges."""

import functools
import json
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from geniai_superset import SUPERSET

LOCALE = "pt_BR"
RELATIVE_BASE = "tomorrow"
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " p.p."]}
"""Number format of D3. Its currency is the unit of a difference of rates (`+$.1%`)."""
D3_TIME_FORMAT = {
    "dateTime": "%d/%m/%Y %H:%M",
    "date": "%d/%m/%Y",
    "time": "%H:%M",
    "periods": ["AM", "PM"],
    "days": ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"],
    "shortDays": ["dom", "seg", "ter", "qua", "qui", "sex", "sáb"],
    "months": [
        "janeiro", "fevereiro", "março", "abril", "maio", "junho",
        "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
    ],
    "shortMonths": [
        "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez",
    ],
}  # fmt: skip

_MESSAGES = SUPERSET / "translations" / LOCALE / "LC_MESSAGES" / "messages.json"
_CORRECTIONS = Path(__file__).parent / "translations" / f"{LOCALE}.json"


def install(app: Flask) -> None:
    """Registers the language pack with the corrected translations."""

    @app.before_request
    def send_language_pack() -> Response | None:
        """Responds before authentication, because the sign-in page requests the pack too."""
        if request.path != f"/superset/language_pack/{LOCALE}/":
            return None
        return Response(_language_pack(), mimetype="application/json")


def use_relative_base(get_range: Callable[..., Any]) -> Callable[..., Any]:
    """Makes Superset's parser of time ranges end a range when the charts do."""
    return functools.partial(get_range, relative_start=RELATIVE_BASE, relative_end=RELATIVE_BASE)


def serialize_calls(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a function in a lock, so that threads call it one at a time."""
    lock = threading.Lock()

    @functools.wraps(function)
    def call_in_turn(*arguments: Any) -> Any:
        with lock:
            return function(*arguments)

    return call_in_turn


@lru_cache
def _language_pack() -> str:
    pack = json.loads(_MESSAGES.read_text(encoding="utf-8"))
    corrections = json.loads(_CORRECTIONS.read_text(encoding="utf-8"))
    pack["locale_data"]["superset"].update(
        {word: forms if isinstance(forms, list) else [forms] for word, forms in corrections.items()}
    )
    return json.dumps(pack, ensure_ascii=False)
