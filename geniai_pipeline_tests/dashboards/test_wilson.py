"""Wilson's interval: Postgres computes it for pages, Python where there is no database."""

import pytest

from geniai_pipeline.analysis.evaluation.metrics import compute_wilson_interval
from geniai_pipeline.warehouse.connections import admin_url, connect


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (1, 3), (7, 83), (36, 36), (900, 1000)])
def test_both_intervals_are_the_same(successes: int, trials: int) -> None:
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select dashboards.wilson(%(part)s, %(all)s, -1),"
            " dashboards.wilson(%(part)s, %(all)s, 1)",
            {"part": successes, "all": trials},
        ).fetchone()
    assert row is not None
    low, high = compute_wilson_interval(successes / trials, trials)
    assert float(row[0]) == pytest.approx(max(0, low), abs=1e-4)
    assert float(row[1]) == pytest.approx(min(1, high), abs=1e-4)
