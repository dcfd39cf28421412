"""Fixtures: a database of this suite on each kind of server, with both canaries."""

from collections.abc import Iterator

import psycopg
import pytest

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import DATA, admin_url
from geniai_pipeline.warehouse.migrations import migrate
from geniai_pipeline_tests.isolation.canaries import Connection, add_canaries
from geniai_pipeline_tests.isolation.identities import SuiteDatabase

_DATABASE = "isolation"


@pytest.fixture(scope="session", params=["embedded", "own_server"])
def suite_database(request: pytest.FixtureRequest) -> Iterator[SuiteDatabase]:
    """The suite's database; each test reverts its changes."""
    server = request.getfixturevalue(request.param) or admin_url()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENIAI_DATABASE_URL", server.removesuffix(DATA) + _DATABASE)
        get_settings.cache_clear()
        migrate()
        with psycopg.connect(admin_url()) as admin:
            add_canaries(admin)
        opened = SuiteDatabase.open(is_embedded=request.param == "embedded")
    get_settings.cache_clear()
    yield opened
    opened.close()


@pytest.fixture
def admin(suite_database: SuiteDatabase) -> Iterator[Connection]:
    """The administrator's connection, in a transaction that is rolled back."""
    suite_database.admin.rollback()
    yield suite_database.admin
    suite_database.admin.rollback()
