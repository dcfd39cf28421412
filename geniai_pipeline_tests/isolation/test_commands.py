"""Command checks: granted commands work on own rows, all others are refused."""

from geniai_pipeline_tests.isolation.commands import calls, functions, leaks, relations
from geniai_pipeline_tests.isolation.identities import SuiteDatabase


def test_each_identity_reaches_its_own_rows_and_nothing_else(suite_database: SuiteDatabase) -> None:
    tried = relations(suite_database.admin)
    suite_database.admin.rollback()  # its locks would hold the others up
    found = leaks(tried, suite_database.act_as)
    assert not found, "\n".join(found)


def test_no_function_returns_data_of_another_tenant(suite_database: SuiteDatabase) -> None:
    found = calls(functions(suite_database.admin), suite_database.act_as)
    assert not found, "\n".join(found)
