"""Downloads of charts: CSV and XLSX files, named by tenant and period, safe in a spreadsheet.

A list of conversations is downloaded with the fifteen columns of ``geniai_pipeline.exports`` and
all its rows, whatever the page shows. Every other chart is downloaded as its own table.
"""

import io
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from flask import Response, send_file
from psycopg import sql

from geniai_pipeline import exports
from geniai_pipeline.exports.cells import escape_text, is_figure, parse_whole_number, strip_markup
from geniai_pipeline.exports.files import BYTE_ORDER_MARK, CELL_CHARACTERS, DELIMITER
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import connect, role_url
from geniai_superset.tenancy import postgres_login, tenant_slug

# pandas quotes a cell that holds a character of the line terminator. With "\n" alone it would not
# quote a cell with "\r", and a spreadsheet would start a new line there.
CSV_EXPORT: dict[str, Any] = {
    "encoding": "utf-8",
    "sep": DELIMITER,
    "decimal": ",",
    "lineterminator": "\r\n",
}
_SHEET = "Dados"
_EVERYONE, _ALWAYS = "todos", "inicio"
_KEY = ["tenant_id", "conversation_id", "episode"]
_SPREADSHEETS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def answer_downloads(respond: Callable[..., Response]) -> Callable[..., Response]:
    """Replaces Superset's response to a chart's query by a file of this product for downloads.

    A list of conversations has no row limit and is not copied into memory. Its selection is still
    Superset's statement, with the user's filters and row filter. It runs under the user's login.
    """

    def answer(api: Any, command: Any, *arguments: Any, **named: Any) -> Response:
        from superset.common.chart_data import ChartDataResultType
        from superset.exceptions import QueryObjectValidationError
        from superset.extensions import security_manager

        context = command._query_context
        if context.result_format in _SPREADSHEETS and context.result_type == "post_processed":
            context.result_type = (
                ChartDataResultType.FULL
            )  # else Superset would parse the file as comma-separated
        if is_list(context) and security_manager.can_access("can_csv", "Superset"):
            try:
                return write_list(context)
            except QueryObjectValidationError as error:
                rejection: Response = api.response_400(message=error.message)
                return rejection
        response = respond(api, command, *arguments, **named)
        if "attachment" in response.headers.get("Content-Disposition", ""):
            _complete(response, context)
        return response

    return answer


def is_list(context: Any) -> bool:
    """Whether a request downloads a list of conversations."""
    columns = {column.column_name for column in context.datasource.columns}
    return (
        context.result_format in _SPREADSHEETS
        and columns.issuperset(_KEY)
        and len(context.queries) == 1
        and context.queries[0].metrics is None
    )


def write_list(context: Any) -> Response:
    """Writes a whole list of conversations before the first byte is sent: no partial file."""
    query = {
        **context.queries[0].to_dict(),
        "columns": _KEY,
        "orderby": [],
        "row_limit": None,
        "row_offset": 0,
    }
    selection = sql.SQL(context.datasource.get_query_str_extended(query).sql)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been sent)
    with connect(role_url(postgres_login())) as connection:
        days = exports.find_period(connection, selection, *_period(context))
        exports.write_conversations(connection, selection, context.result_format, file)
    file.seek(0)
    return send_file(
        file,
        mimetype=_SPREADSHEETS[context.result_format],
        as_attachment=True,
        download_name=exports.build_file_name(
            tenant_slug() or _EVERYONE, *days, context.result_format, what=_chart_name(context)
        ),
    )


def _complete(response: Response, context: Any) -> None:
    first, last = _period(context)
    name = exports.build_file_name(
        tenant_slug() or _EVERYONE,
        first or _ALWAYS,
        last or _read_today(),
        response.headers["Content-Disposition"].rsplit(".", 1)[-1].strip('"'),
        what=_chart_name(context),
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if name.endswith(".csv"):
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.set_data(BYTE_ORDER_MARK + response.get_data())


def _read_today() -> date:
    """Reads the day in Brazil, the time zone of Superset's process (see dashboards.server)."""
    return read_clock(role_url(postgres_login())).astimezone().date()


def write_tables(get_data: Callable[..., Any]) -> Callable[..., Any]:
    """Makes files of charts keep text as text, and removes markup.

    A dataset's column holds external text. A metric of the dataset may hold a formatted figure.
    """

    def write_table(processor: Any, table: pd.DataFrame, types: list[Any]) -> Any:
        format_ = processor._query_context.result_format
        if format_ not in _SPREADSHEETS:
            return get_data(processor, table, types)
        datasource = processor._qc_datasource
        figures = {metric.metric_name for metric in datasource.metrics}
        headings = datasource.data.get("verbose_map", {})
        if format_ == "xlsx":
            return _write_workbook(table, types, figures, headings)
        return _write_csv(table, figures, headings)

    return write_table


def _write_csv(table: pd.DataFrame, figures: set[str], headings: dict[str, str]) -> str:
    def clean_text(value: str) -> str:
        return escape_text(strip_markup(value))

    def clean_figure(value: str) -> str:
        bare = strip_markup(value)
        return bare if is_figure(bare) else escape_text(bare)

    shown = _format_instants(
        _map_texts(
            _convert_decimals(table), lambda name: clean_figure if name in figures else clean_text
        )
    )
    shown.columns = [clean_text(str(headings.get(name, name))) for name in shown.columns]
    has_index = not isinstance(shown.index, pd.RangeIndex)
    flat = _flatten_index(shown, clean_text) if has_index else shown
    return str(flat.to_csv(index=False, **CSV_EXPORT))


def _write_workbook(
    table: pd.DataFrame, types: list[Any], figures: set[str], headings: dict[str, str]
) -> bytes:
    """Writes cells by type, never by content: text is stored as text, without an apostrophe."""
    from superset.utils.excel import apply_column_types

    def clean_text(value: str) -> str:
        return strip_markup(value)[:CELL_CHARACTERS]

    apply_column_types(table, types)
    shown = _map_texts(
        table,
        lambda name: (
            (lambda value: parse_whole_number(clean_text(value))) if name in figures else clean_text
        ),
    )
    shown.columns = [clean_text(str(headings.get(name, name))) for name in shown.columns]
    if not isinstance(shown.index, pd.RangeIndex):
        shown = _flatten_index(shown, clean_text)
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="xlsxwriter") as book:
        sheet = book.book.add_worksheet(_SHEET)
        sheet.add_write_handler(str, lambda sheet, *cell: sheet.write_string(*cell))
        shown.to_excel(book, sheet_name=_SHEET, index=False)
    return file.getvalue()


def _map_texts(table: pd.DataFrame, rule: Callable[[Any], Callable[[str], Any]]) -> pd.DataFrame:
    """Applies the cell function of each column to its texts."""
    texts = {}
    for name in table.select_dtypes(["object", "string"]).columns:
        cell = rule(name)
        texts[name] = [cell(v) if isinstance(v, str) else v for v in table[name]]
    cells = {n: pd.Series(v, table.index, dtype=object) for n, v in texts.items()}
    changed: pd.DataFrame = table.assign(**cells)
    return changed


def _flatten_index(table: pd.DataFrame, cell: Callable[[str], str]) -> pd.DataFrame:
    """Converts the index to columns, and applies the cell function to their names and texts."""
    shown: pd.DataFrame = table.reset_index()
    added = shown.columns[: len(shown.columns) - len(table.columns)]
    for name in added:
        shown[name] = [cell(v) if isinstance(v, str) else v for v in shown[name]]
    shown.columns = [*(cell(str(name)) for name in added), *table.columns]
    return shown


def _convert_decimals(table: pd.DataFrame) -> pd.DataFrame:
    """Converts Postgres' numerics to floats or integers, which are written with a decimal comma."""
    shown = {}
    for name in table.select_dtypes("object").columns:
        values = table[name].dropna()
        if len(values) and values.map(lambda value: isinstance(value, Decimal)).all():
            numbers = pd.to_numeric(table[name])
            is_whole = (numbers.dropna() % 1 == 0).all()
            shown[name] = numbers.astype("Int64") if is_whole else numbers
    changed: pd.DataFrame = table.assign(**shown)
    return changed


def _format_instants(table: pd.DataFrame) -> pd.DataFrame:
    """Formats instants in the Brazilian notation."""
    instants = table.select_dtypes("datetime").columns
    changed: pd.DataFrame = table.assign(
        **{c: table[c].dt.strftime("%d/%m/%Y %H:%M") for c in instants}
    )
    return changed


def _period(context: Any) -> tuple[date | None, date | None]:
    """Returns the first and the last day of a request, both included; None: no bound."""
    from superset.common.utils.time_range_utils import get_since_until_from_time_range

    query = context.queries[0]
    ranges = [f.get("val") for f in query.filter if f.get("op") == "TEMPORAL_RANGE"]
    since, until = get_since_until_from_time_range(query.time_range or (ranges or [None])[0])
    return since and since.date(), until and (until - timedelta(microseconds=1)).date()


def _chart_name(context: Any) -> str:
    """Returns the chart's name in characters that every file system accepts."""
    from superset.daos.chart import ChartDAO

    chart = ChartDAO.find_by_id((context.form_data or {}).get("slice_id"))
    return exports.build_plain_name(chart.slice_name if chart else "leads")
