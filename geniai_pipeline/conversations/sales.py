"""Reads a tenant's list of sales, a CSV export of its CRM: each buyer is a conversion."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.conversations.fields import clean_line, parse_email, parse_phone
from geniai_pipeline.errors import PermanentError, Rejected
from geniai_pipeline.text import remove_accents

TABLE = "core.sales"

_HEADINGS = {
    "phone": ("telefone", "celular", "whatsapp", "fone", "phone", "mobile"),
    "email": ("email", "e-mail", "correio"),
    "sold_on": ("data", "matricula", "venda", "date", "sold"),
}
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")


class Sale(NamedTuple):
    """One sale, with the keys that match its buyer to conversations."""

    sale_key: str
    phone: str | None
    """In E.164."""
    email: str | None
    sold_on: date | None
    """None: the list has no date; then any conversation of the buyer counts."""


class Sales(NamedTuple):
    """The sales of a list, and its rejected lines."""

    sales: list[Sale]
    rejected: list[Rejected]


def read_sales(path: Path) -> Sales:
    """Reads a CSV file with a line of headings, as Brazilian or other spreadsheets write it.

    A column's heading gives its kind (telefone, celular, e-mail, data …); one of telephones or of
    e-mail addresses is required. A line without either, or with an invalid date, is rejected alone;
    its key is its line number.

    Raises:
        PermanentError: the file cannot be read, or no column identifies buyers.

    """
    lines = _lines(path)
    headings = [_simplify_heading(heading) for heading in next(lines, (0, []))[1]]
    found = {
        field: [i for i, heading in enumerate(headings) if any(w in heading for w in words)]
        for field, words in _HEADINGS.items()
    }
    if not found["phone"] and not found["email"]:
        raise PermanentError(
            f"No column of {path.name} is headed telefone, celular or e-mail.",
            mend="Give the first line headings: telefone;e-mail;data.",
        )
    sales, rejected = [], []
    for number, cells in lines:
        row = {
            field: [cells[i] for i in columns if i < len(cells) and cells[i].strip()]
            for field, columns in found.items()
        }
        try:
            sales.append(_sale(row))
        except ValueError as error:
            payload = json.dumps(row, ensure_ascii=False)
            rejected.append(Rejected(TABLE, f"line {number}", str(error), payload))
    return Sales(sales, rejected)


def _sale(row: dict[str, list[str]]) -> Sale:
    number = next(filter(None, map(parse_phone, row["phone"])), None)
    address = next(filter(None, map(parse_email, row["email"])), None)
    if number is None and address is None:
        raise ValueError("no telephone number and no e-mail address that can be used")
    sold_on = _date(row["sold_on"][0]) if row["sold_on"] else None
    known = f"{number}\0{address}\0{sold_on}"
    return Sale(hashlib.sha256(known.encode()).hexdigest()[:32], number, address, sold_on)


def _date(written: str) -> date:
    day = (clean_line(written) or "").replace("T", " ").split(" ")[0]
    for form in _DATES:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"{day!r} is not a date; write it like 31/12/2026")


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Reads the lines with their numbers; the delimiter is the most frequent in the first line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be read: {error.strerror}.", mend="Give a CSV file's path."
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # Excel's on Windows
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _simplify_heading(heading: str) -> str:
    """Converts a heading to lower case without accents."""
    return remove_accents(heading.strip().lower())
