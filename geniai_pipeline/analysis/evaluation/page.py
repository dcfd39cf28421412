"""Renders the report of ``geniai eval`` as one HTML file without scripts or network."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geniai_pipeline.analysis.evaluation.metrics import Case, Evaluation

_FOLDER = Path(__file__).parent


def render_page(result: Evaluation, errors: Sequence[Case], *, analyzer: str, file: str) -> str:
    """Renders the confusion matrix, the reliability curve and the errors as HTML.

    Args:
        result: the figures.
        errors: the cases to show, in order; what people wrote in them is escaped.
        analyzer: its name and version, as the page shows it.
        file: the name of the labelled file.

    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["percent"] = lambda share: f"{share:.1%}"
    template = environment.get_template("page.html")
    return template.render(result=result, errors=errors, analyzer=analyzer, file=file)
