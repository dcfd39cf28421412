"""How a chart's statement is sent to Postgres and its rows are read: no more than fits.

The driver would hold an answer in memory as a whole before it could be measured. So the statement
is sent as a cursor's, and the rows are fetched in parts until they are all there or too large.
"""

import pickle
from typing import Any

import expressions

MAX_BYTES = 16 * 2**20
"""Of one answer: 50,000 rows of 300 bytes."""
_FIRST, _PART = 100, 1_000
_CURSOR = "geniai_answer"


def install() -> None:
    """Hooks into the two functions that every statement of a chart passes."""
    from superset.db_engine_specs.postgres import PostgresEngineSpec

    superset_execute = PostgresEngineSpec.execute.__func__
    superset_fetch = PostgresEngineSpec.fetch_data.__func__

    def execute(spec: Any, cursor: Any, query: str, database: Any, **how: Any) -> None:
        # what Superset has made of the statement since it was checked first
        expressions.check(query)
        superset_execute(spec, cursor, _open(query), database, **how)

    def fetch_data(spec: Any, cursor: Any, limit: int | None = None) -> list[Any]:
        rows: list[Any] = superset_fetch(spec, BoundedRows(cursor), limit)
        return rows

    PostgresEngineSpec.execute = classmethod(execute)
    PostgresEngineSpec.fetch_data = classmethod(fetch_data)


def _open(query: str) -> str:
    """One message to the server: the cursor, and its first rows."""
    return (
        f"declare {_CURSOR} no scroll cursor for {query.rstrip('; ')};"
        f" fetch forward {_FIRST} from {_CURSOR}"
    )


class BoundedRows:
    """A cursor's rows, as the driver's own cursor gives them, but for what is too large."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.description = cursor.description

    def fetchall(self) -> list[Any]:
        """All rows.

        Raises:
            QueryObjectValidationError: they are larger than ``MAX_BYTES``.

        """
        rows: list[Any] = []
        size, asked = 0, _FIRST
        while part := self._cursor.fetchall():
            rows += part
            size += len(pickle.dumps(part))
            if size > MAX_BYTES:
                self._refuse()
            if len(part) < asked:
                break
            # as many as would fit if they are as wide as those before
            asked = max(1, min(_PART, (MAX_BYTES - size) * len(rows) // size))
            self._cursor.execute(f"fetch forward {asked} from {_CURSOR}")
        return rows

    def _refuse(self) -> None:
        from superset.exceptions import QueryObjectValidationError

        raise QueryObjectValidationError(
            f"A resposta passa de {MAX_BYTES // 2**20} MB."
            " Escolha um período menor ou menos colunas."
        )
