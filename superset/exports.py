"""Downloads: a name that says whose and of when, and bytes that a spreadsheet opens as they are.

A list of conversations is downloaded as the fifteen columns of ``geniai_pipeline.exports``, all of
it, whatever the page shows; every other chart as its own table.
"""

import re
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from flask import Flask, Response, send_file
from psycopg import sql
from tenancy import postgres_login, tenant_slug

from geniai_pipeline import exports
from geniai_pipeline.exports.files import BYTE_ORDER_MARK, DELIMITER
from geniai_pipeline.warehouse.connections import connect, role_url

CSV_EXPORT = {"encoding": "utf-8", "sep": DELIMITER, "decimal": ","}
_LINK = re.compile(r'<a href="[^"]*"[^>]*>([^<]*)</a>')
_EVERYONE, _ALWAYS = "todos", "inicio"
_KEY = ["tenant_id", "conversation_id"]
_SPREADSHEETS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def install(app: Flask) -> None:
    """Hooks into the function that answers charts, and into the two that write tables."""
    from superset.charts.data.api import ChartDataRestApi
    from superset.utils import csv, excel

    ChartDataRestApi._get_data_response = _answering(ChartDataRestApi._get_data_response)
    write_csv, write_excel = csv.df_to_escaped_csv, excel.df_to_excel
    csv.df_to_escaped_csv = lambda table, **how: write_csv(_dates(_texts(table)), **how)
    excel.df_to_excel = lambda table, **how: write_excel(_texts(table), **how)


def _answering(superset_answer: Callable[..., Response]) -> Callable[..., Response]:
    """The answer to a chart's query: Superset's own, but for downloads.

    A list of conversations needs neither its limit of rows nor its copy of them in memory. What is
    listed is Superset's statement still, with the user's filters and his row filter, and whoever
    asks is his own login.
    """

    def answer(api: Any, command: Any, *arguments: Any, **named: Any) -> Response:
        from superset import security_manager

        asked = command._query_context
        if _is_list(asked) and security_manager.can_access("can_csv", "Superset"):
            return _spreadsheet(asked)
        response = superset_answer(api, command, *arguments, **named)
        if "attachment" in response.headers.get("Content-Disposition", ""):
            _complete(response, asked)
        return response

    return answer


def _is_list(asked: Any) -> bool:
    columns = {column.column_name for column in asked.datasource.columns}
    return (
        asked.result_format in _SPREADSHEETS
        and columns.issuperset(_KEY)
        and len(asked.queries) == 1
        and asked.queries[0].metrics is None
    )


def _spreadsheet(asked: Any) -> Response:
    """All of it is there before the first byte is sent: a fault is a fault, and no half file."""
    query = {
        **asked.queries[0].to_dict(),
        "columns": _KEY,
        "orderby": [],
        "row_limit": None,
        "row_offset": 0,
    }
    selection = sql.SQL(asked.datasource.get_query_str_extended(query).sql)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been sent)
    with connect(role_url(postgres_login())) as connection:
        days = exports.period(connection, selection, *_period(asked))
        exports.write(connection, selection, asked.result_format, file)
    file.seek(0)
    return send_file(
        file,
        mimetype=_SPREADSHEETS[asked.result_format],
        as_attachment=True,
        download_name=exports.file_name(
            tenant_slug() or _EVERYONE, *days, asked.result_format, what=_chart(asked)
        ),
    )


def _complete(response: Response, asked: Any) -> None:
    first, last = _period(asked)
    name = exports.file_name(
        tenant_slug() or _EVERYONE,
        first or _ALWAYS,
        last or datetime.now(),  # noqa: DTZ005  (Brazil's, see dashboards.server)
        response.headers["Content-Disposition"].rsplit(".", 1)[-1].strip('"'),
        what=_chart(asked),
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if name.endswith(".csv"):
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.set_data(BYTE_ORDER_MARK + response.get_data())


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    """Links, which the page shows as words, as those words."""
    texts = table.select_dtypes("object").columns
    return table.assign(**{c: table[c].replace(_LINK, r"\1", regex=True) for c in texts})


def _dates(table: pd.DataFrame) -> pd.DataFrame:
    """Instants as Brazilians write them."""
    instants = table.select_dtypes("datetime").columns
    return table.assign(**{c: table[c].dt.strftime("%d/%m/%Y %H:%M") for c in instants})


def _period(asked: Any) -> tuple[date | None, date | None]:
    """The first and the last day asked for, both included; None: no bound."""
    from superset.common.utils.time_range_utils import get_since_until_from_time_range

    query = asked.queries[0]
    ranges = [f.get("val") for f in query.filter if f.get("op") == "TEMPORAL_RANGE"]
    since, until = get_since_until_from_time_range(query.time_range or (ranges or [None])[0])
    return since and since.date(), until and (until - timedelta(microseconds=1)).date()


def _chart(asked: Any) -> str:
    """The chart's name in the letters every file system takes."""
    from superset.daos.chart import ChartDAO

    chart = ChartDAO.find_by_id((asked.form_data or {}).get("slice_id"))
    return exports.plain_name(chart.slice_name if chart else "leads")
