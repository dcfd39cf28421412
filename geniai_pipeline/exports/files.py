"""Writes conversations to a file in constant memory.

The caller's connection determines which rows are visible, and the time zone.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.exports.columns import COLUMNS, Kind, Shape, select_columns
from geniai_pipeline.text import remove_accents

Selection = sql.Composable
"""A query of ``tenant_id, conversation_id, episode`` that selects conversations."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Without it Excel reads UTF-8 as Windows-1252."""
DELIMITER = ";"
"""The column separator of a Brazilian Excel, where the comma is the decimal sign."""

_ROWS = Path(__file__).with_name("rows.sql").read_text()
_SHEET_ROWS, CELL_CHARACTERS = 1_048_576, 32_767  # Excel's limits
_FETCHED = 2_000


def select_period(first: date | None, last: date | None) -> Selection:
    """Selects the conversations that began on these days, both included; None: no bound."""
    return sql.SQL(
        "select tenant_id, conversation_id, episode from analytics.conversations_analytics"
        " where created_at >= coalesce({}::date, '-infinity')::timestamptz"
        " and created_at < coalesce({}::date + 1, 'infinity')::timestamptz"
    ).format(sql.Literal(first), sql.Literal(last))


def find_period(
    connection: psycopg.Connection[Any], selection: Selection, first: date | None, last: date | None
) -> tuple[date, date]:
    """Finds the first and last day of a file; by default from its first row until today."""
    found = connection.execute(
        sql.SQL(
            "select coalesce({}, min(created_at)::date, ops.now()::date),"
            " coalesce({}, ops.now()::date) from analytics.conversations_analytics"
            " where (tenant_id, conversation_id, episode) in ({})"
        ).format(sql.Literal(first), sql.Literal(last), selection)
    ).fetchone()
    return found or (date.min, date.max)


def build_file_name(
    tenant: str, first: date | str, last: date, ending: str, *, what: str = "leads"
) -> str:
    """Builds a file's name: ``leads_<tenant>_<YYYYMMDD>_<YYYYMMDD>.csv``, both days included."""
    since = first if isinstance(first, str) else f"{first:%Y%m%d}"
    return f"{what}_{tenant}_{since}_{last:%Y%m%d}.{ending}"


def build_plain_name(title: str) -> str:
    """Converts a title for file names: "Leads por dia" becomes ``leads-por-dia``."""
    return re.sub(r"[^a-z0-9]+", "-", remove_accents(title).lower()).strip("-")


def write_conversations(
    connection: psycopg.Connection[Any], selection: Selection, format_: str, out: BinaryIO
) -> None:
    """Writes the conversations in one of ``FORMATS``.

    Raises:
        PermanentError: there is no such format, or more rows than a workbook may have.

    """
    if format_ not in FORMATS:
        raise PermanentError(
            f"There is no format '{format_}'.", mend=f"Use one of {', '.join(FORMATS)}."
        )
    FORMATS[format_](connection, selection, out)


def _write_csv(connection: psycopg.Connection[Any], selection: Selection, out: BinaryIO) -> None:
    out.write(BYTE_ORDER_MARK)
    command = sql.SQL("copy ({}) to stdout (format csv, header, delimiter {})").format(
        _rows("text", selection), sql.Literal(DELIMITER)
    )
    with connection.cursor() as cursor, cursor.copy(command) as rows:
        for chunk in rows:
            out.write(chunk)


def _write_jsonl(connection: psycopg.Connection[Any], selection: Selection, out: BinaryIO) -> None:
    line = sql.SQL("select row_to_json(r)::text from ({}) r").format(_rows("plain", selection))
    with connection.cursor("export") as cursor:
        cursor.itersize = _FETCHED
        for (text,) in cursor.execute(line):
            out.write(f"{text}\n".encode())


def _write_xlsx(connection: psycopg.Connection[Any], selection: Selection, out: BinaryIO) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    with (
        xlsxwriter.Workbook(out, {"constant_memory": True}) as workbook,
        connection.cursor("export") as cursor,
    ):
        sheet = workbook.add_worksheet("Conversas")
        instant = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        heading = workbook.add_format({"bold": True, "bottom": 1})
        for at, column in enumerate(COLUMNS):
            is_instant = column.kind is Kind.INSTANT
            sheet.set_column(at, at, column.width, instant if is_instant else None)
            sheet.write_string(0, at, column.heading, heading)
        sheet.freeze_panes(1, 0)
        writers = [_cell_writer(sheet, column.kind, instant) for column in COLUMNS]
        cursor.itersize = _FETCHED
        row = 0
        for row, cells in enumerate(cursor.execute(_rows("typed", selection)), start=1):
            if row == _SHEET_ROWS:
                raise PermanentError(
                    f"There are more than {_SHEET_ROWS - 1:,} conversations, the limit of a"
                    " workbook.",
                    mend="Ask for a shorter period, or for csv.",
                )
            for at, (put, value) in enumerate(zip(writers, cells, strict=True)):
                put(row, at, value)
        sheet.autofilter(0, 0, row, len(COLUMNS) - 1)


def _cell_writer(sheet: Any, kind: Kind, instant: Any) -> Callable[[int, int, Any], Any]:
    """Chooses the writer by a column's kind, never by content: a text stays a text."""
    if kind is Kind.NUMBER:
        return lambda row, at, value: sheet.write_number(row, at, value)
    if kind is Kind.INSTANT:
        return lambda row, at, value: sheet.write_datetime(row, at, value, instant)
    return lambda row, at, value: value and sheet.write_string(row, at, value[:CELL_CHARACTERS])


def _rows(shape: Shape, selection: Selection) -> sql.Composed:
    return sql.SQL(_ROWS).format(columns=select_columns(shape), selection=selection)


FORMATS: dict[str, Callable[[psycopg.Connection[Any], Selection, BinaryIO], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "xlsx": _write_xlsx,
}
