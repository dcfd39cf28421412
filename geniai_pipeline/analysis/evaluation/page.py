"""Renders the report of ``geniai eval`` as one HTML file without scripts or network."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geniai_pipeline.analysis.evaluation.cascade import CascadePoint
from geniai_pipeline.analysis.evaluation.metrics import Case, Evaluation

_FOLDER = Path(__file__).parent


def render_page(
    result: Evaluation,
    errors: Sequence[Case],
    cascade: Sequence[CascadePoint],
    *,
    analyzer: str,
    file: str,
) -> str:
    """Renders the confusion matrix, the reliability curve, the cascade and the errors as HTML.

    Args:
        result: the figures.
        errors: the cases to show, in order; what people wrote in them is escaped.
        cascade: what asking OpenAI about a share of the conversations costs; may be empty.
        analyzer: its name and version, as the page shows it.
        file: the name of the labelled file.

    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["percent"] = lambda share: f"{share:.1%}"
    template = environment.get_template("page.html")
    return template.render(
        result=result, errors=errors, cascade=cascade, analyzer=analyzer, file=file
    )
