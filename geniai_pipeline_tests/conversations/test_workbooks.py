"""Lists of people in Excel workbooks, as Excel and gyms' systems write them."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from defusedxml import EntitiesForbidden  # type: ignore[import-untyped]

from geniai_pipeline.conversations import workbooks
from geniai_pipeline.conversations.members import Member, read_members
from geniai_pipeline.conversations.sales import read_sales
from geniai_pipeline.errors import PermanentError

TODAY = date(2026, 6, 10)
ANA = Member(("+5511987654321",), ("ana@x.com.br",), date(2026, 3, 9))
ROWS: list[list[Any]] = [
    ["Relatório Geral de Clientes"],
    [],
    ["Matrícula", "Nome", "Ativo", "Data de início", "Celular", "E-mail"],
    [1023, "Ana", True, datetime(2026, 3, 9), 11987654321, "ana@x.com.br"],  # noqa: DTZ001
    [1024, "Rui", False, date(2026, 3, 9), 85991234567.0, "rui@x.com.br"],
    [1025, "Eva", True, "09/03/2026", 12, None],
]


def write_workbook(file: Path, rows: list[list[Any]] = ROWS) -> Path:
    """Writes a workbook whose second sheet is the list."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["Contato", "contato@academia.com.br"])
    sheet = workbook.create_sheet("Alunos")
    for row in rows:
        sheet.append(row)
    workbook.save(file)
    return file


def replace_part(file: Path, name: str, change: Any) -> None:
    """Writes a workbook anew with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in parts.namelist():
            content = parts.read(part)
            copy.writestr(part, change(content) if part == name else content)
    file.write_bytes(out.getvalue())


def test_members_are_read_from_the_sheet_that_has_them(tmp_path: Path) -> None:
    listed = read_members(write_workbook(tmp_path / "alunos.xlsx"), TODAY)
    assert listed.members == [ANA]
    assert (listed.inactive, [line.key for line in listed.rejected]) == (1, ["line 6"])
    assert not listed.unknown_statuses


def test_a_file_is_known_by_its_content_and_wrong_dimensions_hide_nothing(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "alunos.csv")
    replace_part(
        file, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b'ref="A1:F6"', b'ref="A1"')
    )
    assert read_members(file, TODAY).members == [ANA]


def test_sales_are_read_from_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Telefone", "Data da venda"],
        ["(11) 98765-4321", datetime(2026, 5, 4)],  # noqa: DTZ001
    ]
    ((sale,), rejected) = read_sales(write_workbook(tmp_path / "vendas.xlsx", rows))
    assert (sale.phone, sale.sold_on, rejected) == ("+5511987654321", date(2026, 5, 4), [])


def test_a_workbook_that_expands_entities_is_refused(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "alunos.xlsx")
    replace_part(
        file,
        "xl/worksheets/sheet2.xml",
        lambda xml: b'<!DOCTYPE x [<!ENTITY e "Ana">]>' + xml.replace(b"<v>1023<", b"<v>&e;<"),
    )
    with pytest.raises(PermanentError, match="not an Excel workbook") as refused:
        read_members(file, TODAY)
    assert isinstance(refused.value.__cause__, Exception)
    assert isinstance(refused.value.__cause__.__cause__, EntitiesForbidden)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "alunos.xlsx")
    replace_part(file, "docProps/app.xml", lambda _: bytes(65 * 1024 * 1024))
    assert file.stat().st_size < 200_000
    with pytest.raises(PermanentError, match="too large"):
        read_members(file, TODAY)


def test_rows_that_a_workbook_only_claims_to_have_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_ROWS", 8)
    file = write_workbook(tmp_path / "alunos.xlsx")
    assert read_members(file, TODAY).members == [ANA]
    replace_part(
        file,
        "xl/worksheets/sheet2.xml",
        lambda xml: xml.replace(b'r="6"', b'r="1048576"').replace(b'6"', b'1048576"'),
    )
    with pytest.raises(PermanentError, match="too large"):
        read_members(file, TODAY)


def test_a_zip_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "alunos.ods"
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(PermanentError, match="save it as CSV"):
        read_members(file, TODAY)
