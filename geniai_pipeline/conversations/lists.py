"""Reads lists of people, as gyms' systems and spreadsheets write them: CSV files and workbooks."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from geniai_pipeline.conversations.fields import clean_line, parse_email, parse_phone
from geniai_pipeline.conversations.workbooks import read_sheets
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.text import remove_accents

Words = Mapping[str, Sequence[str]]
"""By field, the words that a column's heading has, the most telling first.

A word of less than five letters must be a whole word of the heading, "=word" the whole heading.
"""

PHONE = ("whats", "celular", "mobile", "telefone", "phone", "fone", "cel", "tel")
EMAIL = ("email", "e mail", "correio")

_OF_OTHERS = re.compile(
    "nascimento|birth|aniversario|emergenc|responsavel|guardian|consultor|vendedor|professor"
    "|financ|pagamento|payment|parcela|mensalidade|fatura|boleto|cobranca|atestado|exame|avaliacao"
)
"""Headings about other people, other dates and payments."""

_Table = Callable[[], Iterator[tuple[int, Sequence[str]]]]
"""Reads the rows that are not empty, from the first, each with its line number."""

_WORKBOOK = b"PK\x03\x04"
_REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook, or one with a password",
    b"%PDF": "a PDF file",
    b"<": "a web page or XML, whatever its name says",
}
_BEFORE_TEXT = b"\xef\xbb\xbf \r\n\t"
_DELIMITERS = ";,\t|"
_HEADING_WITHIN = 20  # rows: reports have a title and filters above the headings
_LINES_IN_CELL = 10
"""An address has a few; what has more lies between two stray quotation marks."""
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")
_BETWEEN_PHONES = re.compile(r"[/;|,\n]|\s(?:e|ou|or|and)\s")
_BETWEEN_EMAILS = re.compile(r"[/;|,\s]+")


class Line(NamedTuple):
    """One line of a list below its headings."""

    number: int
    cells: dict[str, list[str]]
    """By field, the cells that are not empty, in the order of the field's words."""


def read_lines(path: Path, words: Words) -> Iterator[Line]:
    """Reads the lines of a CSV file, or of an Excel workbook, below the one that has the headings.

    The delimiter or sheet, and the line of headings, are those by which most columns are
    recognized. The fields ``phone`` and ``email`` tell people apart: one of them is required.

    Raises:
        PermanentError: the file cannot be read, or no column tells people apart.

    """
    found: tuple[int, int, _Table, dict[str, list[int]]] | None = None
    for table in _open_tables(path):
        for number, cells in islice(table(), _HEADING_WITHIN):
            fields = _recognize_fields(cells, words)
            if not fields.get("phone") and not fields.get("email"):
                continue
            columns = len({column for columns in fields.values() for column in columns})
            if found is None or columns > found[0]:
                found = (columns, number, table, fields)
    if found is None:
        raise PermanentError(
            f"No column of {path.name} is headed telefone, celular or e-mail.",
            mend="Give the first line headings, such as telefone;e-mail.",
        )
    _, heading, table, fields = found
    for number, cells in table():
        if number > heading:
            yield Line(
                number,
                {
                    field: [cells[i] for i in columns if i < len(cells) and cells[i].strip()]
                    for field, columns in fields.items()
                },
            )


def parse_phones(cells: Sequence[str]) -> list[str]:
    """Parses the telephone numbers of cells to E.164, each once; a cell may hold several."""
    parts = [part for cell in cells for part in _BETWEEN_PHONES.split(cell)]
    numbers = (parse_phone(part.strip().removesuffix(".0").lstrip("'")) for part in parts)
    return list(dict.fromkeys(filter(None, numbers)))


def lacks_area_code(cells: Sequence[str]) -> bool:
    """Whether a cell has a telephone number of this town only: eight or nine digits."""
    return any(re.fullmatch(r"\D*(?:\d\D*){8,9}", cell) for cell in cells)


def parse_emails(cells: Sequence[str]) -> list[str]:
    """Parses the e-mail addresses of cells to lower case, each once."""
    parts = [part for cell in cells for part in _BETWEEN_EMAILS.split(cell)]
    return list(dict.fromkeys(filter(None, map(parse_email, parts))))


def parse_date(written: str) -> date:
    """Parses a day as Brazilians or programs write it, with or without an hour.

    Raises:
        ValueError: it is none.

    """
    day = (clean_line(written) or "").replace("T", " ").split(" ")[0]
    for form in _DATES:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"{day!r} is not a date; write it like 31/12/2026")


def parse_dates(cells: Sequence[str]) -> list[date]:
    """Parses the days of cells; one may hold something else: a member's number, a price."""
    days = []
    for cell in cells:
        try:
            days.append(parse_date(cell))
        except ValueError:
            continue
    return days


def fold(text: str) -> str:
    """Folds a text to words of small letters without accents: "dtInício" becomes "dt inicio"."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", remove_accents(text))
    return " ".join(re.findall(r"[a-z0-9]+", separated.lower()))


def _recognize_fields(cells: Sequence[str], words: Words) -> dict[str, list[int]]:
    """Finds the columns of each field; a cell with an address or a number is no heading."""
    headings = [
        "" if "@" in cell or sum(map(str.isdigit, cell)) > 3 or _OF_OTHERS.search(fold(cell))
        else fold(cell)
        for cell in cells
    ]  # fmt: skip
    found = {}
    for field, field_words in words.items():
        ranked = [
            (rank, column)
            for column, heading in enumerate(headings)
            if (rank := _rank(heading, field_words)) is not None
        ]
        if ranked:
            found[field] = [column for _, column in sorted(ranked)]
    return found


def _rank(heading: str, words: Sequence[str]) -> int | None:
    """Returns the place of the first word that a heading has."""
    for rank, word in enumerate(words):
        if word.startswith("="):
            matches = heading == word[1:]
        elif len(word) < 5:
            matches = word in heading.split()
        else:
            matches = word in heading
        if matches:
            return rank
    return None


def _open_tables(path: Path) -> list[_Table]:
    """Opens a workbook's sheets, or a text once for each delimiter that it may have.

    Raises:
        PermanentError: it cannot be read, or is neither.

    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be read: {error.strerror}.", mend="Give the path of a CSV or XLSX file."
        ) from error
    if raw.startswith(_WORKBOOK):
        return [partial(_read_sheet, sheet) for sheet in read_sheets(path.name, raw)]
    for beginning, kind in _REFUSED.items():
        if raw.lstrip(_BEFORE_TEXT).startswith(beginning):
            raise PermanentError(
                f"{path.name} is {kind}.",
                mend="Open it in Excel, save it as CSV UTF-8 or XLSX, and give that file.",
            )
    text = _decode(raw).replace("\0", "")
    return [partial(_read_rows, path, text, delimiter) for delimiter in _DELIMITERS]


def _decode(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")  # Excel's "Unicode text"
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # Excel's on Windows


def _read_sheet(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    return ((number, cells) for number, cells in enumerate(rows, start=1) if _has_text(cells))


def _read_rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yields the rows that are not empty, with the number of the line where each ends.

    Where quotation marks do not enclose cells, they are read as they stand: one stray mark would
    swallow the lines up to the next.
    """
    quoting: Literal[0, 3] = (
        csv.QUOTE_MINIMAL if _encloses_cells(text, delimiter) else csv.QUOTE_NONE
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    try:
        for cells in reader:
            if _has_text(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise PermanentError(
            f"{path.name} is not a CSV file: {error} (line {reader.line_num}).",
            mend="Export it anew as CSV.",
        ) from error


def _encloses_cells(text: str, delimiter: str) -> bool:
    """Whether every quotation mark at the beginning of a cell has one at its end."""
    if '"' not in text:
        return True
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return all(cell.count("\n") <= _LINES_IN_CELL for cells in reader for cell in cells)
    except csv.Error:
        return False


def _has_text(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)
