"""Log redaction: removes SQL and its values from Superset's log, which holds no user's data."""

import logging
import re
from typing import Any

from flask import Flask

# Each pattern matches from the start of a statement, to the end of the text if no end is found. A
# pattern that could fail there would search again from each start, in quadratic time.
_STATEMENTS = (
    (
        re.compile(r"\[SQL: .*?(?:\](?=\s*(?:\[parameters|\(Background|$))|\Z)", re.DOTALL),
        "[SQL]",
    ),
    (re.compile(r"\[parameters: .*"), "[parameters]"),
    (re.compile(r"\b(LINE \d+):.*(?:\n\s*\^)?"), r"\1"),
    (re.compile(r"\b(DETAIL|CONTEXT|QUERY):.*"), r"\1"),
    (re.compile(r"\b(?:WITH|SELECT)\s.*?(?= on schema |\Z)", re.DOTALL), "(SQL)"),
)


_FORMATTER = logging.Formatter()


class RedactionFilter(logging.Filter):
    """Passes every record, without SQL in its message and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redacts the record in place."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = redact(_FORMATTER.formatException(record.exc_info))
        return True


def redact(message: str) -> str:
    """Returns a log message without statements and their values."""
    for pattern, mark in _STATEMENTS:
        message = pattern.sub(mark, message)
    return message


def install(app: Flask) -> None:
    """Adds the filter to every log handler."""
    handlers: list[Any] = [*logging.getLogger().handlers, *app.logger.handlers]
    for handler in handlers:
        handler.addFilter(RedactionFilter())
