"""Downloads: a name that says whose and of when, and bytes that a spreadsheet opens as they are.

A list of conversations is downloaded as the fifteen columns of ``geniai_pipeline.exports``, all of
it, whatever the page shows; every other chart as its own table.
"""

import io
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from flask import Flask, Response, send_file
from psycopg import sql

from geniai_pipeline import exports
from geniai_pipeline.exports.cells import as_text, is_figure, whole, without_markup
from geniai_pipeline.exports.files import BYTE_ORDER_MARK, CELL_CHARACTERS, DELIMITER
from geniai_pipeline.warehouse.connections import connect, role_url
from geniai_superset.tenancy import postgres_login, tenant_slug

# A cell that holds a sign of the line's end is quoted; of "\n" alone, one with "\r" would not be,
# and begin a line of its own.
CSV_EXPORT: dict[str, Any] = {
    "encoding": "utf-8",
    "sep": DELIMITER,
    "decimal": ",",
    "lineterminator": "\r\n",
}
_SHEET = "Dados"
_EVERYONE, _ALWAYS = "todos", "inicio"
_KEY = ["tenant_id", "conversation_id"]
_SPREADSHEETS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def install(app: Flask) -> None:
    """Hooks into the function that answers charts, and into the one that makes tables of them."""
    from superset.charts.data.api import ChartDataRestApi
    from superset.common.query_context_processor import QueryContextProcessor

    ChartDataRestApi._get_data_response = _answering(ChartDataRestApi._get_data_response)
    QueryContextProcessor.get_data = _making_tables(QueryContextProcessor.get_data)


def _answering(superset_answer: Callable[..., Response]) -> Callable[..., Response]:
    """The answer to a chart's query: Superset's own, but for downloads.

    A list of conversations needs neither its limit of rows nor its copy of them in memory. What is
    listed is Superset's statement still, with the user's filters and his row filter, and whoever
    asks is his own login.
    """

    def answer(api: Any, command: Any, *arguments: Any, **named: Any) -> Response:
        from superset.common.chart_data import ChartDataResultType
        from superset.exceptions import QueryObjectValidationError
        from superset.extensions import security_manager

        asked = command._query_context
        if asked.result_format in _SPREADSHEETS and asked.result_type == "post_processed":
            asked.result_type = ChartDataResultType.FULL  # else it is read as a file of commas
        if _is_list(asked) and security_manager.can_access("can_csv", "Superset"):
            try:
                return _spreadsheet(asked)
            except QueryObjectValidationError as error:
                refusal: Response = api.response_400(message=error.message)
                return refusal
        response: Response = superset_answer(api, command, *arguments, **named)
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


def _making_tables(superset_data: Callable[..., Any]) -> Callable[..., Any]:
    """A chart's table as a file: words as words, whatever they look like, and no markup.

    What a column of the dataset says is somebody's words; what one of its own metrics says may be a
    figure that is written out.
    """

    def get_data(processor: Any, table: pd.DataFrame, types: list[Any]) -> Any:
        format_ = processor._query_context.result_format
        if format_ not in _SPREADSHEETS:
            return superset_data(processor, table, types)
        datasource = processor._qc_datasource
        figures = {metric.metric_name for metric in datasource.metrics}
        headings = datasource.data.get("verbose_map", {})
        if format_ == "xlsx":
            return _workbook(table, types, figures, headings)
        return _csv(table, figures, headings)

    return get_data


def _csv(table: pd.DataFrame, figures: set[str], headings: dict[str, str]) -> str:
    def words(value: str) -> str:
        return as_text(without_markup(value))

    def number(value: str) -> str:
        bare = without_markup(value)
        return bare if is_figure(bare) else as_text(bare)

    shown = _dates(_map_texts(_numbers(table), lambda name: number if name in figures else words))
    shown.columns = [words(str(headings.get(name, name))) for name in shown.columns]
    has_index = not isinstance(shown.index, pd.RangeIndex)
    return str((_indexed(shown, words) if has_index else shown).to_csv(index=False, **CSV_EXPORT))


def _workbook(
    table: pd.DataFrame, types: list[Any], figures: set[str], headings: dict[str, str]
) -> bytes:
    """By kind and never by content: a text is stored as one, and needs no apostrophe."""
    from superset.utils.excel import apply_column_types

    def words(value: str) -> str:
        return without_markup(value)[:CELL_CHARACTERS]

    apply_column_types(table, types)
    shown = _map_texts(
        table, lambda name: (lambda value: whole(words(value))) if name in figures else words
    )
    shown.columns = [words(str(headings.get(name, name))) for name in shown.columns]
    if not isinstance(shown.index, pd.RangeIndex):
        shown = _indexed(shown, words)
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="xlsxwriter") as book:
        sheet = book.book.add_worksheet(_SHEET)
        sheet.add_write_handler(str, lambda sheet, *cell: sheet.write_string(*cell))
        shown.to_excel(book, sheet_name=_SHEET, index=False)
    return file.getvalue()


def _map_texts(table: pd.DataFrame, cell_of: Callable[[Any], Callable[[str], Any]]) -> pd.DataFrame:
    """The table with each text made a cell by its column's rule."""
    texts = {}
    for name in table.select_dtypes(["object", "string"]).columns:
        cell = cell_of(name)
        texts[name] = [cell(v) if isinstance(v, str) else v for v in table[name]]
    cells = {n: pd.Series(v, table.index, dtype=object) for n, v in texts.items()}
    changed: pd.DataFrame = table.assign(**cells)
    return changed


def _indexed(table: pd.DataFrame, cell: Callable[[str], str]) -> pd.DataFrame:
    """With its index as columns, whose names and texts are made cells."""
    shown: pd.DataFrame = table.reset_index()
    added = shown.columns[: len(shown.columns) - len(table.columns)]
    for name in added:
        shown[name] = [cell(v) if isinstance(v, str) else v for v in shown[name]]
    shown.columns = [*(cell(str(name)) for name in added), *table.columns]
    return shown


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Postgres' exact numbers as floats or integers, which get the decimal comma."""
    shown = {}
    for name in table.select_dtypes("object").columns:
        known = table[name].dropna()
        if len(known) and known.map(lambda value: isinstance(value, Decimal)).all():
            numbers = pd.to_numeric(table[name])
            is_whole = (numbers.dropna() % 1 == 0).all()
            shown[name] = numbers.astype("Int64") if is_whole else numbers
    changed: pd.DataFrame = table.assign(**shown)
    return changed


def _dates(table: pd.DataFrame) -> pd.DataFrame:
    """Instants as Brazilians write them."""
    instants = table.select_dtypes("datetime").columns
    changed: pd.DataFrame = table.assign(
        **{c: table[c].dt.strftime("%d/%m/%Y %H:%M") for c in instants}
    )
    return changed


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
