"""A row's version: it changes with whatever the row depends on, and nothing else."""

from dataclasses import replace
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.conversations import settings_version, source_version
from geniai_pipeline_tests.support.payloads import CHANGED_AT, INBOXES, SAO_PAULO, TENANT, WEEK


def test_the_source_version_is_what_the_database_computes() -> None:
    # select (extract(epoch from timestamptz '2026-06-10 12:00:00.123456+00') * 1000000)::bigint
    assert source_version(CHANGED_AT, "settings") == "1781092800123456-settings"
    elsewhere = CHANGED_AT.astimezone(SAO_PAULO)
    assert source_version(elsewhere, "x") == source_version(CHANGED_AT, "x")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"timezone": ZoneInfo("America/Manaus")}, False),
        ({"business_hours": {**WEEK, 5: (time(8), time(15))}}, False),
        ({"business_hours": {}}, False),
        ({"converted_labels": frozenset({"matriculado", "aluno"})}, False),
        ({"converted_attributes": frozenset({"aluno=sim"})}, False),
        ({"member_labels": frozenset({"aluno"})}, False),
        ({"member_attributes": frozenset({"plano"})}, False),
        ({"bot_agents": frozenset({"5"})}, False),
        ({"chatwoot_url": "https://other.example.com"}, False),
        ({"chatwoot_account_id": 4}, False),
        ({"business_hours": dict(reversed(WEEK.items()))}, True),
        ({"converted_labels": frozenset({"matriculado"})}, True),
        ({"chatwoot_url": "https://chat.example.com"}, True),
        ({"name": "Outro", "chatwoot_token": "new", "monthly_budget_brl": 9.0}, True),
    ],
)
def test_the_settings_version_changes_with_what_a_row_depends_on(
    change: dict[str, Any], same: bool
) -> None:
    before, after = (settings_version(t, INBOXES) for t in (TENANT, replace(TENANT, **change)))
    assert (before == after) is same


def test_a_renamed_inbox_makes_the_rows_again() -> None:
    renamed = {number: {**inbox, "name": "Outro nome"} for number, inbox in INBOXES.items()}
    assert settings_version(TENANT, INBOXES) != settings_version(TENANT, renamed)
