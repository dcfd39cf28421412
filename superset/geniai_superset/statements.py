"""Result size limits: bytes per result, statements per request and cells per pivot table.

The driver loads a whole result into memory before its size is known. So the statement is sent as a
cursor's, and the rows are fetched in parts until the result is complete or too large.
"""

import math
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from geniai_superset import expressions

MAX_BYTES = 16 * 2**20
"""Per result: 50,000 rows of 300 bytes."""
MAX_STATEMENTS = 10
"""Per request; a chart of the dashboards has at most three."""
MAX_CELLS = MAX_BYTES // 8
"""Per pivot table, at 8 bytes per number."""
_FIRST, _PART = 100, 1_000
_CURSOR = "geniai_result"


def execute_as_cursor(execute: Callable[..., None]) -> Callable[..., None]:
    """Makes Superset's database driver check a statement and declare a cursor for it."""

    def execute_checked(spec: Any, cursor: Any, query: str, database: Any, /, **how: Any) -> None:
        # Superset has changed the statement since its first check
        expressions.check(query)
        execute(spec, cursor, declare_cursor(query), database, **how)

    return execute_checked


def limit_rows(fetch_data: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Makes Superset's database driver read a result up to the byte limit."""

    def fetch_limited(spec: Any, cursor: Any, limit: int | None = None) -> list[Any]:
        return fetch_data(spec, LimitedCursor(cursor), limit)

    return fetch_limited


def limit_queries(create: Callable[..., Any]) -> Callable[..., Any]:
    """Makes Superset's query context factory reject a request with too many statements."""

    @wraps(create)
    def create_limited(factory: Any, **named: Any) -> Any:
        statements = sum(
            1 + len(query.get("time_offsets") or ()) + len(query.get("annotation_layers") or ())
            for query in named["queries"]
        )
        if statements > MAX_STATEMENTS:
            _reject(f"A consulta tem mais de {MAX_STATEMENTS} partes. Divida-a.")
        return create(factory, **named)

    return create_limited


def limit_cells(pivot: Callable[..., Any]) -> Callable[..., Any]:
    """Makes Superset's pivot operation reject a table with too many cells."""

    @wraps(pivot)
    def limit_pivot(table: Any, **how: Any) -> Any:
        names = [*how.get("index", ()), *(how.get("columns") or ())]
        pairs = math.prod(table[n].nunique(dropna=False) for n in names if n in table.columns)
        if how.get("columns") and pairs * len(how.get("aggregates", ())) > MAX_CELLS:
            _reject("A tabela seria grande demais. Escolha menos colunas.")
        return pivot(table, **how)

    return limit_pivot


def reject_operation(*_: Any, **__: Any) -> None:
    """Rejects a post-processing operation of Superset."""
    _reject("Este tratamento dos dados não é permitido.")


def _reject(reason: str) -> NoReturn:
    from superset.exceptions import QueryObjectValidationError

    raise QueryObjectValidationError(reason)


def declare_cursor(query: str) -> str:
    """Returns one message for the server: the cursor's declaration and its first fetch."""
    return (
        f"declare {_CURSOR} no scroll cursor for {query.rstrip('; ')};"
        f" fetch forward {_FIRST} from {_CURSOR}"
    )


class LimitedCursor:
    """A driver's cursor with a byte limit on its rows."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.description = cursor.description

    def fetchall(self) -> list[Any]:
        """Reads all rows.

        Raises:
            QueryObjectValidationError: they are larger than ``MAX_BYTES``.

        """
        rows: list[Any] = []
        size, batch = 0, _FIRST
        while part := self._cursor.fetchall():
            rows += part
            size += len(pickle.dumps(part))
            if size > MAX_BYTES:
                _reject(
                    f"A resposta passa de {MAX_BYTES // 2**20} MB."
                    " Escolha um período menor ou menos colunas."
                )
            if len(part) < batch:
                break
            # the number of rows that fit at the average width so far
            batch = max(1, min(_PART, (MAX_BYTES - size) * len(rows) // size))
            self._cursor.execute(f"fetch forward {batch} from {_CURSOR}")
        return rows
