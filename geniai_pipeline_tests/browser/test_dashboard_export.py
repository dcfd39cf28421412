"""Dashboard export: a change made in Superset changes only its own lines of the YAML files."""

import json
import shutil
from collections.abc import Callable, Iterator
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner

from geniai_pipeline import administration
from geniai_pipeline.cli import app
from geniai_pipeline.dashboards import provisioning
from geniai_pipeline.dashboards.asset_export import export_assets
from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, Superset, service_password
from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings

Diff = Callable[[], dict[str, list[str]]]


@pytest.fixture
def diff(superset: Superset, tmp_path: Path) -> Iterator[Diff]:
    """Returns the lines of each file that an export into a copy of the assets removes and adds."""
    folder = tmp_path / "assets"
    shutil.copytree(ASSETS, folder)
    before = _texts(folder)

    def export() -> dict[str, list[str]]:
        changed = {str(path.relative_to(folder)) for path in export_assets(superset, folder)}
        after = _texts(folder)
        found = {
            name: [
                line[0] + line[2:].strip()
                for line in ndiff(before.get(name, []), after.get(name, []))
                if line[0] in "+-"
            ]
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        }
        assert changed == found.keys()
        return found

    yield export
    administration.provision_all()


def test_without_a_change_no_file_is_touched(
    superset: Superset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "assets"
    shutil.copytree(ASSETS, folder)
    monkeypatch.setattr(provisioning, "ASSETS", folder)
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}

    result = CliRunner().invoke(app, ["dashboards", "export"])

    assert (result.exit_code, result.stdout) == (0, "Nothing was changed.\n")
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


def test_a_new_title_and_parameter_of_a_chart_change_two_lines(
    superset: Superset, diff: Diff
) -> None:
    path, chart = _find(superset, "chart", slice_name="Canais")
    params = json.loads(chart["params"])
    params |= {"row_limit": 7, "slice_id": 3, "annotation_layers": [], "show_totals": True}
    superset.put(path, {"slice_name": "Canais: todos", "params": json.dumps(params)})

    assert diff() == {
        "charts/canais.yaml": [
            "-slice_name: Canais",
            '+slice_name: "Canais: todos"',
            "-row_limit: 50",
            "+row_limit: 7",
            "+show_totals: true",
        ]
    }


def test_a_new_format_of_a_metric_changes_one_line(superset: Superset, diff: Diff) -> None:
    path, dataset = _find(superset, "dataset", table_name="daily")
    metrics = [
        {
            key: metric[key]
            for key in ("id", "metric_name", "verbose_name", "expression", "d3format")
        }
        for metric in dataset["metrics"]
    ]
    next(m for m in metrics if m["metric_name"] == "taxa_leads")["d3format"] = ".2%"
    superset.put(path, {"metrics": metrics})

    assert diff() == {"datasets/geniai/daily.yaml": ['-d3format: ".1%"', '+d3format: ".2%"']}


def test_new_positions_sizes_and_filter_defaults_change_only_their_lines(
    superset: Superset, diff: Diff
) -> None:
    path, dashboard = _find(superset, "dashboard", slug="painel")
    position = json.loads(dashboard["position_json"])
    metadata = json.loads(dashboard["json_metadata"])
    position["ROW-agora"]["children"].reverse()
    position["CHART-funil"]["meta"]["height"] = 50
    period, channel = metadata["native_filter_configuration"][:2]
    period["defaultDataMask"] = {
        "extraFormData": {"time_range": "Last week"},
        "filterState": {"value": "Last week"},
    }
    numbers = [c["meta"]["chartId"] for c in position.values() if "chartId" in _meta(c)]
    channel["chartsInScope"] = numbers
    channel["scope"]["excluded"].insert(0, position["CHART-funil"]["meta"]["chartId"])
    metadata["chart_configuration"] = {
        str(n): {"id": n, "crossFilters": {"scope": "global", "chartsInScope": numbers}}
        for n in numbers
    }
    _save(superset, path, position, metadata)

    assert diff() == {
        "dashboards/painel.yaml": [
            "-extraFormData: {time_range: Last 30 days}",
            "+extraFormData: {time_range: Last week}",
            "-filterState: {value: Last 30 days}",
            "+filterState: {value: Last week}",
            "-scope: {rootPath: [ROOT_ID], excluded: [2]}",
            "+scope: {rootPath: [ROOT_ID], excluded: [2, 6]}",
            "-children: [CHART-agora, CHART-atualizacao]",
            "+children: [CHART-atualizacao, CHART-agora]",
            _line("-", "Da conversa à matrícula", 42),
            _line("+", "Da conversa à matrícula", 50),
        ]
    }


def test_a_new_chart_on_a_dashboard_gets_a_file(superset: Superset, diff: Diff) -> None:
    path, dashboard = _find(superset, "dashboard", slug="painel")
    position = json.loads(dashboard["position_json"])
    new = superset.post(
        "/api/v1/chart/",
        {
            "slice_name": "Visitas à noite",
            "viz_type": "big_number_total",
            "datasource_id": _find(superset, "dataset", table_name="daily")[1]["id"],
            "datasource_type": "table",
            "params": json.dumps({"viz_type": "big_number_total", "metric": "visitas"}),
            "dashboards": [dashboard["id"]],
        },
    )
    position["ROW-canais"]["children"].append("CHART-novo")
    position["CHART-novo"] = {
        **position["CHART-canais"],
        "id": "CHART-novo",
        "meta": {"chartId": new["id"], "sliceName": "Visitas à noite", "width": 3, "height": 30},
    }
    metadata = json.loads(dashboard["json_metadata"])
    metadata["expanded_slices"][str(new["id"])] = True
    try:
        _save(superset, path, position, metadata)
        found = diff()
    finally:
        superset.delete(f"/api/v1/chart/{new['id']}")

    assert found.keys() == {"charts/visitas-a-noite.yaml", "dashboards/painel.yaml"}
    chart = found["charts/visitas-a-noite.yaml"]
    assert [line for line in chart if not line.startswith("+uuid")] == [
        "+slice_name: Visitas à noite",
        "+viz_type: big_number_total",
        "+dataset_uuid: f295e810-977e-51fe-8a06-032535f24d67",
        "+version: 1.0.0",
        "+is_managed_externally: false",
        "+params:",
        "+viz_type: big_number_total",
        "+metric: visitas",
    ]
    assert "+children: [CHART-canais, CHART-novo]" in found["dashboards/painel.yaml"]
    assert any("{chartId: 22," in line for line in found["dashboards/painel.yaml"])
    assert any(line.endswith(" 21: true, 22: true}") for line in found["dashboards/painel.yaml"])


def test_a_dashboard_that_superset_lacks_is_named_and_nothing_is_written(
    superset: Superset, tmp_path: Path
) -> None:
    folder = tmp_path / "assets"
    shutil.copytree(ASSETS, folder)
    strange = (folder / "dashboards" / "lead.yaml").read_text().replace("uuid: ", "uuid: 0", 1)
    (folder / "dashboards" / "outro.yaml").write_text(strange)
    before = _texts(folder)

    with pytest.raises(PermanentError, match=r"no dashboards/outro\.yaml.*`geniai up`"):
        export_assets(superset, folder)
    assert _texts(folder) == before


def test_fields_that_explore_saves_unasked_are_left_out(
    superset: Superset, browser: Browser, diff: Diff
) -> None:
    path, _ = _find(superset, "chart", slice_name="Leads e visitas por dia")
    url = get_settings().superset_url
    page = browser.new_page(locale="pt-BR", viewport={"width": 1400, "height": 1000})
    page.goto(url)
    page.fill("#username", SERVICE_ACCOUNT)
    page.fill("#password", service_password())
    page.click("button[type=submit]")
    page.wait_for_url("**/superset/**", wait_until="commit")
    page.goto(f"{url}/explore/?slice_id={path.rsplit('/', 1)[1]}")
    title = page.get_by_test_id("editable-title-input").first
    title.click()
    title.fill("Leads por dia")
    title.press("Tab")
    page.locator("[data-test=query-save-button]:enabled").click()
    page.click("#overwrite-radio")
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "slice_name" in _sent(answer)
    ):
        page.click("#btn_modal_save")
    page.close()

    assert len(json.loads(superset.get(path)["result"]["params"])) > 50  # it did write much beside
    assert diff() == {
        "charts/leads-por-dia.yaml": [
            "-slice_name: Leads e visitas por dia",
            "+slice_name: Leads por dia",
        ]
    }


def _sent(answer: Any) -> str:
    return answer.request.post_data or ""


def _line(sign: str, name: str, height: int) -> str:
    uuid = "ff0b87a7-f148-5454-8f0b-ac83343e472c"
    return (
        f"{sign}meta: {{chartId: 6, uuid: {uuid}, sliceName: {name}, width: 5, height: {height}}}"
    )


def _meta(component: Any) -> dict[str, Any]:
    return component.get("meta", {}) if isinstance(component, dict) else {}


def _texts(folder: Path) -> dict[str, list[str]]:
    return {
        str(path.relative_to(folder)): path.read_text().splitlines()
        for path in folder.rglob("*.yaml")
    }


def _find(superset: Superset, kind: str, **named: str) -> tuple[str, dict[str, Any]]:
    rows = superset.all(f"/api/v1/{kind}/")
    number = next(row["id"] for row in rows if named.items() <= row.items())
    path = f"/api/v1/{kind}/{number}"
    return path, superset.get(path)["result"]


def _save(
    superset: Superset, path: str, position: dict[str, Any], metadata: dict[str, Any]
) -> None:
    """Saves a dashboard as its page does."""
    superset.put(path, {"json_metadata": json.dumps({**metadata, "positions": position})})
