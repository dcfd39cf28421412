"""``geniai analyze`` and ``compare``: what the analyzers say, and how far to trust it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from geniai_pipeline.cli.output import AsJson, Slug, console, print_json, say_error, table
from geniai_pipeline.errors import GeniaiError, PermanentError
from geniai_pipeline.pipeline.comparison import compare_analyzers

if TYPE_CHECKING:
    from geniai_pipeline.analysis.base import Conversation

app = typer.Typer()

_SHOWN = 15
"""Disagreements on the screen."""


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One conversation a line.")],
    analyzer: Annotated[str, typer.Option(help="rules or openai.")] = "rules",
    budget_brl: Annotated[
        float, typer.Option(min=0.01, help="What OpenAI may cost at most, in reais.")
    ] = 5.0,
) -> None:
    """Analyse conversations from a file: one JSON line out per line in."""
    from geniai_pipeline.analysis.files import format_analysis, read_conversations
    from geniai_pipeline.pipeline import analyzers

    reader = analyzers.named(analyzer, Decimal(str(budget_brl)))
    asked: deque[Conversation] = deque()
    unreadable = 0

    def readable() -> "Iterator[Conversation]":
        nonlocal unreadable
        for line in read_conversations(file):
            if isinstance(line, PermanentError):
                unreadable += 1
                say_error(line)
                continue
            asked.append(line)
            yield line

    for found in reader.analyze(readable()):
        print(format_analysis(asked.popleft(), found))
    if analyzer == "openai":
        _tell_bill(reader)
    if unreadable:
        raise typer.Exit(1)


@app.command()
def compare(
    slug: Slug,
    sample: Annotated[int, typer.Option(min=1, help="How many conversations both judge.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Have the rules and OpenAI judge the same conversations, within the tenant's budget."""
    from geniai_pipeline.pipeline import analyzers
    from geniai_pipeline.warehouse.registry import load_tenant

    tenant = load_tenant(slug)
    try:
        found = compare_analyzers(tenant, analyzers.ready(analyzers.openai_of(tenant)), sample)
    except GeniaiError as error:
        error.tenant = slug
        raise
    agreed, bill = found.agreement, found.account
    monthly = None if found.monthly_brl is None else float(found.monthly_brl)
    if as_json:
        print_json(
            {
                "tenant": slug,
                "agreement": asdict(agreed),
                "disagreements": [d.as_json() for d in found.disagreements],
                "calls": bill.calls,
                "answers_reused": bill.reused,
                "fallbacks": dict(bill.fallbacks),
                "cost_brl": float(bill.cost_brl),
                "monthly_cost_brl": monthly,
                "notice": str(bill.notice) if bill.notice else None,
            }
        )
        return
    shown = table(f"{agreed.compared} conversations", "rules and OpenAI agree")
    for what, share in (
        ("lead or not", agreed.lead), ("visit", agreed.visit), ("same score", agreed.score),
        ("score within one", agreed.within_one),
    ):  # fmt: skip
        shown.add_row(what, f"{share:.0%}")
    shown.add_row("weighted kappa of the scores", f"{agreed.kappa:.2f}")
    console.print(shown)
    apart = table("conversation", "rules", "its quotes", "OpenAI", "its quotes")
    for d in found.disagreements[:_SHOWN]:
        rules, openai = _words(d.rules), _words(d.openai)
        apart.add_row(str(d.conversation_id), *rules, *openai)
    if found.disagreements:
        console.print(apart)
    if len(found.disagreements) > _SHOWN:
        console.print(f"{len(found.disagreements) - _SHOWN} more are in --json.")
    outlook = "unknown" if monthly is None else f"about R$ {monthly:.2f}"
    console.print(
        f"It cost R$ {bill.cost_brl:.4f} ({bill.calls} calls, {bill.reused} answers paid before);"
        f" a month like the last would cost {outlook}."
    )
    for reason, count in bill.fallbacks.items():
        console.print(f"{count} conversations had no usable answer: {reason}.")
    if bill.notice:
        console.print(f"[yellow]{escape(str(bill.notice))}[/]", highlight=False)


def _tell_bill(reader: object) -> None:
    """On standard error, so that the output stays one JSON line per line."""
    from geniai_pipeline.analysis.openai import OpenAIAnalyzer

    if not isinstance(reader, OpenAIAnalyzer):
        return
    bill = reader.account
    typer.echo(f"OpenAI: {bill.calls} calls, R$ {bill.cost_brl:.4f}.", err=True)
    for reason, count in bill.fallbacks.items():
        typer.echo(f"{count} judged by the rules instead: {reason}.", err=True)
    for told in (bill.notice, bill.warning):
        if told:
            typer.echo(str(told), err=True)


def _words(told: dict[str, object]) -> tuple[str, str]:
    visit = ", visit" if told["visit_scheduled"] else ""
    quotes = told["quotes"] if isinstance(told["quotes"], list) else []
    return f"{told['score']}{visit}", escape("; ".join(f"“{quote}”" for quote in quotes))
