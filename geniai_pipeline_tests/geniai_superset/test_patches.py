"""Patches: each has its target in the installed Superset, and doctor reports faults.

Superset is created in a process of its own, whose modules no other test sees.
"""

import os
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import pytest

from geniai_pipeline.dashboards.server import superset_environment
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_superset import patches
from geniai_superset.patch_types import ASSETS, FunctionPatch, ScriptPatch

_FUNCTIONS = [patch for patch in patches.PATCHES if isinstance(patch, FunctionPatch)]
_SCRIPTS = {patch.name: patch for patch in patches.PATCHES if isinstance(patch, ScriptPatch)}
_NAMES = [patch.name for patch in patches.PATCHES]
_TESTS = Path(__file__).parents[1]


class _Report(NamedTuple):
    """The patches' faults, by state of the process."""

    without_target: list[str]
    before: list[str]
    installed: list[str]
    installed_again: list[str]
    replaced: list[str]
    gone: list[str]
    missing_protections: list[str]


@pytest.fixture(scope="module")
def report(embedded: None) -> _Report:
    environment = superset_environment(get_settings())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_examine, environment).result()


def _examine(environment: dict[str, str]) -> _Report:
    os.environ.update(environment)
    from superset.app import create_app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches, "install", lambda: None)
        app = create_app()
    with app.app_context():
        from superset.db_engine_specs.postgres import PostgresEngineSpec
        from superset.views import api

        from geniai_superset.hardening import list_missing_protections

        without_target = [patch.name for patch in patches.PATCHES if not patch.has_target()]
        before = patches.find_faults()
        patches.install()
        installed, fetch_data = patches.find_faults(), vars(PostgresEngineSpec)["fetch_data"]
        patches.install()
        installed_again = patches.find_faults()
        assert vars(PostgresEngineSpec)["fetch_data"] is fetch_data

        PostgresEngineSpec.fetch_data = classmethod(lambda *_: [])
        replaced = patches.find_faults()
        PostgresEngineSpec.fetch_data = fetch_data
        del api.get_since_until
        gone = patches.find_faults()
        missing = list_missing_protections(app.config)
    return _Report(
        without_target, before, installed, installed_again, replaced, gone, missing
    )  # fmt: skip


@pytest.mark.parametrize("name", _NAMES)
def test_each_patch_has_its_target_in_this_version_of_superset(report: _Report, name: str) -> None:
    """A failure means a new version of Superset: check whether the patch is still needed."""
    assert name not in report.without_target


def test_each_target_is_patched_once(report: _Report) -> None:
    assert len(set(_NAMES)) == len(_NAMES)
    assert len(report.before) == len(_FUNCTIONS)
    assert report.installed == report.installed_again == report.missing_protections == []


def test_a_patch_that_something_else_replaced_is_reported(report: _Report) -> None:
    target = "superset.db_engine_specs.postgres:PostgresEngineSpec.fetch_data"
    assert report.replaced == [f"{target}: something else is in its place"]


def test_a_patch_whose_target_is_gone_is_reported(
    report: _Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report.gone == ["superset.views.api:get_since_until: its target is gone"]
    lost = replace(_SCRIPTS["phone"], target=re.compile("a text of no script"))
    monkeypatch.setattr(patches, "PATCHES", (*_SCRIPTS.values(), lost))
    assert patches.find_faults() == ["phone: its target is gone"]


@pytest.mark.parametrize("target", ["json:no_such_function", "no_such_module:function"])
def test_superset_does_not_start_without_the_target_of_a_required_patch(
    target: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = replace(_FUNCTIONS[0], target=target, is_required=False)
    monkeypatch.setattr(patches, "PATCHES", (lost,))
    patches.install()
    assert target in caplog.text
    assert patches.find_faults() == [f"{target}: its target is gone"]

    monkeypatch.setattr(patches, "PATCHES", (replace(lost, is_required=True),))
    with pytest.raises(PermanentError, match=target):
        patches.install()


@pytest.mark.parametrize("test", sorted({patch.test for patch in patches.PATCHES}))
def test_each_patch_names_a_test_that_exists(test: str) -> None:
    files = (path.read_text(encoding="utf-8") for path in _TESTS.rglob("*.py"))
    assert any(f"def {test}(" in file for file in files)


@pytest.mark.parametrize("name", ["refresh of a chart", "state of the page"])
def test_what_our_scripts_read_is_set_in_one_place(name: str) -> None:
    scripts = (path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    assert sum(len(_SCRIPTS[name].target.findall(script)) for script in scripts) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("period in words", '"início"'), ("90 days", '"Last 90 days"'),
        ("legend buttons", "selector:!1,selectorLabel"),
        ("search", 'label:"Nome ou telefone"'),
        ("cross-filters", "_:Q,isUsingTimeComparison:"),
        ("whole numbers", 'minInterval:eR===",d"?1:0'),
        ("refresh of a chart", "window.refreshChart=ei;"),
        ("state of the page", "let e2=window.supersetStore=e1()"),
        ("downloads of a page", "children:g.filter(e=>!/^export-/.test(e.key))"),
    ],
)  # fmt: skip
def test_a_script_has_the_replacement(name: str, text: str) -> None:
    scripts = (path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    script = next(script for script in scripts if _SCRIPTS[name].target.search(script))

    assert text not in script
    assert text in patches.patch_script(script)
