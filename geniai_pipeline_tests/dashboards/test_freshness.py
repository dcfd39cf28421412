"""Tests of what a page says of its data's freshness."""

import pytest

from geniai_pipeline.warehouse.connections import admin_url, connect


@pytest.mark.parametrize(
    ("complete_up_to", "is_running", "start"),
    [
        (None, True, "A primeira atualização está em andamento"),
        (None, False, "Ainda sem dados: aparecem depois da primeira atualização"),
        (None, None, "Ainda sem dados: aparecem depois da primeira atualização"),
        ("2026-11-28 10:00", True, '<span class="'),
    ],
)
@pytest.mark.usefixtures("embedded")
def test_the_first_sync_is_announced_while_it_runs(
    complete_up_to: str | None, is_running: bool | None, start: str
) -> None:
    with connect(admin_url()) as connection:
        (text,) = connection.execute(
            "select dashboards.freshness(%s::timestamp, false, %s::boolean)",
            [complete_up_to, is_running],
        ).fetchone() or ("",)
    assert text.startswith(start)
