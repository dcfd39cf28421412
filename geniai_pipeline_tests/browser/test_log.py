"""Superset's log while users work."""

from collections.abc import Callable

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.gyms import FORTE
from geniai_pipeline_tests.browser.visitor import Visitor


def test_the_query_of_a_failing_chart_is_not_logged(
    dataset: Callable[[str], int],
) -> None:
    log = get_settings().home / "superset.log"
    before = log.stat().st_size
    word = "joana-perguntou"
    column = {"label": "x", "sqlExpression": f"nowhere || '{word}'", "expressionType": "SQL"}

    answer = Visitor(FORTE.viewer).ask(
        dataset("leads"),
        columns=[column],
        filters=[{"col": "contact_name", "op": "==", "val": word}],
    )

    assert answer.status_code >= 400
    text = log.read_bytes()[before:].decode(errors="replace")
    assert "failed" in text
    assert word not in text
