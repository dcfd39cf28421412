"""Downloads as Superset sends them: the same bytes as the command line's, and all of them."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx2
import openpyxl  # type: ignore[import-untyped]
import pytest

from geniai_pipeline import exports
from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STRANGER, VAZIA, ZONE, Gym
from geniai_pipeline_tests.browser.visitor import Visitor

DATASET, CHART = "leads", "Leads"


@pytest.fixture(scope="module")
def leads(superset: Superset) -> dict[str, int]:
    """Where Superset keeps the list and its dataset."""
    dataset = next(d for d in superset.all("/api/v1/dataset/") if d["table_name"] == DATASET)
    chart = next(
        c
        for c in superset.all("/api/v1/chart/")
        if (c["slice_name"], c["viz_type"]) == (CHART, "table")
    )
    return {"dataset": dataset["id"], "chart": chart["id"]}


def download(
    email: str, leads: dict[str, int], format_: str, period: str = "No filter", **query: Any
) -> httpx2.Response:
    """What a browser is sent when this person downloads the list."""
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
            "result_type": "full",
        },
    )


def name_of(response: httpx2.Response) -> str:
    return response.headers["Content-Disposition"].partition("filename=")[2].strip('"')


@pytest.mark.parametrize("gym", [FORTE, LEVE], ids=["forte", "leve"])
def test_a_download_is_the_command_lines_file_whole_and_only_ones_own(
    leads: dict[str, int], gym: Gym
) -> None:
    response = download(gym.admin, leads, "csv")
    own = io.BytesIO()
    exports.export_tenant(gym.slug, None, None, "csv", own)

    assert response.status_code == 200
    assert response.content == own.getvalue()
    assert len(response.content.splitlines()) == gym.conversations + 1
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


def test_a_gym_without_conversations_downloads_the_headings(leads: dict[str, int]) -> None:
    response = download(VAZIA.admin, leads, "csv")

    (heading,) = csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    assert len(heading) == 15


@pytest.mark.parametrize("email", [STRANGER, FORTE.viewer])
def test_who_may_not_download_is_refused(leads: dict[str, int], email: str) -> None:
    response = download(email, leads, "csv")

    assert response.status_code >= 400
    assert b"Contato" not in response.content


def test_a_table_that_is_no_list_of_conversations_is_superset_s_own_with_our_marks(
    leads: dict[str, int],
) -> None:
    response = download(FORTE.admin, leads, "csv", columns=["inbox_name"], metrics=["conversas"])

    assert response.content.startswith(b"\xef\xbb\xbfCanal;Conversas")
    assert name_of(response).startswith("leads_forte_inicio_")
