"""``geniai eval``: measures an analyzer on conversations that people labelled."""

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from geniai_pipeline.cli.output import (
    ANALYZER_HELP,
    AsJson,
    console,
    print_error,
    print_json,
    table,
)
from geniai_pipeline.errors import PermanentError

if TYPE_CHECKING:
    from geniai_pipeline.analysis.evaluation.metrics import Case, Evaluation

app = typer.Typer()

_SHOWN = 10
"""Errors on the screen."""
_ON_THE_PAGE = 100


@app.command("eval")
def evaluate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl", help="A file with one labelled conversation per line."
        ),
    ],
    analyzer: Annotated[str, typer.Option(help=ANALYZER_HELP)] = "rules",
    budget_brl: Annotated[
        float, typer.Option(min=0.01, help="The most that OpenAI may cost, in reais.")
    ] = 5.0,
    page: Annotated[Path, typer.Option(help="Where to write the page with the curves.")] = Path(
        "evaluation.html"
    ),
    as_json: AsJson = False,
) -> None:
    """Compare an analyzer with the labels of a file."""
    from geniai_pipeline.analysis.evaluation.metrics import Case, evaluate, select_errors
    from geniai_pipeline.analysis.evaluation.page import render_page as rendered
    from geniai_pipeline.analysis.files import read_labelled
    from geniai_pipeline.analysis.judgement import reconcile
    from geniai_pipeline.pipeline import analyzers

    built = analyzers.build_by_name(analyzer, Decimal(str(budget_brl)))
    labelled, unreadable = [], 0
    for line in read_labelled(file):
        if isinstance(line, PermanentError):
            unreadable += 1
            print_error(line)
        else:
            labelled.append(line)
    if not labelled:
        raise PermanentError(f"{file} has no labelled conversation.", mend="Label some first.")
    analyses = built.analyze(conversation for conversation, _ in labelled)
    cases = [
        Case(*line, reconcile(analysis), analysis.state)
        for line, analysis in zip(labelled, analyses, strict=True)
    ]
    result, errors = evaluate(cases), select_errors(cases)
    who = f"{built.name} {built.version}"
    written = rendered(result, errors[:_ON_THE_PAGE], analyzer=who, file=file.name)
    page.write_text(written, encoding="utf-8")
    if as_json:
        shown = [_format_case(case) for case in errors]
        print_json({"analyzer": built.name, "version": built.version, **asdict(result),
                    "errors": shown, "page": str(page)})  # fmt: skip
    else:
        _show(result, errors)
        console.print(f"All results are in {page}.", highlight=False)
    if unreadable:
        raise typer.Exit(1)


def _show(result: "Evaluation", errors: "list[Case]") -> None:
    low, high = result.accuracy_interval
    figures = table(f"{result.conversations} conversations", "", "")
    for what, share, more in (
        ("accuracy", result.lead.accuracy, f"lead or not; 95% interval {low:.1%} to {high:.1%}"),
        ("precision", result.lead.precision, "of the leads it found"),
        ("recall", result.lead.recall, "of the leads there are"),
        ("F1", result.lead.f1, "leads"),
        ("same score", result.score_exact, ""),
        ("score within one", result.score_within_one, ""),
        ("visit precision", result.visit.precision, ""),
        ("visit recall", result.visit.recall, ""),
        ("visit F1", result.visit.f1, ""),
    ):
        figures.add_row(what, f"{share:.1%}", more)
    figures.add_row("quadratic kappa", f"{result.kappa:.3f}", "of the scores")
    figures.add_row("calibration error", f"{result.calibration_error:.2f}", "points of the score")
    console.print(figures)
    matrix = table("label \\ said", *map(str, range(len(result.confusion))))
    for score, row in enumerate(result.confusion):
        matrix.add_row(str(score), *(str(count or "") for count in row))
    if result.fields:
        fields = table("state", "right", "95% interval", "of")
        for field in result.fields:
            low, high = field.interval
            fields.add_row(
                field.field.replace("_", " "), f"{field.accuracy:.1%}", f"{low:.1%} to {high:.1%}",
                str(field.count),
            )  # fmt: skip
        console.print("\nState of the conversation", style="bold")
        console.print(fields)
    console.print("\nConfusion", style="bold")
    console.print(matrix)
    calibration = table("said", "conversations", "mean label", "leads")
    for group in result.calibration:
        calibration.add_row(
            str(group.score), str(group.count), f"{group.mean_label:.2f}", f"{group.lead_share:.0%}"
        )
    console.print("\nCalibration", style="bold")
    console.print(calibration)
    if errors:
        wrong = table("conversation", "label", "said", "because")
        for case in errors[:_SHOWN]:
            shown = _format_case(case)
            wrong.add_row(
                *(escape(str(shown[key])) for key in ("id", "label", "said", "reasoning"))
            )
        console.print(f"\nThe worst of {len(errors)} errors", style="bold")
        console.print(wrong)


def _format_case(case: "Case") -> dict[str, object]:
    visits = (case.label.visit_scheduled, case.analysis.visit_scheduled)
    label, found = (
        f"{score}{', visit' if visit else ''}"
        for score, visit in zip((case.label.score, case.analysis.score), visits, strict=True)
    )
    reasoning = case.analysis.reasoning
    return {"id": case.conversation.id, "label": label, "said": found, "reasoning": reasoning}
