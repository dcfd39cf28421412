"""Mutation tests: a test must find each disabled protection. ``make mutations`` lists them."""

from collections import defaultdict

import pytest
from rich.console import Console
from rich.table import Table

from geniai_pipeline_tests.isolation.attacks import ATTACKS, Attack
from geniai_pipeline_tests.isolation.canaries import Connection
from geniai_pipeline_tests.isolation.catalogue import broken_rules, unexpected_grants
from geniai_pipeline_tests.isolation.commands import calls, functions, leaks, relations
from geniai_pipeline_tests.isolation.identities import SuiteDatabase
from geniai_pipeline_tests.isolation.mutations import Mutation, mutations
from geniai_pipeline_tests.isolation.test_attacks import attackers_session, check

_FINDERS = ("rules", "grants", "commands", "functions", "attacks")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_each_broken_protection_is_found(
    suite_database: SuiteDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {m: _finders(suite_database, m) for m in list(mutations(suite_database.admin))}

    with capsys.disabled():
        _print(found)
    survivors = [f"{m.kind}: {m.name}" for m, finders in found.items() if not finders]
    assert not survivors, "\n".join(survivors)


def _finders(suite_database: SuiteDatabase, mutation: Mutation) -> set[str]:
    """Returns the tests that fail with the protection disabled."""
    admin = suite_database.admin
    admin.rollback()
    admin.execute(mutation.sql.encode())
    fails = {"rules": bool(broken_rules(admin)), "grants": bool(unexpected_grants(admin))}
    if mutation.undo is None:
        if mutation.on:
            near = relations(admin, _readers(admin, mutation.on))
            fails["commands"] = bool(leaks(near, suite_database.become))
        admin.rollback()
    else:
        called = functions(admin)
        admin.commit()
        try:
            fails["functions"] = bool(calls(called, suite_database.act_as))
            with attackers_session(suite_database) as attacker:
                fails["attacks"] = not all(_holds(attacker, attack) for attack in ATTACKS)
        finally:
            admin.rollback()
            admin.execute(mutation.undo.encode())
            admin.commit()
    return {finder for finder, failed in fails.items() if failed}


def _holds(attacker: Connection, attack: Attack) -> bool:
    try:
        check(attacker, attack)
    except AssertionError:
        return False
    return True


def _readers(admin: Connection, relation: str) -> set[str]:
    """Returns the relation and the views that read it."""
    views = admin.execute(
        "select r.ev_class::regclass::text from pg_depend d join pg_rewrite r on r.oid = d.objid"
        " where d.refobjid = to_regclass(%s)",
        [relation],
    ).fetchall()
    return {relation, *(name for (name,) in views)}


def _print(found: dict[Mutation, set[str]]) -> None:
    kinds: dict[str, list[set[str]]] = defaultdict(list)
    for mutation, finders in found.items():
        kinds[mutation.kind].append(finders)
    table = Table("broken", "times", *_FINDERS, "survivors")
    for kind, all_finders in kinds.items():
        by = [sum(finder in finders for finders in all_finders) for finder in _FINDERS]
        survivors = sum(not finders for finders in all_finders)
        table.add_row(kind, *map(str, (len(all_finders), *by, survivors)))
    Console(width=100).print(table)
