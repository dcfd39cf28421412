"""Brazilian Portuguese: the words Superset's own translation gets wrong, dates and numbers."""

import functools
import json
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from geniai_superset.frontend import PACKAGE

LOCALE = "pt_BR"
RELATIVE_BASE = "tomorrow"
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["R$ ", ""]}
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

_SUPERSET = PACKAGE / "translations" / LOCALE / "LC_MESSAGES"
_CORRECTIONS = Path(__file__).parent / "translations" / f"{LOCALE}.json"


def install(app: Flask) -> None:
    """Sends the corrected words to every page, and makes Superset read time ranges one way."""
    from superset.utils import date_parser
    from superset.utils.date_parser import get_since_until
    from superset.views import api

    # Its grammar is one object for all threads, and pyparsing's are for one at a time: of the
    # charts that a page asks for at once, some were refused.
    date_parser.datetime_eval = _one_at_a_time(date_parser.datetime_eval)

    # The charts obey DEFAULT_RELATIVE_*_TIME; the label of the period filter would not.
    api.get_since_until = functools.partial(
        get_since_until, relative_start=RELATIVE_BASE, relative_end=RELATIVE_BASE
    )

    @app.before_request
    def send_words() -> Response | None:
        """Before Superset asks who wants them: the sign-in page does, too."""
        if request.path != f"/superset/language_pack/{LOCALE}/":
            return None
        return Response(_words(), mimetype="application/json")


def _one_at_a_time(function: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.Lock()

    @functools.wraps(function)
    def locked(*arguments: Any) -> Any:
        with lock:
            return function(*arguments)

    return locked


@lru_cache
def _words() -> str:
    pack = json.loads((_SUPERSET / "messages.json").read_text(encoding="utf-8"))
    corrections = json.loads(_CORRECTIONS.read_text(encoding="utf-8"))
    pack["locale_data"]["superset"].update(
        {word: said if isinstance(said, list) else [said] for word, said in corrections.items()}
    )
    return json.dumps(pack, ensure_ascii=False)
