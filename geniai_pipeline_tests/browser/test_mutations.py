"""Mutation tests: a probe must find each disabled protection of Superset.

``make mutations`` prints the table. Where Postgres or another layer still protects, no other
tenant's data may appear; where the disabled protection was the last one, it must appear.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from geniai_pipeline import administration
from geniai_pipeline.dashboards.client import Superset, connect_superset
from geniai_pipeline.dashboards.provisioning import ADMIN, STAFF, VIEWER, find_wrong_roles
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.mutations import Mutation, grant, mutations
from geniai_pipeline_tests.browser.probes import rights
from geniai_pipeline_tests.browser.probes.scene import Scene
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.superset import serve_superset

_HEARING = {"charts", "answers", "addresses"}
_MUTANTS = str(Path(__file__).with_name("mutants.py"))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_each_broken_protection_is_found(
    superset: Superset,
    dataset: Callable[[str], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: dict[Mutation, dict[str, str]] = {}
    here = Scene(dataset)
    for mutation in mutations():
        with _disable(mutation, monkeypatch):
            found[mutation] = _find_faults(mutation, Scene(dataset) if mutation.mutant else here)

    with capsys.disabled():
        _print(found)
    assert not [f"{m.protection}: {m.name}" for m, by in found.items() if not by]
    assert not [
        f"{m.protection}: {m.name}: {by}"
        for m, by in found.items()
        if (m.behind is None) != bool(_HEARING & set(by))
    ]
    assert list(rights.doctor_checks(here)) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("superset")
def test_each_excess_permission_of_a_role_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times = 0
    with connect_superset() as superset, connect(admin_url(SUPERSET)) as connection:
        everything = connection.execute(
            "select p.name, v.name from ab_permission_view pv"
            " join ab_permission p on p.id = pv.permission_id"
            " join ab_view_menu v on v.id = pv.view_menu_id"
        ).fetchall()
        for act, view in everything:
            added = {
                role: connection.execute(grant(act, view, role).encode()).fetchall()
                for role in (VIEWER, ADMIN, STAFF, "Public", "tenant_forte")
            }
            connection.commit()
            found = set(find_wrong_roles(superset))
            times += len(found)
            connection.execute(
                "delete from ab_permission_view_role where id = any(%s)",
                [[number for numbers in added.values() for (number,) in numbers]],
            )
            connection.commit()
            assert found == {role for role, numbers in added.items() if numbers}, (act, view)
    with capsys.disabled():
        print(f"a permission too many: {times} times, each found by the doctor")


def _find_faults(mutation: Mutation, scene: Scene) -> dict[str, str]:
    """Returns the faults that each probe reports with the protection disabled."""
    complaints = {probe.__name__: next(probe(scene), None) for probe in mutation.probes}
    return {name: complaint for name, complaint in complaints.items() if complaint}


@contextmanager
def _disable(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Disables the protection in a database, in another Superset's code, or in both."""
    if mutation.data_sql:
        with connect(admin_url()) as connection:
            connection.execute(mutation.data_sql[0].encode())
    if mutation.sql:
        with connect(admin_url(SUPERSET)) as connection:
            assert connection.execute(mutation.sql.encode()).rowcount, mutation.name
    try:
        if not mutation.mutant:
            yield
            return
        with monkeypatch.context() as patch:
            patch.setenv("GENIAI_SUPERSET_PORT", str(free_port()))
            if mutation.public_url:
                patch.setenv("GENIAI_PUBLIC_URL", mutation.public_url)
            get_settings.cache_clear()
            with serve_superset(SUPERSET_CONFIG_PATH=_MUTANTS, MUTANT=mutation.mutant):
                yield
    finally:
        get_settings.cache_clear()
        if mutation.data_sql:
            with connect(admin_url()) as connection:
                connection.execute(mutation.data_sql[1].encode())
        if mutation.sql:
            administration.provision_all()


def _print(found: dict[Mutation, dict[str, str]]) -> None:
    table = Table("protection", "broken", "found by", "behind it")
    for mutation, by in found.items():
        behind = "nothing" if mutation.behind is None else mutation.behind
        table.add_row(mutation.protection, mutation.name, ", ".join(by) or "NOBODY", behind)
    Console(width=140).print(table)
