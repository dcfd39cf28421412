"""How a chart's statement is sent to Postgres and its rows are read: no more than fits.

The driver would hold an answer in memory as a whole before it could be measured. So the statement
is sent as a cursor's, and the rows are fetched in parts until they are all there or too large.
Nor may a question consist of many, or its treatment make much of a small answer.
"""

import math
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from geniai_superset import expressions

MAX_BYTES = 16 * 2**20
"""Of one answer: 50,000 rows of 300 bytes."""
MAX_STATEMENTS = 10
"""Of one question: a chart's own are three at most."""
MAX_CELLS = MAX_BYTES // 8
"""Of a table that is turned: a number each."""
_FIRST, _PART = 100, 1_000
_CURSOR = "geniai_answer"


def install() -> None:
    """Hooks into what every question of a chart passes, its statements and their answers."""
    from superset.common.query_context_factory import QueryContextFactory
    from superset.db_engine_specs.postgres import PostgresEngineSpec
    from superset.utils import pandas_postprocessing

    QueryContextFactory.create = _few_statements(QueryContextFactory.create)
    pandas_postprocessing.pivot = _few_cells(pandas_postprocessing.pivot)
    # they make as many rows as one asks for, and no chart of ours is made so
    for operation in ("resample", "histogram", "prophet"):
        setattr(pandas_postprocessing, operation, _refuse_operation)

    superset_execute = PostgresEngineSpec.execute.__func__
    superset_fetch = PostgresEngineSpec.fetch_data.__func__

    def execute(spec: Any, cursor: Any, query: str, database: Any, /, **how: Any) -> None:
        # what Superset has made of the statement since it was checked first
        expressions.check(query)
        superset_execute(spec, cursor, _open(query), database, **how)

    def fetch_data(spec: Any, cursor: Any, limit: int | None = None) -> list[Any]:
        rows: list[Any] = superset_fetch(spec, BoundedRows(cursor), limit)
        return rows

    PostgresEngineSpec.execute = classmethod(execute)
    PostgresEngineSpec.fetch_data = classmethod(fetch_data)


def _few_statements(create: Callable[..., Any]) -> Callable[..., Any]:
    """The function, refusing questions that consist of many."""

    @wraps(create)
    def create_few(factory: Any, **named: Any) -> Any:
        statements = sum(
            1 + len(query.get("time_offsets") or ()) + len(query.get("annotation_layers") or ())
            for query in named["queries"]
        )
        if statements > MAX_STATEMENTS:
            _refuse(f"A consulta tem mais de {MAX_STATEMENTS} partes. Divida-a.")
        return create(factory, **named)

    return create_few


def _few_cells(pivot: Callable[..., Any]) -> Callable[..., Any]:
    """The function, refusing a table with a cell for each pair of too many values."""

    @wraps(pivot)
    def pivot_few(table: Any, **how: Any) -> Any:
        names = [*how.get("index", ()), *(how.get("columns") or ())]
        pairs = math.prod(table[n].nunique(dropna=False) for n in names if n in table.columns)
        if how.get("columns") and pairs * len(how.get("aggregates", ())) > MAX_CELLS:
            _refuse("A tabela seria grande demais. Escolha menos colunas.")
        return pivot(table, **how)

    return pivot_few


def _refuse_operation(*_: Any, **__: Any) -> None:
    _refuse("Este tratamento dos dados não é permitido.")


def _refuse(reason: str) -> NoReturn:
    from superset.exceptions import QueryObjectValidationError

    raise QueryObjectValidationError(reason)


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
                _refuse(
                    f"A resposta passa de {MAX_BYTES // 2**20} MB."
                    " Escolha um período menor ou menos colunas."
                )
            if len(part) < asked:
                break
            # as many as would fit if they are as wide as those before
            asked = max(1, min(_PART, (MAX_BYTES - size) * len(rows) // size))
            self._cursor.execute(f"fetch forward {asked} from {_CURSOR}")
        return rows
