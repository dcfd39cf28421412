"""The stored facts: replaced whole, noted in the audit log, read by the tenant's run alone."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geniai_pipeline.cli import app
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_facts import TenantFacts, parse_facts
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.facts import describe_facts, load_facts, store_facts
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.audit import read_lines


def test_facts_are_replaced_and_only_a_change_is_noted(
    database: str, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant("described")
    assert describe_facts("described") == TenantFacts()
    first = parse_facts({"address": "Rua A", "plans": [{"name": "Mensal", "price": 120}]})
    assert store_facts("described", first)
    assert not store_facts("described", first)
    assert store_facts("described", parse_facts({"address": "Rua B"}))
    assert describe_facts("described") == parse_facts({"address": "Rua B"})
    with TenantSession(tenant.tenant_id) as session:
        assert load_facts(session) == parse_facts({"address": "Rua B"})
    stored, changed = (line for line in read_lines("described") if line["act"] == "tenant.facts")
    assert stored["after"]["address"] == "Rua A"
    assert changed["before"]["address"] == "Rua A"
    assert changed["after"] == {"address": "Rua B"}


def test_another_tenants_run_reads_nothing(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("told")
    other = make_tenant("untold")
    store_facts("told", parse_facts({"address": "Rua A"}))
    with TenantSession(other.tenant_id) as session, session.transaction() as connection:
        assert connection.execute("select count(*) from ops.tenant_facts").fetchone() == (0,)


def test_an_unknown_tenant_is_refused(database: str) -> None:
    with pytest.raises(PermanentError, match="no tenant 'nobody'"):
        store_facts("nobody", TenantFacts())


def test_the_command_stores_and_shows(
    database: str, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    make_tenant("commanded")
    file = tmp_path / "facts.yaml"
    file.write_text("address: Rua C\n", encoding="utf-8")
    runner = CliRunner()
    assert "stored" in runner.invoke(app, ["tenant", "facts", "commanded", str(file)]).output
    assert "unchanged" in runner.invoke(app, ["tenant", "facts", "commanded", str(file)]).output
    assert runner.invoke(app, ["tenant", "facts", "commanded"]).output == "address: Rua C\n"
    shown = json.loads(runner.invoke(app, ["tenant", "facts", "commanded", "--json"]).output)
    assert shown["facts"] == {"address": "Rua C"}
