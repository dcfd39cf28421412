"""Panel of plain Superset on the same server, as the peer of the product's own.

Each chart runs its own query and uses no cache (``cache_timeout: -1``). The charts of the rollup
query the conversations instead, through two views. They filter ``created_at``, which has
an index: this is what an expert would configure.
"""

import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import yaml
from dashboard import WITHOUT_ROLLUP

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.warehouse.connections import admin_url, connect

SLUG = "plain"
_PANEL = ASSETS / "dashboards" / "painel.yaml"
_VIEWS = {
    "daily": f"select * from {WITHOUT_ROLLUP}",
    "funnel": f"""
select tenant_id, created_at, day, inbox_name, situation, score_meaning,
    position, step, reached
from {WITHOUT_ROLLUP}
cross join lateral (values
    (1, 'Conversas', conversations), (2, 'Leads', leads), (3, 'Leads com visita', lead_visits),
    (4, 'Matrículas depois da visita', lead_visit_conversions),
    (5, 'Matrículas sem visita', lead_conversions - lead_visit_conversions)
) as steps (position, step, reached)""",
}
_CREATED_AT = {"column_name": "created_at", "type": "TIMESTAMP WITH TIME ZONE", "is_dttm": True}


def add_plain_panel(superset: Superset) -> None:
    """Creates or replaces the panel; new datasets still lack their row filters."""
    with connect(admin_url()) as connection:
        for name, query in _VIEWS.items():
            view = f"dashboards.plain_{name}"
            connection.execute(f"drop view if exists {view}".encode())
            connection.execute(f"create view {view} with (security_invoker) as {query}".encode())
            connection.execute(f"grant select on {view} to bi_tenant, bi_staff".encode())
    superset.upload("/api/v1/assets/import/", "bundle", "assets.zip", _bundle())


def _bundle() -> bytes:
    panel = _PANEL.read_text(encoding="utf-8")
    assets = {path: _read(path) for path in sorted(ASSETS.rglob("*.yaml"))}
    copies = [
        path
        for path, asset in assets.items()
        if path == _PANEL
        or asset.get("table_name") in _VIEWS
        or ("viz_type" in asset and asset["uuid"] in panel)
    ]
    numbers = {assets[path]["uuid"]: str(uuid5(NAMESPACE_OID, path.stem)) for path in copies}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        for path, asset in assets.items():
            text = path.read_text(encoding="utf-8")
            if path in copies:
                for old, new in numbers.items():
                    text = text.replace(old, new)
                text = yaml.safe_dump(_simplify(yaml.safe_load(text)))
            elif asset.get("dashboard_title") or "viz_type" in asset:
                continue
            bundle.writestr(f"assets/{path.relative_to(ASSETS)}", text)
    return archive.getvalue()


def _simplify(asset: dict[str, Any]) -> dict[str, Any]:
    if "dashboard_title" in asset:
        asset["slug"] = SLUG
    elif "viz_type" in asset:
        asset["cache_timeout"] = -1
        for condition in asset["params"]["adhoc_filters"]:
            if condition["subject"] == "day":
                condition["subject"] = _CREATED_AT["column_name"]
    else:
        asset["table_name"] = f"plain_{asset['table_name']}"
        asset["sql"] = None  # a database of older benchmarks has one
        asset["main_dttm_col"] = _CREATED_AT["column_name"]
        columns = [c for c in asset["columns"] if c["column_name"] != "tenant_name"]
        asset["columns"] = [*columns, _CREATED_AT]
    return asset


def _read(path: Path) -> dict[str, Any]:
    asset: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return asset
