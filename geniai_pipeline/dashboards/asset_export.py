"""Export of edited datasets, charts and dashboards from Superset to ``superset/assets``.

It converts Superset's export to the form of the files (``_dataset``, ``_chart``, ``_dashboard``)
and writes only differences (``_merge_node``), so that order, comments and style of the rest stay.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.exports import build_plain_name

_KINDS = ("datasets", "charts", "dashboards")
_IDENTITIES = ("id", "metric_name", "column_name")
_INLINE = 60
"""Maximum length of a new nested list or mapping on one line."""

_EXPLORE = json.loads((Path(__file__).parent / "explore_defaults.json").read_text())
"""By chart type, the defaults that Explore adds when a chart is saved without a change.

Recorded with every chart of ``superset/assets`` in Superset 6.1.0.
"""
_OF_THIS_SUPERSET = {
    "dashboards", "datasource", "extra_form_data", "slice_id", "temporal_columns_lookup",
    "url_params",
}  # fmt: skip
_DERIVED = {
    "chartsInScope", "color_scheme_domain", "default_filters", "map_label_colors",
    "shared_label_colors", "tabsInScope",
}  # fmt: skip
_COLUMN = {"is_active": True, "groupby": True, "filterable": True}

_IsDefault = Callable[[str, Any], bool]


@dataclass
class _Asset:
    path: Path
    ours: CommentedMap
    theirs: dict[str, Any]


def export_assets(superset: Superset, folder: Path) -> list[Path]:
    """Writes differences in Superset into a folder's YAML files; the rest of them stays.

    A new chart on one of the dashboards gets its own file.

    Returns:
        The files that changed.

    Raises:
        TransientError: Superset is not running.
        PermanentError: Superset lacks an asset of the folder, or a new chart reads a dataset
            without a file. Nothing is written then.

    """
    exported = _read_export(superset)
    assets: dict[str, list[_Asset]] = {kind: [] for kind in _KINDS}
    for kind in _KINDS:
        for path in sorted((folder / kind).rglob("*.yaml")):
            ours = _yaml().load(path.read_text())
            if ours["uuid"] not in exported:
                raise PermanentError(
                    f"Superset has no {path.relative_to(folder)}.",
                    mend="`geniai up` loads a new file; delete a deleted asset's file.",
                )
            assets[kind].append(_Asset(path, ours, exported[ours["uuid"]]))
    assets["charts"] += _new_charts(assets, exported, folder)
    texts: dict[Path, str] = {}
    for kind, put in (("datasets", _dataset), ("charts", _chart), ("dashboards", _dashboard)):
        for asset in assets[kind]:
            text = io.StringIO()
            _yaml().dump(_merge_node(asset.ours, put(asset.theirs, asset.ours)), text)
            texts[asset.path] = text.getvalue()
    changed = [
        path for path, text in texts.items() if not path.exists() or path.read_text() != text
    ]
    for path in changed:
        path.write_text(texts[path])
    return sorted(changed)


def _read_export(superset: Superset) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(superset.download("/api/v1/assets/export/"))) as bundle:
        loaded = [YAML(typ="safe").load(bundle.read(name)) for name in bundle.namelist()]
    return {asset["uuid"]: asset for asset in loaded if "uuid" in asset}


def _new_charts(
    assets: dict[str, list[_Asset]], exported: dict[str, dict[str, Any]], folder: Path
) -> Iterator[_Asset]:
    """Yields the charts on the dashboards that have no file."""
    known = {asset.ours["uuid"] for asset in assets["charts"]}
    datasets = {asset.ours["uuid"] for asset in assets["datasets"]}
    taken = {asset.path.stem for asset in assets["charts"]}
    for dashboard in assets["dashboards"]:
        for uuid in _numbers(dashboard.theirs):
            if uuid in known or uuid not in exported:
                continue
            known.add(uuid)
            chart = exported[uuid]
            if chart.get("dataset_uuid") not in datasets:
                raise PermanentError(
                    f"The chart '{chart['slice_name']}' reads a dataset that has no file.",
                    mend="Use a dataset that has a file, or add that dataset's file first.",
                )
            name = stem = build_plain_name(chart["slice_name"]) or "grafico"
            number = 1
            while name in taken:
                number += 1
                name = f"{stem}-{number}"
            taken.add(name)
            ours = CommentedMap(
                slice_name=chart["slice_name"],
                viz_type=chart["viz_type"],
                uuid=uuid,
                dataset_uuid=chart["dataset_uuid"],
                version=chart["version"],
                is_managed_externally=False,
                params=CommentedMap(),
            )
            yield _Asset(folder / "charts" / f"{name}.yaml", ours, chart)


# --- conversion of the export to the form of the files


def _dataset(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    def is_default(key: str, value: Any) -> bool:
        return bool(value == _COLUMN[key]) if key in _COLUMN else not value

    theirs.pop("catalog")  # the database's name in this installation
    for children in ("columns", "metrics"):  # their order in the export is arbitrary
        order = {_identity(child): place for place, child in enumerate(ours[children])}
        theirs[children].sort(key=lambda child: order.get(_identity(child), len(order)))
    return _model(theirs, ours, is_default)


def _chart(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    defaults = _EXPLORE.get(theirs["viz_type"], {})
    unused = not theirs["params"].get("matrixify_enable")

    def is_default(key: str, value: Any) -> bool:
        return (
            _is_empty(key, value)
            or key in _OF_THIS_SUPERSET
            or (unused and key.startswith("matrixify_"))
            or (key in defaults and defaults[key] == value)
        )

    theirs.pop("query_context", None)  # Superset derives it from the params
    params = theirs.pop("params")
    if "adhoc_filters" in params:  # Explore adds one without effect
        params["adhoc_filters"] = [
            one
            for one in params["adhoc_filters"]
            if one.get("comparator") != "No filter"
            or one in ours["params"].get("adhoc_filters", [])
        ]
    changed = _remove_defaults(params, ours["params"], is_default)
    if theirs["viz_type"] == ours["viz_type"]:  # Explore omits parameters that it does not show
        changed = {**ours["params"], **changed}
    return {**_model(theirs, ours), "params": changed}


def _dashboard(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    numbers = _numbers(ours)
    ids: dict[int, int] = {}
    for uuid, number in _numbers(theirs).items():
        ids[number] = numbers.setdefault(uuid, max(numbers.values(), default=0) + 1)
    for component in theirs["position"].values():
        if "chartId" in _meta(component):
            component["meta"]["chartId"] = ids[component["meta"]["chartId"]]
    metadata = theirs["metadata"]
    configured = metadata.get("chart_configuration", {})
    metadata["chart_configuration"] = {
        str(ids[chart["id"]]): {**chart, "id": ids[chart["id"]]}
        for chart in configured.values()
        if chart["id"] in ids and chart.get("crossFilters", {}).get("scope") != "global"
    }
    if "expanded_slices" in metadata:
        metadata["expanded_slices"] = {
            ids[int(number)]: is_expanded
            for number, is_expanded in metadata["expanded_slices"].items()
            if int(number) in ids
        }
    _renumber(metadata, ids)
    return _model(theirs, ours)


def _numbers(dashboard: dict[str, Any]) -> dict[str, int]:
    """Returns a dashboard's number of each chart by the chart's uuid."""
    metas = map(_meta, dashboard["position"].values())
    return {meta["uuid"]: meta["chartId"] for meta in metas if "chartId" in meta}


def _meta(component: Any) -> dict[str, Any]:
    return component.get("meta", {}) if isinstance(component, dict) else {}


def _renumber(node: Any, ids: dict[int, int]) -> None:
    """Replaces chart numbers in the ``excluded`` lists of scopes; their order has no meaning."""
    for value in node.values() if isinstance(node, dict) else node:
        if isinstance(value, dict | list):
            _renumber(value, ids)
    if isinstance(node, dict) and "excluded" in node:
        node["excluded"] = sorted(ids[number] for number in node["excluded"] if number in ids)
    if isinstance(node, dict):
        for derived in _DERIVED & node.keys():
            del node[derived]


def _is_empty(_: str, value: Any) -> bool:
    return value is None or value in ("", [], {})


def _model(
    theirs: dict[str, Any], ours: dict[str, Any], is_default: _IsDefault = _is_empty
) -> dict[str, Any]:
    """Merges an exported asset with the file; fields that no export contains stay."""
    untold = {key: value for key, value in ours.items() if key not in theirs}
    changed = _remove_defaults(theirs, ours, is_default)
    return {**untold, **changed}


def _remove_defaults(theirs: Any, ours: Any, is_default: _IsDefault) -> Any:
    """Removes defaults from the export that the file does not contain."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        changed = {
            key: _remove_defaults(value, ours.get(key), is_default)
            for key, value in theirs.items()
            if key in ours or not is_default(key, value)
        }
        return {**changed, **{key: ours[key] for key in _DERIVED & ours.keys()}}
    if isinstance(theirs, list) and isinstance(ours, list):
        known = {_identity(child): child for child in ours}
        paired = ours if len(ours) == len(theirs) else [None] * len(theirs)
        return [
            _remove_defaults(child, known.get(_identity(child), there), is_default)
            for child, there in zip(theirs, paired, strict=True)
        ]
    return theirs


# --- merge into the file


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 10**9
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _identity(child: Any) -> str:
    """Returns a list element's key, which is stable when its other fields change."""
    if isinstance(child, dict):
        for key in _IDENTITIES:
            if key in child:
                return f"{key}={child[key]}"
    return json.dumps(child, sort_keys=True)


def _merge_node(node: Any, wanted: Any) -> Any:
    """Merges a value into a YAML node and keeps the node's order, comments and style."""
    if isinstance(node, dict) and isinstance(wanted, dict):
        for key in [key for key in node if key not in wanted]:
            del node[key]
        for key, value in wanted.items():
            node[key] = _merge_node(node[key], value) if key in node else _apply_style(value)
        return node
    if isinstance(node, list) and isinstance(wanted, list):
        return _merge_list(node, wanted)
    if node == wanted and isinstance(node, bool) == isinstance(wanted, bool):
        return node
    if isinstance(node, ScalarString) and isinstance(wanted, str):
        return type(node)(wanted)
    return _apply_style(wanted)


def _merge_list(node: Any, wanted: list[Any]) -> Any:
    before, after = ([_identity(child) for child in some] for some in (node, wanted))
    if before == after:
        for place, value in enumerate(wanted):
            node[place] = _merge_node(node[place], value)
        return node
    stays = [key in after for key in before]
    left = {key: child for key, child in zip(before, node, strict=True) if key in after}
    written = []
    for place, (key, value) in enumerate(zip(after, wanted, strict=True)):
        if key in left:
            written.append(_merge_node(left.pop(key), value))
        elif len(before) == len(after) and not stays[place]:
            written.append(_merge_node(node[place], value))
        else:
            written.append(_apply_style(value))
    node[:] = written
    return node


def _apply_style(value: Any) -> Any:
    """Gives a new value the style of the files in ``superset/assets``."""
    if isinstance(value, str):
        plain = re.fullmatch(r"\w[\w ./()-]*", value)
        return value if plain and value == value.strip() else DoubleQuotedScalarString(value)
    if not isinstance(value, dict | list):
        return value
    styled: CommentedMap | CommentedSeq
    if isinstance(value, dict):
        styled = CommentedMap((key, _apply_style(child)) for key, child in value.items())
    else:
        styled = CommentedSeq(map(_apply_style, value))
    children = value.values() if isinstance(value, dict) else value
    nested = any(isinstance(child, dict | list) for child in children)
    if not nested or len(json.dumps(value, ensure_ascii=False)) <= _INLINE:
        styled.fa.set_flow_style()
    return styled
