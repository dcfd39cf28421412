"""Downloads of Superset: they equal the command line's files, complete and escaped."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import openpyxl  # type: ignore[import-untyped]
import pytest

from geniai_pipeline import exports
from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STRANGER, VAZIA, ZONE, Gym
from geniai_pipeline_tests.browser.visitor import Visitor

DATASET, CHART = "leads", "Leads"


@pytest.fixture(scope="module")
def leads(superset: Superset) -> dict[str, int]:
    """Returns Superset's ids of the list and of its dataset."""
    dataset = next(d for d in superset.all("/api/v1/dataset/") if d["table_name"] == DATASET)
    chart = next(
        c
        for c in superset.all("/api/v1/chart/")
        if (c["slice_name"], c["viz_type"]) == (CHART, "table")
    )
    return {"dataset": dataset["id"], "chart": chart["id"]}


def download(
    email: str,
    leads: dict[str, int],
    format_: str,
    period: str = "No filter",
    result_type: str = "full",
    **query: Any,
) -> httpx2.Response:
    """Returns the response that a user's browser gets for the list's download."""
    return Visitor(email).http.post(
        "/api/v1/chart/data",
        json={
            "datasource": {"id": leads["dataset"], "type": "table"},
            "queries": [
                {
                    "columns": ["conversation_link", "contact_name"],
                    "filters": [{"col": "created_at", "op": "TEMPORAL_RANGE", "val": period}],
                    "row_limit": 10,
                    **query,
                }
            ],
            "form_data": {"slice_id": leads["chart"]},
            "result_format": format_,
            "result_type": result_type,
            "force": True,
        },
    )


def name_of(response: httpx2.Response) -> str:
    return response.headers["Content-Disposition"].partition("filename=")[2].strip('"')


@pytest.mark.parametrize("gym", [FORTE, LEVE], ids=["forte", "leve"])
def test_a_download_is_the_file_of_the_command_line_for_the_own_tenant(
    leads: dict[str, int], gym: Gym
) -> None:
    response = download(gym.admin, leads, "csv")
    own = io.BytesIO()
    exports.export_tenant(gym.slug, None, None, "csv", own)

    assert response.status_code == 200
    assert response.content == own.getvalue()
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == gym.conversations + 1
    today = datetime.now(ZONE).date()
    first = (datetime.now(ZONE) - timedelta(hours=14 * gym.conversations)).date()
    assert name_of(response) == f"leads_{gym.slug}_{first:%Y%m%d}_{today:%Y%m%d}.csv"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_workbook_has_the_filtered_rows_and_the_name_of_the_period(
    leads: dict[str, int],
) -> None:
    response = download(
        FORTE.admin, leads, "xlsx", "2020-01-01T00:00:00 : 2099-01-01T00:00:00",
        extras={"where": "lead_score >= 4"},
    )  # fmt: skip

    heading, *rows = openpyxl.load_workbook(io.BytesIO(response.content)).active.values
    assert len(heading) == 15
    assert len(rows) == sum(i % 6 >= 4 for i in range(1, FORTE.conversations + 1))
    assert {row[10] for row in rows} == {4, 5}
    assert name_of(response) == "leads_forte_20200101_20981231.xlsx"


def test_a_tenant_without_conversations_downloads_the_headings(leads: dict[str, int]) -> None:
    response = download(VAZIA.admin, leads, "csv")

    (heading,) = csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    assert len(heading) == 15


@pytest.mark.parametrize("email", [STRANGER, FORTE.viewer])
def test_a_user_without_the_permission_to_download_is_refused(
    leads: dict[str, int], email: str
) -> None:
    response = download(email, leads, "csv")

    assert response.status_code >= 400
    assert b"Contato" not in response.content


def test_any_other_table_is_supersets_file_with_our_encoding_and_separators(
    leads: dict[str, int],
) -> None:
    response = download(FORTE.admin, leads, "csv", columns=["inbox_name"], metrics=["conversas"])

    assert response.content.startswith(b"\xef\xbb\xbfCanal;Conversas")
    assert name_of(response).startswith("leads_forte_inicio_")


HOSTILE = {1: "00123", 2: "1E5", 3: "5511987650014", 4: "＝1+1", 6: "=1+1", 7: "{=1+1}", 8: "1/2",
           9: "http://example.com/", 10: "Ana 2"}  # fmt: skip


@pytest.fixture
def hostile(superset: Superset) -> Iterator[None]:
    """Gives some contacts names that a spreadsheet would evaluate."""
    rename(HOSTILE)
    yield
    rename({i: f"Contato forte {i}" for i in HOSTILE})


def rename(names: dict[int, str]) -> None:
    with connect(admin_url()) as connection:
        for number, name in names.items():
            connection.execute(
                "update analytics.conversations_analytics c set contact_name = %s"
                " from ops.tenants t where t.tenant_id = c.tenant_id"
                " and slug = 'forte' and conversation_id = %s",
                [name, number],
            )


def table_of(
    leads: dict[str, int], format_: str, type_: str = "full", **query: Any
) -> list[list[Any]]:
    """Returns a downloaded table of contacts without its header."""
    response = download(
        FORTE.admin, leads, format_, columns=["contact_name"], metrics=["conversas"],
        row_limit=1000, result_type=type_, **query,
    )  # fmt: skip
    assert response.status_code == 200, response.text
    return read(response.content, format_)


def read(content: bytes, format_: str) -> list[list[Any]]:
    if format_ == "csv":
        lines = io.StringIO(content.decode("utf-8-sig"), newline="")
        return list(csv.reader(lines, delimiter=";"))
    cells = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()
    return [[(cell.value, cell.data_type, cell.hyperlink) for cell in row] for row in cells]


@pytest.mark.parametrize("type_", ["full", "results", "post_processed"])
def test_text_stays_text_in_the_csv_of_any_chart(
    leads: dict[str, int], hostile: None, type_: str
) -> None:
    names = {row[0] for row in table_of(leads, "csv", type_)[1:]}

    for words in HOSTILE.values():
        assert (words if words[0] in "{hA" else "'" + words) in names
    assert "‹b›Zé‹/b› forte 5" in names


def test_text_stays_text_in_the_workbook_of_any_chart(leads: dict[str, int], hostile: None) -> None:
    cells = [row[0] for row in table_of(leads, "xlsx")[1:]]

    assert {kind for _, kind, _ in cells} == {"s"}
    assert {*HOSTILE.values()} <= {value for value, _, _ in cells}
    assert {link for *_, link in cells} == {None}


def test_an_instant_stays_one_in_the_csv_and_workbook_of_any_chart(leads: dict[str, int]) -> None:
    for format_ in ("csv", "xlsx"):
        response = download(
            FORTE.admin, leads, format_, columns=["created_at"], metrics=["conversas"]
        )  # fmt: skip
        assert response.status_code == 200, response.text
        (first, *_) = read(response.content, format_)[1]
        written = first if format_ == "csv" else str(first[0])
        assert re.match(r"[0-9]{2,4}[/-][0-9]{2}", written)


def test_an_exact_number_has_the_decimal_comma(leads: dict[str, int]) -> None:
    column = {"label": "x", "sqlExpression": "2.50::numeric", "expressionType": "SQL"}
    response = download(FORTE.admin, leads, "csv", columns=[column], metrics=["conversas"])

    assert read(response.content, "csv")[1][0] == "2,5"


@pytest.mark.parametrize("heading", ["=1+1", "＝1+1", "1E5", "<b>Nome</b>"])
def test_headings_are_escaped_as_cells_are(leads: dict[str, int], heading: str) -> None:
    column = {"label": heading, "sqlExpression": "contact_name", "expressionType": "SQL"}
    bare = heading.replace("<b>", "").replace("</b>", "")
    for format_ in ("csv", "xlsx"):
        response = download(FORTE.admin, leads, format_, columns=[column], metrics=["conversas"])
        first = read(response.content, format_)[0][0]
        if format_ == "xlsx":
            assert first[:2] == (bare, "s")
        else:
            assert first == (bare if bare == "Nome" else "'" + bare)


def test_downloads_of_charts_have_no_markup_and_their_figures_are_numbers(
    superset: Superset,
) -> None:
    visitor = Visitor(FORTE.admin)
    seen = set()
    for row in superset.all("/api/v1/chart/"):
        chart = superset.get(f"/api/v1/chart/{row['id']}")["result"]
        params = json.loads(chart["params"])
        columns = params.get("all_columns") or params.get("groupby") or []
        columns = [columns] if isinstance(columns, str) else columns
        metrics = [*(params.get("metrics") or []), *filter(None, [params.get("metric")])] or None
        dataset = row["datasource_id"]
        for format_ in ("csv", "xlsx"):
            response = visitor.http.post(
                "/api/v1/chart/data",
                json={
                    "datasource": {"id": dataset, "type": "table"},
                    "queries": [{"columns": columns, "metrics": metrics, "row_limit": 100}],
                    "form_data": {"slice_id": row["id"]},
                    "result_format": format_,
                    "result_type": "full",
                },
            )
            if response.status_code == 403:  # the staff's
                continue
            assert response.status_code == 200, (chart["slice_name"], response.text)
            _, *lines = read(response.content, format_)
            cells = [c if format_ == "csv" else c[0] for line in lines for c in line]
            texts = [c for c in cells if isinstance(c, str)]
            texts = [t for t in texts if t != "<b>Zé</b> forte 5"]  # in the list, as they wrote it
            assert not [t for t in texts if re.search("<[a-z/]", t)]
            if lines:
                seen.add(chart["slice_name"])
            if (chart["slice_name"], format_) == ("Canais", "xlsx"):
                at = [*columns, *(metrics or [])].index("barra_leads")
                assert {type(line[at][0]) for line in lines} == {int}
    assert seen >= {"Canais", "Anúncios", "Da conversa à matrícula", "Em quanto tempo respondemos",
                    "Esperando agora", "Leads"}  # fmt: skip
