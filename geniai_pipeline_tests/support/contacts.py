"""Typed conversations written directly, for tests of who is one person."""

from typing import Any

import psycopg


def insert_conversation(
    connection: psycopg.Connection[Any], tenant_id: int, number: int, **values: Any
) -> None:
    """Inserts a conversation; what is required and not given is empty."""
    row = {
        "tenant_id": tenant_id, "conversation_id": number, "inbox_id": 1, "status": "open",
        **values,
    }  # fmt: skip
    required = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'core' and table_name = 'conversations'"
        " and is_nullable = 'NO' and column_default is null"
    ).fetchall()
    empty = {"ARRAY": "{}", "jsonb": "{}", "text": "", "boolean": False}
    for name, kind in required:
        row.setdefault(name, "2026-01-01" if "timestamp" in kind else empty.get(kind, 0))
    columns, places = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    connection.execute(f"insert into core.conversations ({columns}) values ({places})", row)
