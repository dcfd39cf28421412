"""Result size limits: statements per request, cells per pivot table, bytes per result."""

from contextlib import closing
from functools import partial
from typing import Any

import pandas as pd
import psycopg2
import pytest

from geniai_pipeline.warehouse.connections import admin_url
from geniai_superset import statements


@pytest.mark.parametrize(
    "queries",
    [[{}] * 11, [{"time_offsets": ["1 day ago"] * 10}], [{"annotation_layers": [{}] * 9}, {}]],
)
def test_a_request_with_several_statements_is_rejected(queries: list[dict[str, Any]]) -> None:
    from superset.exceptions import QueryObjectValidationError

    create = statements.limit_queries(lambda _, **named: len(named["queries"]))

    assert create(None, queries=queries[:1] if len(queries) > 1 else [{}] * 10)
    with pytest.raises(QueryObjectValidationError):
        create(None, queries=queries)


@pytest.mark.parametrize(("rows", "fits"), [(1_000, True), (2_000, False)])
def test_a_pivot_table_over_the_cell_limit_is_rejected(rows: int, fits: bool) -> None:
    from superset.exceptions import QueryObjectValidationError
    from superset.utils.pandas_postprocessing import pivot

    table = pd.DataFrame({"a": range(rows), "b": range(rows), "n": 1})
    turn = partial(statements.limit_cells(pivot), aggregates={"n": {"operator": "sum"}})

    if fits:
        assert turn(table, index=["a"], columns=["b"]).size == rows**2
    else:
        with pytest.raises(QueryObjectValidationError):
            turn(table, index=["a"], columns=["b"])
    assert len(turn(table, index=["a", "b"])) == rows


@pytest.mark.parametrize(
    ("row", "rows", "fits"),
    [("1", 5_000, True), ("repeat('x', 100)", 5_000, True), ("repeat('x', 100000)", 100, True),
     ("repeat('x', 100000)", 300, False),
     ("array[repeat('x', 9000000), repeat('x', 9000000)]", 1, False),
     ("repeat('x', case when n < 200 then 1 else 100000 end)", 2_000, False)],
)  # fmt: skip
def test_a_result_over_the_byte_limit_is_rejected(
    embedded: None, row: str, rows: int, fits: bool
) -> None:
    with closing(psycopg2.connect(admin_url())) as connection, connection.cursor() as cursor:
        cursor.execute(
            statements.declare_cursor(f"select {row} from generate_series(1, {rows}) n;\n")
        )
        answer = statements.LimitedCursor(cursor)

        assert len(answer.description) == 1
        if fits:
            assert len(answer.fetchall()) == rows
        else:
            with pytest.raises(Exception, match="A resposta passa de 16 MB"):
                answer.fetchall()


def test_an_operation_on_a_result_is_rejected() -> None:
    from superset.exceptions import QueryObjectValidationError

    with pytest.raises(QueryObjectValidationError):
        statements.reject_operation(pd.DataFrame(), rule="1s")
