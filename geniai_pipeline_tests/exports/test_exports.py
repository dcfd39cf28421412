"""The spreadsheet of conversations, as bytes and in a spreadsheet program."""

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from geniai_pipeline import exports
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.commands import GENIAI
from geniai_pipeline_tests.support.files import read_mode
from geniai_pipeline_tests.support.published import publish

HEADINGS = [
    "Conversa", "Nome", "E-mail", "Telefone", "Canal", "Situação", "Criada em",
    "Última atividade", "Mensagens", "Lead", "Nota", "Visita agendada", "Conversão no CRM",
    "Análise", "Mensagem sugerida",
]  # fmt: skip
FORMULAS = ["=1+1", "+55", "-2", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "\r=1", '=cmd|"/c calc"!A1',
            "＋1", "－1", "＠SUM(A1)", "\ufeff=1", "%1", "−1"]  # fmt: skip
NUMBERS = [
    "00123",
    "1E5",
    "5511987650014",
    "1,5",
    "1.234",
    "R$ 10",
    "50%",
    "1/2",
    "01-02-2026",
    "10:30",
    "1 1/2",
    "2-mar",
    "3 de maio",
    "Jun 2024",
    "VERDADEIRO",
    "１２３",
    " 7 ",
]
WORDS = ["Ana 2", "Box 10", "Júlia", "24h", "Maio", "3 dias", "Olá, 5"]


@pytest.fixture(scope="module")
def slug(embedded: None) -> Iterator[str]:
    """A gym in Manaus, an hour behind Brasília, and another whose rows must not appear."""
    for name, zone in (("exporta", "America/Manaus"), ("alheia", "America/Sao_Paulo")):
        config = TenantConfig(
            chatwoot_url="https://chat.example.com", chatwoot_account_id=1,
            chatwoot_token="t", timezone=zone,
        )  # fmt: skip
        registry.add_tenant(name, name.title(), config)
    own = registry.load_tenant("exporta").tenant_id
    # half past midnight in Brasília, still the day before in Manaus
    first = datetime(2026, 3, 2, 3, 30, tzinfo=timezone.utc)
    publish(
        own, 1, first, "Pediu preço; tem ‘dor no joelho’", "Olá!\nQuando você pode vir?",
        contact_name="João \"Zé\" da Silva", contact_email="joao@example.com",
        contact_phone="+5511987654321", visit_scheduled=True, crm_converted=True, lead_score=5,
        unread_audios=2,
    )  # fmt: skip
    for number, words in enumerate(FORMULAS, start=2):
        publish(own, number, first.replace(day=12), words, words, contact_name=words)
    for number, words in enumerate(NUMBERS + WORDS, start=200):
        publish(
            own, number, datetime(2024, 6, 1, tzinfo=timezone.utc), words, words,
            contact_name=words, contact_phone=words,
        )  # fmt: skip
    publish(own, 99, first.replace(month=4), contact_name=None)
    publish(registry.load_tenant("alheia").tenant_id, 1, first, contact_name="ALHEIA")
    yield "exporta"
    for name in ("exporta", "alheia"):
        registry.remove_tenant(name)


def written(slug: str, format_: str, first: str | None = None, last: str | None = None) -> bytes:
    out = io.BytesIO()
    since, until = (day and date.fromisoformat(day) for day in (first, last))
    exports.export_tenant(slug, since or None, until or None, format_, out)
    return out.getvalue()


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_has_the_headings_and_values_a_brazilian_reads(slug: str) -> None:
    heading, *rows = read_csv(written(slug, "csv", "2026-01-01"))

    assert heading == HEADINGS
    count = len(FORMULAS)
    assert [row[0] for row in rows] == ["99", *[str(i) for i in range(count + 1, 1, -1)], "1"]
    assert rows[-1] == [
        "1", 'João "Zé" da Silva', "joao@example.com", "55 11 98765-4321", "WhatsApp", "Aberta",
        "01/03/2026 23:30", "02/03/2026 00:30", "5", "Sim", "5", "Sim", "Sim",
        "Pediu preço; tem ‘dor no joelho’\nVisita: sem notícia\n2 áudios não lidos",
        "Olá!\nQuando você pode vir?",
    ]  # fmt: skip
    assert rows[0][1:4] == ["", "", ""]


def test_nobodys_words_are_a_formula(slug: str) -> None:
    _, *rows = read_csv(written(slug, "csv", "2026-01-01"))

    hostile = {row[0]: row for row in rows if row[0] not in ("1", "99")}
    assert len(hostile) == len(FORMULAS)
    for number, words in enumerate(FORMULAS, start=2):
        row = hostile[str(number)]
        assert [row[1], row[13], row[14]] == ["'" + words] * 3


def test_words_that_look_like_numbers_or_dates_stay_words(slug: str) -> None:
    _, *rows = read_csv(written(slug, "csv", "2024-01-01", "2024-12-31"))

    found = {int(row[0]): (row[1], row[13], row[14]) for row in rows}
    for number, words in enumerate(NUMBERS + WORDS, start=200):
        assert found[number] == (("'" if words in NUMBERS else "") + words,) * 3
    assert {row[3] for row in rows if row[1] == "'5511987650014"} == {"'5511987650014"}
    sheet = openpyxl.load_workbook(
        io.BytesIO(written(slug, "xlsx", "2024-01-01", "2024-12-31"))
    ).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in (row[1], row[3])} == {"s"}
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {*NUMBERS, *WORDS}


def test_no_format_has_a_row_of_another_gym(slug: str) -> None:
    for format_ in ("csv", "jsonl"):
        assert b"ALHEIA" not in written(slug, format_)
        assert b"ALHEIA" in written("alheia", format_)


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        ("2026-03-01", "2026-03-01", ["1"]),  # by Manaus' clock; in Brasília it is the second
        ("2026-03-02", "2026-03-10", []),
        ("2026-03-12", None, ["99"]),
        ("2025-01-01", "2026-03-10", ["1"]),
    ],
)
def test_days_are_the_gyms_own_and_both_included(
    slug: str, first: str | None, last: str | None, numbers: list[str]
) -> None:
    _, *rows = read_csv(written(slug, "csv", first, last))

    assert [row[0] for row in rows] == numbers


def test_a_line_of_json_has_the_values_themselves(slug: str) -> None:
    *_, second, last = written(slug, "jsonl", "2026-01-01").splitlines()
    line = json.loads(last)

    assert len(line) == 15
    assert line["contact_phone"] == "+5511987654321"
    assert line["created_at"] == "2026-03-01T23:30:00-04:00"
    assert (line["is_lead"], line["score"], line["status"]) == (True, 5, "open")
    assert json.loads(second)["contact_name"] == FORMULAS[0]


def test_a_workbook_has_texts_as_texts_numbers_and_dates(slug: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written(slug, "xlsx", "2026-01-01"))).active
    heading, *rows = sheet.iter_rows()

    assert [cell.value for cell in heading] == HEADINGS
    assert [(c.value, c.data_type) for c in rows[-1]][:9] == [
        (1, "n"), ('João "Zé" da Silva', "s"), ("joao@example.com", "s"),
        ("55 11 98765-4321", "s"), ("WhatsApp", "s"), ("Aberta", "s"),
        (datetime.fromisoformat("2026-03-01 23:30"), "d"),
        (datetime.fromisoformat("2026-03-02 00:30"), "d"), (5, "n"),
    ]  # fmt: skip
    assert {cell.data_type for row in rows[1:] for cell in (row[1], row[13])} == {"s"}
    assert rows[1][1].value == FORMULAS[-1]
    assert {rows[0][1].value} == {None}


def test_a_text_longer_than_a_cell_is_cut_and_not_lost(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(
        registry.load_tenant(slug).tenant_id, 500,
        datetime(2025, 1, 1, tzinfo=timezone.utc), "á" * 40_000,
    )  # fmt: skip
    content = written(slug, "xlsx", None, "2025-01-02")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active

    assert sheet["N2"].value == "á" * 32_767


def test_a_folder_gets_a_file_of_the_agreed_name_and_a_fault_leaves_none(
    slug: str, tmp_path: Path
) -> None:
    first, last = date(2026, 3, 1), date(2026, 4, 30)
    file = exports.export_to_file(slug, first, last, "csv", tmp_path)

    assert file.name == "leads_exporta_20260301_20260430.csv"
    assert file.read_bytes() == written(slug, "csv", "2026-03-01", "2026-04-30")
    open_ended = exports.export_to_file(slug, first.replace(day=5), last, "csv", tmp_path)
    assert open_ended.name == "leads_exporta_20260305_20260430.csv"
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(PermanentError, match="no format 'pdf'"):
        exports.export_to_file(slug, None, None, "pdf", tmp_path)
    with pytest.raises(PermanentError, match=r"exporta: .*cannot be written"):
        exports.export_to_file(slug, None, None, "csv", tmp_path / "none" / "x.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_to_standard_output_and_stops_when_nobody_reads(slug: str) -> None:
    command = [GENIAI, "export", slug, "--from", "2026-03-01"]
    environment = get_settings().child_environment()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)

    assert (done.stderr, done.returncode) == (b"", 0)
    assert done.stdout == written(slug, "csv", "2026-03-01")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()  # type: ignore[union-attr]
        assert process.stderr.read() == b""  # type: ignore[union-attr]


@pytest.mark.usefixtures("open_umask")
def test_an_export_is_its_owners_alone_whatever_was_there(
    embedded: None, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    make_tenant("private")
    for name in ("x.csv", ".x.csv.part"):
        (tmp_path / name).touch(0o644)

    file = exports.export_to_file("private", None, None, "csv", tmp_path / "x.csv")

    assert read_mode(file) == 0o600
