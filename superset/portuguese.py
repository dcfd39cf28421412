"""Brazilian Portuguese: the words Superset's own translation gets wrong, dates and numbers."""

import functools
import json
from pathlib import Path

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

_CORRECTIONS = Path(__file__).parent / "translations" / f"{LOCALE}.json"


def install() -> None:
    """Puts the corrections over Superset's pack, and makes it read time ranges one way."""
    from superset.translations import utils
    from superset.utils.date_parser import get_since_until
    from superset.views import api

    pack = utils.get_language_pack(LOCALE)
    corrections = json.loads(_CORRECTIONS.read_text(encoding="utf-8"))
    pack["locale_data"]["superset"].update({word: [said] for word, said in corrections.items()})
    # The charts obey DEFAULT_RELATIVE_*_TIME; the label of the period filter would not.
    api.get_since_until = functools.partial(
        get_since_until, relative_start=RELATIVE_BASE, relative_end=RELATIVE_BASE
    )
