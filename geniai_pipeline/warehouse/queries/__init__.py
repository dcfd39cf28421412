"""The statements too long for a line, one to a file."""

from functools import lru_cache
from pathlib import Path

from psycopg import sql


@lru_cache
def query(name: str) -> sql.SQL:
    """The statement in ``name.sql``; ``{placeholders}`` are for psycopg's ``format``."""
    return sql.SQL((Path(__file__).parent / f"{name}.sql").read_text())
