"""Reads a tenant's list of sales, an export of its CRM: each buyer is a conversion."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.conversations.lists import (
    EMAIL,
    PHONE,
    parse_date,
    parse_dates,
    parse_emails,
    parse_phones,
    read_lines,
)
from geniai_pipeline.errors import Rejected

TABLE = "core.sales"

_WORDS = {
    "phone": PHONE,
    "email": EMAIL,
    "sold_on": ("venda", "matricula", "sold", "data", "date"),
}


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
    """Reads a list with a line of headings, as Brazilian or other spreadsheets write it.

    A column's heading gives its kind (telefone, celular, e-mail, data …); one of telephones or of
    e-mail addresses is required. A line without either, or with an invalid date, is rejected alone;
    its key is its line number.

    Raises:
        PermanentError: the file cannot be read, or no column identifies buyers.

    """
    sales, rejected = [], []
    for line in read_lines(path, _WORDS):
        try:
            sales.append(_sale(line.cells))
        except ValueError as error:
            payload = json.dumps(line.cells, ensure_ascii=False)
            rejected.append(Rejected(TABLE, f"line {line.number}", str(error), payload))
    return Sales(sales, rejected)


def _sale(cells: dict[str, list[str]]) -> Sale:
    number = next(iter(parse_phones(cells.get("phone", ()))), None)
    address = next(iter(parse_emails(cells.get("email", ()))), None)
    if number is None and address is None:
        raise ValueError("no telephone number and no e-mail address that can be used")
    written = cells.get("sold_on", [])
    # where none is a date, the first says why
    days = parse_dates(written) or [parse_date(cell) for cell in written[:1]]
    sold_on = days[0] if days else None
    known = f"{number}\0{address}\0{sold_on}"
    return Sale(hashlib.sha256(known.encode()).hexdigest()[:32], number, address, sold_on)
