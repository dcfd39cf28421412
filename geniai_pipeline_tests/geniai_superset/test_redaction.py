"""Log redaction: Superset's log holds no SQL statement."""

import logging

import pytest

from geniai_superset.redaction import RedactionFilter, redact


def test_supersets_log_has_no_statement() -> None:
    def format_record(message: str, *arguments: object, error: Exception | None = None) -> str:
        info = (type(error), error, None) if error else None
        record = logging.LogRecord("x", 30, "x", 1, message, arguments, info)
        assert RedactionFilter().filter(record)
        return logging.Formatter().format(record)

    statement = "SELECT name\nFROM leads\nWHERE name = 'joana' LIMIT 1"
    error = RuntimeError(
        f"column \"x\" does not exist\nLINE 3: WHERE name = 'joana'\n              ^\n"
        f"DETAIL:  Key (name)=(joana) exists\n[SQL: {statement}]\n"
        "[parameters: {'name': 'joana'}]\n(Background on this error at: https://sqlalche.me)"
    )
    line = format_record("Query %s on schema %s failed", statement, "dashboards", error=error)

    assert "joana" not in line
    assert "Query (SQL) on schema dashboards failed" in line
    assert 'column "x" does not exist' in line
    assert format_record("Loaded %s of %s", 3, "themes") == "Loaded 3 of themes"
    assert "joana" not in format_record("It failed: %s", "SELECT 'joana' AS name")


@pytest.mark.parametrize("part", ["SELECT ", "WITH x ", "[SQL: x] y ", "[SQL: ", "[parameters: "])
def test_a_statement_and_the_text_after_it_are_redacted(part: str) -> None:
    # a statement without an end is redacted too, in linear time
    assert len(redact(part * 2_000)) < 100
