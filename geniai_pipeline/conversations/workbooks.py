"""Reads the cells of Excel workbooks (.xlsx) as texts; macros, links and formulas are not run."""

import warnings
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from io import BytesIO

from geniai_pipeline.errors import PermanentError

_UNPACKED = 64 * 1024 * 1024
"""In bytes; it bounds memory: a zip file of a megabyte may unpack to a thousand."""
_ROWS = 200_000  # in all sheets; an empty one costs a file nothing
_COLUMNS = 256


def read_sheets(name: str, content: bytes) -> list[list[list[str]]]:
    """Reads each sheet as rows of texts: dates in ISO form, yes and no in Portuguese.

    openpyxl uses defusedxml where it is installed, and so expands no entities.

    Args:
        name: the file's, for errors.
        content: the file's.

    Raises:
        PermanentError: it is no workbook, or too large to be a list of people.

    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size <= _UNPACKED:
            sheets = _read_cells(content)
    except Exception as error:  # openpyxl raises what its parsers raise
        raise PermanentError(
            f"{name} is not an Excel workbook that can be read.",
            mend="Open it in Excel, save it as CSV UTF-8, and give that file.",
        ) from error
    if size > _UNPACKED or sum(map(len, sheets)) > _ROWS:
        raise PermanentError(
            f"{name} is too large for a list of people.",
            mend="Save the sheet with the list alone as CSV UTF-8, and give that file.",
        )
    return sheets


def _read_cells(content: bytes) -> list[list[list[str]]]:
    import openpyxl  # type: ignore[import-untyped]  # half a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles
        workbook = openpyxl.load_workbook(
            BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheets: list[list[list[str]]] = []
        left = _ROWS + 1
        for sheet in workbook.worksheets:
            if left:
                # the sheet's own dimensions may be wrong
                rows = sheet.iter_rows(max_row=left, max_col=_COLUMNS, values_only=True)
                sheets.append([_write_row(cells) for cells in rows])
                left -= len(sheets[-1])
        workbook.close()
    return sheets


def _write_row(cells: Iterable[object]) -> list[str]:
    texts = [_write_text(value) for value in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _write_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a telephone number
    return str(value)
