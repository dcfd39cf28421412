"""Fixtures: servers that a test may kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.migrations import migrate
from geniai_pipeline_tests.faults.harness import Chatwoot, Postgres


@pytest.fixture
def own_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """A migrated Postgres of the test's own, which the settings name."""
    monkeypatch.setenv("GENIAI_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    server = Postgres()
    server.start()
    migrate()
    yield server
    server.stop()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def own_chatwoot(tmp_path: Path) -> Iterator[Chatwoot]:
    """A Chatwoot stand-in of the test's own, as a process."""
    server = Chatwoot(tmp_path / "chatwoot")
    server.start()
    yield server
    server.kill()
