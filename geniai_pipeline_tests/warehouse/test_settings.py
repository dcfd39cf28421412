"""Tenant settings: each is declared once and present in every place that needs it."""

import re
from dataclasses import fields, replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import typer
from psycopg.rows import dict_row
from typer.core import TyperGroup
from typer.testing import CliRunner

from geniai_pipeline import administration
from geniai_pipeline.administration import AddedTenant
from geniai_pipeline.cli.tenant import tenant_app
from geniai_pipeline.conversations import settings_version
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_settings import REQUIRED, SETTINGS, TenantConfig
from geniai_pipeline.tenants import ANALYZERS, Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.support.payloads import INBOXES, TENANT

VALUES: dict[str, Any] = {
    "chatwoot_url": "https://other.example.com",
    "chatwoot_account_id": 77,
    "chatwoot_token": "another secret",
    "analyzer": "openai",
    "monthly_budget_brl": 12.5,
    "external_analysis": False,
    "openai_when": "unsure",
    "transcription": True,
    "timezone": "America/Manaus",
    "business_hours": {6: (time(9), time(12))},
    "converted_labels": ["aluno"],
    "converted_attributes": ["aluno=sim"],
    "member_labels": ["ja-aluno"],
    "member_attributes": ["plano"],
    "bot_agents": ["5"],
    "episode_silence_days": 21,
    "brand_color": "#123456",
    "brand_logo": "data:image/png;base64,AA==",
}
"""A value of each setting that is neither its default nor the sample tenant's."""

REQUIRED_VALUES = {name: VALUES[name] for name, s in SETTINGS.items() if s.default is REQUIRED}


def test_every_setting_is_a_column_and_every_column_a_setting(database: str) -> None:
    with connect(admin_url()) as connection:
        columns = connection.execute(
            "select column_name, is_nullable = 'NO' and column_default is null"
            " from information_schema.columns"
            " where table_schema = 'ops' and table_name = 'tenant_configs'"
        ).fetchall()
    required = {name: name in REQUIRED_VALUES for name in SETTINGS}
    assert dict(columns) == {"tenant_id": True, "updated_at": False, **required}


def test_a_run_holds_every_setting() -> None:
    assert set(SETTINGS) <= {f.name for f in fields(Tenant)}


def test_a_new_tenant_gets_the_default_of_each_missing_setting(database: str) -> None:
    registry.add_tenant("few-settings", "Few Settings", TenantConfig(**REQUIRED_VALUES))
    tenant = registry.load_tenant("few-settings")
    for name, setting in SETTINGS.items():
        if setting.default is not REQUIRED:
            assert getattr(tenant, name) == setting.default, name


def test_every_setting_is_stored_shown_and_audited(database: str) -> None:
    # OpenAI and a ban on it exclude each other
    config = TenantConfig(**{**VALUES, "external_analysis": True})
    registry.add_tenant("every-setting", "Every Setting", config)
    stays: dict[str, Any] = {"analyzer": "rules", "transcription": False}
    registry.add_tenant("every-setting", "Every Setting", TenantConfig(**stays))
    registry.add_tenant("every-setting", "Every Setting", TenantConfig(external_analysis=False))
    tenant = registry.load_tenant("every-setting")
    for name, value in {**VALUES, **stays}.items():
        assert getattr(tenant, name) == _run_value(name, value), name

    (shown,) = registry.describe_tenants("every-setting")
    assert list(shown) == [
        "tenant_id", "slug", "name", "active",
        *("has_logo" if n == "brand_logo" else n for n in SETTINGS if n != "chatwoot_token"),
        "created_at",
    ]  # fmt: skip

    with connect(admin_url()) as connection:
        entries = (
            connection.cursor(row_factory=dict_row)
            .execute("select after from ops.audit_logs where tenant = 'every-setting'")
            .fetchall()
        )
    audited = {name for entry in entries for name in entry["after"]}
    assert audited == {"name", "active", *(n for n, s in SETTINGS.items() if s.audit)}


def test_the_audit_log_shows_every_setting_by_its_label(database: str) -> None:
    with connect(admin_url()) as connection:
        labels = connection.execute(
            "select name, dashboards.setting_name(name) from unnest(%s::text[]) name",
            [list(SETTINGS)],
        ).fetchall()
    assert dict(labels) == {name: setting.label for name, setting in SETTINGS.items()}


def test_every_analyzer_can_be_stored_and_has_a_label_of_its_own(database: str) -> None:
    with connect(admin_url()) as connection:
        [(check,)] = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint"
            " where conname = 'tenant_configs_analyzer_check'"
        ).fetchall()
        labels = connection.execute(
            "select dashboards.analyzer_name(name, null) from unnest(%s::text[]) name",
            [list(ANALYZERS)],
        ).fetchall()
    assert set(re.findall(r"'(\w+)'", check)) == set(ANALYZERS)
    assert len(set(labels)) == len(ANALYZERS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_changed_setting_recomputes_the_rows_if_declared_so(name: str) -> None:
    changed = replace(TENANT, **{name: _run_value(name, VALUES[name])})
    remade = settings_version(changed, INBOXES) != settings_version(TENANT, INBOXES)
    assert remade is SETTINGS[name].changes_rows


def test_every_option_of_tenant_add_reaches_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configs: list[TenantConfig] = []

    def receive(slug: str, name: str | None, config: TenantConfig) -> AddedTenant:
        configs.append(config)
        return AddedTenant(is_new=True, account=None, has_dashboards=True)

    monkeypatch.setattr(administration, "add_tenant", receive)
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"logo")
    group = typer.main.get_command(tenant_app)
    assert isinstance(group, TyperGroup)
    helps = {setting.help for setting in SETTINGS.values() if setting.help}
    arguments = ["add", "any"]
    for option in group.commands["add"].params:
        if getattr(option, "help", None) in helps:
            arguments.append(option.opts[0])
            if not getattr(option, "is_flag", False):
                arguments.append(str(logo) if option.name == "logo" else "1")
    result = CliRunner().invoke(tenant_app, arguments, input="token")
    assert result.exit_code == 0, result.output
    given = {name for name, value in vars(configs[0]).items() if value is not None}
    assert given == {name for name, setting in SETTINGS.items() if setting.help}


@pytest.mark.parametrize(("name", "value"), [("timezone", "Mars/Olympus"), ("brand_color", "teal")])
def test_a_value_that_its_check_refuses_is_not_stored(name: str, value: str, database: str) -> None:
    config = TenantConfig(**{**REQUIRED_VALUES, name: value})
    with pytest.raises(PermanentError, match=f"'{value}' is no"):
        registry.add_tenant("odd-setting", "Odd", config)
    assert "odd-setting" not in registry.read_active_slugs()


def _run_value(name: str, value: Any) -> Any:
    """Returns a setting's value as a run holds it; a run holds the decrypted token."""
    if name == "chatwoot_token":
        return value
    setting = SETTINGS[name]
    return setting.load(setting.store(value))
