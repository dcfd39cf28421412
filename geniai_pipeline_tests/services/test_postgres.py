"""Database server: it inherits no secret and logs no statement."""

import psycopg
import pytest

from geniai_pipeline.services import postgres
from geniai_pipeline.services.stack import database_service
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url
from geniai_pipeline_tests.support.waiting import wait_until


def test_the_database_server_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GENIAI_SECRET_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "do not pass on")

    environment = database_service(get_settings()).environment

    assert "PATH" in environment
    assert "do not pass on" not in environment.values()
    assert not [name for name in environment if name.startswith(("GENIAI_", "OPENAI_"))]


@pytest.mark.parametrize(
    "statement",
    [
        "select from nowhere where name = '{}'",
        "insert into ops.tenants (slug, name) values ('{0}', 'x'), ('{0}', 'x')",
        "do $$ begin perform 1 / 0 from (select '{}') x; end $$",
    ],
)
def test_the_text_of_a_failing_statement_is_not_logged(embedded: None, statement: str) -> None:
    log = get_settings().home.parent / "postgres.log"
    before = log.stat().st_size
    word = "joana-perguntou"
    with psycopg.connect(admin_url()) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement.format(word).encode())

    def read_new_lines() -> str:
        return log.read_bytes()[before:].decode()

    wait_until(lambda: "ERROR" in read_new_lines(), seconds=10)
    assert word not in read_new_lines()


def test_the_text_of_a_slow_statement_is_not_logged(embedded: None) -> None:
    assert "log_min_duration_statement=-1" in postgres.command(get_settings().home, 1)
    with psycopg.connect(admin_url()) as connection:
        found = connection.execute("show log_min_duration_statement").fetchone()
    assert found == ("-1",)
