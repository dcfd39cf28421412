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
    from collections.abc import Sequence

    from geniai_pipeline.analysis.base import Analyzer, Transcript
    from geniai_pipeline.analysis.bill import Bill
    from geniai_pipeline.analysis.evaluation.cascade import CascadePoint
    from geniai_pipeline.analysis.evaluation.metrics import Case, Evaluation
    from geniai_pipeline.analysis.files import Label

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
    record: Annotated[
        Path | None,
        typer.Option(help="Add OpenAI's answers to this file; those it has are not paid again."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Score the answers of such a file; nobody is called.")
    ] = None,
    page: Annotated[Path, typer.Option(help="Where to write the page with the curves.")] = Path(
        "evaluation.html"
    ),
    as_json: AsJson = False,
) -> None:
    """Compare an analyzer with the labels of a file."""
    from geniai_pipeline.analysis.evaluation.metrics import evaluate, select_errors
    from geniai_pipeline.analysis.evaluation.page import render_page as rendered
    from geniai_pipeline.analysis.files import read_labelled
    from geniai_pipeline.analysis.openai import Fallback
    from geniai_pipeline.pipeline import analyzers
    from geniai_pipeline.settings import get_settings

    if record and (answers or analyzer != "openai"):
        raise PermanentError(
            "Only answers of OpenAI are recorded.", mend="Give --analyzer openai, or no --record."
        )
    model = get_settings().openai_model
    built: Analyzer
    if answers:
        built = recorded = analyzers.build_recorded(answers)
        model = recorded.model
    else:
        built = analyzers.build_by_name(analyzer, Decimal(str(budget_brl)), record)
    labelled, unreadable = [], 0
    for line in read_labelled(file):
        if isinstance(line, PermanentError):
            unreadable += 1
            print_error(line)
        else:
            labelled.append(line)
    if not labelled:
        raise PermanentError(f"{file} has no labelled conversation.", mend="Label some first.")
    cases = _analyze(built, labelled)
    unrecorded = Fallback.UNRECORDED.value
    if answers:
        # a conversation without an answer says nothing of the model
        cases = [case for case in cases if case.analysis.fallback_reason != unrecorded]
        if not cases:
            raise PermanentError(
                f"{answers} has an answer for none of the conversations in {file}.",
                mend=f"Record them: geniai eval {file} --analyzer openai --record {answers}.",
            )
    result, errors = evaluate(cases), select_errors(cases)
    cascade = _measure_cascade(cases, built.name, model)
    who = f"{built.name} {built.version}"
    written = rendered(result, errors[:_ON_THE_PAGE], cascade, analyzer=who, file=file.name)
    page.write_text(written, encoding="utf-8")
    bill = built.bill and _format_bill(built.bill)
    if as_json:
        shown = [_format_case(case) for case in errors]
        print_json({"analyzer": built.name, "version": built.version, **asdict(result),
                    "cascade": [asdict(point) for point in cascade], "openai": bill,
                    "errors": shown, "page": str(page)})  # fmt: skip
    else:
        _show(result, errors)
        _show_cascade(cascade, model)
        if bill:
            _show_bill(bill)
        console.print(f"All results are in {page}.", highlight=False)
    if unreadable:
        raise typer.Exit(1)


def _analyze(analyzer: "Analyzer", labelled: "Sequence[tuple[Transcript, Label]]") -> "list[Case]":
    from geniai_pipeline.analysis.evaluation.metrics import Case
    from geniai_pipeline.analysis.judgement import reconcile

    analyses = analyzer.analyze(conversation for conversation, _ in labelled)
    settled = map(reconcile, analyses)
    return [
        Case(*line, analysis, analysis.state)
        for line, analysis in zip(labelled, settled, strict=True)
    ]


def _measure_cascade(cases: "list[Case]", analyzer: str, model: str) -> "list[CascadePoint]":
    """Measures what asking a model about a share of them costs; empty without a known price."""
    from geniai_pipeline.analysis.evaluation.cascade import measure_cascade
    from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
    from geniai_pipeline.pipeline import analyzers

    local = RulesAnalyzer()
    own = cases
    if analyzer != local.name:
        own = _analyze(local, [(case.conversation, case.label) for case in cases])
    try:
        costs = analyzers.estimate_costs(
            [case.conversation for case in own], [case.analysis for case in own], model
        )
    except PermanentError as error:
        print_error(error)
        return []
    return measure_cascade(own, costs, None if own is cases else cases)


def _format_bill(bill: "Bill") -> dict[str, object]:
    """Formats what the calls cost, and tokens and reais of a conversation that was asked about."""
    share = 1 / bill.calls if bill.calls else 0.0
    return {
        "calls": bill.calls,
        "reused": bill.reused,
        "cost_brl": float(bill.cost_brl),
        "brl_per_thousand": 1000 * share * float(bill.cost_brl),
        "input_tokens": share * bill.input_tokens,
        "cached_tokens": share * bill.cached_tokens,
        "output_tokens": share * bill.output_tokens,
        "fallbacks": dict(bill.fallbacks),
        "notices": bill.notices,
    }


def _show_bill(bill: dict[str, object]) -> None:
    console.print(
        f"\nOpenAI: {bill['calls']} answers, {bill['reused']} recorded before; R$"
        f" {bill['cost_brl']:.4f}, R$ {bill['brl_per_thousand']:.2f} per 1,000 conversations."
        f" Tokens of a conversation: {bill['input_tokens']:.0f} in,"
        f" {bill['cached_tokens']:.0f} of them cached, {bill['output_tokens']:.0f} out.",
        highlight=False,
    )
    fallbacks, notices = bill["fallbacks"], bill["notices"]
    assert isinstance(fallbacks, dict)  # noqa: S101  (as `_format_bill` makes it)
    assert isinstance(notices, list)  # noqa: S101
    for reason, count in fallbacks.items():
        what = (
            "have no recorded answer, and are left out"
            if reason == "unrecorded"
            else f"had no usable answer: {reason}"
        )
        console.print(f"{count} conversations {what}.")
    for notice in notices:
        console.print(notice, highlight=False, markup=False)


def _show_cascade(points: "list[CascadePoint]", model: str) -> None:
    if not points:
        return
    shown = table(
        "asked about", "certainty below", "R$ per 1,000", "rules right on the rest",
        *(["both right"] if points[0].accuracy is not None else []),
    )  # fmt: skip
    for point in points:
        shown.add_row(
            f"{point.share:.0%}", f"{point.certainty:.2f}", f"{point.cost_per_thousand:.2f}",
            "" if point.local_accuracy is None else f"{point.local_accuracy:.1%}",
            *([] if point.accuracy is None else [f"{point.accuracy:.1%}"]),
        )  # fmt: skip
    console.print(f"\nIf {model} were asked about the least certain", style="bold")
    console.print(shown)


def _show(result: "Evaluation", errors: "list[Case]") -> None:
    low, high = result.accuracy_interval
    figures = table(f"{result.conversations} conversations", "", "")
    for what, share, more in (
        ("accuracy", result.lead.accuracy, f"lead or not; 95% interval {low:.1%} to {high:.1%}"),
        ("precision", result.lead.precision, "of the leads it found"),
        ("recall", result.lead.recall, "of the leads there are"),
        ("F1", result.lead.f1, "leads"),
        ("sure of", result.certain_share, "of the conversations"),
        ("sure and right", result.certain_accuracy, "lead or not, of those"),
        ("same score", result.score_exact, ""),
        ("score within one", result.score_within_one, ""),
        ("visit precision", result.visit.precision, ""),
        ("visit recall", result.visit.recall, ""),
        ("visit F1", result.visit.f1, ""),
    ):
        figures.add_row(what, f"{share:.1%}", more)
    figures.add_row("quadratic kappa", f"{result.kappa:.3f}", "of the scores")
    figures.add_row("calibration error", f"{result.calibration_error:.2f}", "points of the score")
    figures.add_row("", f"{result.lead_calibration_error:.3f}", "of the probability of a lead")
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
