"""Downloads: a name that says whose and of when, and bytes that a spreadsheet opens as they are."""

import json
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from flask import Flask, Response, request
from tenancy import tenant_slug

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as Windows-1252
_LINK = re.compile(r'<a href="[^"]*"[^>]*>([^<]*)</a>')
_EVERYONE, _ALWAYS = "todos", "inicio"


def install(app: Flask) -> None:
    """Hooks into the two functions that write tables, and into the answers that carry them."""
    from superset.utils import csv, excel

    write_csv, write_excel = csv.df_to_escaped_csv, excel.df_to_excel
    csv.df_to_escaped_csv = lambda table, **how: write_csv(_dates(_texts(table)), **how)
    excel.df_to_excel = lambda table, **how: write_excel(_texts(table), **how)

    @app.after_request
    def name_download(response: Response) -> Response:
        disposition = response.headers.get("Content-Disposition", "")
        if not request.path.startswith("/api/v1/chart/") or "attachment" not in disposition:
            return response
        ending = disposition.rsplit(".", 1)[-1].strip('"')
        response.headers["Content-Disposition"] = f'attachment; filename="{_name()}.{ending}"'
        if ending == "csv":
            response.headers["Content-Type"] = "text/csv; charset=utf-8"
            response.set_data(BYTE_ORDER_MARK + response.get_data())
        return response


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    """Links, which the page shows as words, as those words."""
    texts = table.select_dtypes("object").columns
    return table.assign(**{c: table[c].replace(_LINK, r"\1", regex=True) for c in texts})


def _dates(table: pd.DataFrame) -> pd.DataFrame:
    """Instants as Brazilians write them."""
    instants = table.select_dtypes("datetime").columns
    return table.assign(**{c: table[c].dt.strftime("%d/%m/%Y %H:%M") for c in instants})


def _name() -> str:
    """``leads_<tenant>_<first day>_<last day>``, both days included."""
    asked = request.get_json(silent=True) or json.loads(request.form.get("form_data", "{}"))
    since, until = _period(asked)
    first = f"{since:%Y%m%d}" if since else _ALWAYS
    last = until - timedelta(microseconds=1) if until else datetime.now()  # noqa: DTZ005
    return f"{_chart(asked)}_{tenant_slug() or _EVERYONE}_{first}_{last:%Y%m%d}"


def _period(asked: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    from superset.common.utils.time_range_utils import get_since_until_from_time_range

    query = (asked.get("queries") or [{}])[0]
    ranges = [f.get("val") for f in query.get("filters") or [] if f.get("op") == "TEMPORAL_RANGE"]
    return get_since_until_from_time_range(query.get("time_range") or (ranges or [None])[0])


def _chart(asked: dict[str, Any]) -> str:
    """The chart's name in the letters every file system takes."""
    from superset.daos.chart import ChartDAO

    chart = ChartDAO.find_by_id((asked.get("form_data") or {}).get("slice_id"))
    words = unicodedata.normalize("NFKD", chart.slice_name if chart else "leads")
    return re.sub(r"[^a-z0-9]+", "-", words.encode("ascii", "ignore").decode().lower()).strip("-")
