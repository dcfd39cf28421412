"""``geniai analyze`` and ``compare``: analyses of a file, and both analyzers side by side."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from geniai_pipeline.cli.output import (
    ANALYZER_HELP,
    AsJson,
    Slug,
    console,
    print_error,
    print_json,
    table,
)
from geniai_pipeline.errors import GeniaiError, PermanentError
from geniai_pipeline.pipeline.comparison import compare_analyzers

if TYPE_CHECKING:
    from geniai_pipeline.analysis.base import Transcript
    from geniai_pipeline.analysis.bill import Bill

app = typer.Typer()

_SHOWN = 15
"""Disagreements on the screen."""


@app.command()
def analyze(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="A file with one conversation per line.")
    ],
    analyzer: Annotated[str, typer.Option(help=ANALYZER_HELP)] = "rules",
    budget_brl: Annotated[
        float, typer.Option(min=0.01, help="The most that OpenAI may cost, in reais.")
    ] = 5.0,
) -> None:
    """Analyse conversations from a file: one JSON line out per line in."""
    from geniai_pipeline.analysis.files import format_analysis, read_conversations
    from geniai_pipeline.analysis.judgement import reconcile
    from geniai_pipeline.analysis.suggestions import SuggestionWriter
    from geniai_pipeline.pipeline import analyzers

    built = analyzers.build_by_name(analyzer, Decimal(str(budget_brl)))
    suggestions = SuggestionWriter()
    started: deque[Transcript] = deque()
    unreadable = 0

    def read_usable() -> "Iterator[Transcript]":
        nonlocal unreadable
        for line in read_conversations(file):
            if isinstance(line, PermanentError):
                unreadable += 1
                print_error(line)
                continue
            started.append(line)
            yield line

    for proposed in built.analyze(read_usable()):
        conversation = started.popleft()
        analysis = reconcile(proposed)
        suggestion = suggestions.write(
            conversation, analysis.state, _find_end(conversation), proposal=analysis.proposal
        )
        print(format_analysis(conversation, analysis, suggestion.text))
    if built.bill:
        _print_bill(built.bill)
    if unreadable:
        raise typer.Exit(1)


def _find_end(conversation: "Transcript") -> datetime:
    """The instant of the last message: a conversation of a file is read at its end."""
    written = [m.at for m in conversation.messages if m.at]
    return written[-1] if written else datetime.now(timezone.utc)


@app.command()
def compare(
    slug: Slug,
    sample: Annotated[
        int, typer.Option(min=1, help="The number of conversations that both analyze.")
    ] = 100,
    as_json: AsJson = False,
) -> None:
    """Have the rules and OpenAI judge the same conversations, within the tenant's budget."""
    from geniai_pipeline.pipeline import analyzers
    from geniai_pipeline.warehouse.connections import TenantSession
    from geniai_pipeline.warehouse.registry import load_tenant

    tenant = load_tenant(slug)
    try:
        with TenantSession(tenant.tenant_id) as session:
            openai = analyzers.build_openai(session)
            analyzers.require_usable(openai)
            comparison = compare_analyzers(tenant, session, openai, sample)
    except GeniaiError as error:
        error.tenant = slug
        raise
    agreement, bill = comparison.agreement, comparison.bill
    monthly = None if comparison.monthly_brl is None else float(comparison.monthly_brl)
    if as_json:
        print_json(
            {
                "tenant": slug,
                "agreement": asdict(agreement),
                "disagreements": [d.to_json() for d in comparison.disagreements],
                "calls": bill.calls,
                "answers_reused": bill.reused,
                "fallbacks": dict(bill.fallbacks),
                "cost_brl": float(bill.cost_brl),
                "monthly_cost_brl": monthly,
                "notice": str(bill.notice) if bill.notice else None,
            }
        )
        return
    shown = table(f"{agreement.compared} conversations", "rules and OpenAI agree")
    for what, share in (
        ("lead or not", agreement.lead), ("visit", agreement.visit), ("role", agreement.role),
        ("same score", agreement.score), ("score within one", agreement.within_one),
    ):  # fmt: skip
        shown.add_row(what, f"{share:.0%}")
    shown.add_row("weighted kappa of the scores", f"{agreement.kappa:.2f}")
    console.print(shown)
    apart = table("conversation", "rules", "its quotes", "OpenAI", "its quotes")
    for d in comparison.disagreements[:_SHOWN]:
        apart.add_row(str(d.conversation_id), *_format_result(d.rules), *_format_result(d.openai))
    if comparison.disagreements:
        console.print(apart)
    if len(comparison.disagreements) > _SHOWN:
        console.print(f"{len(comparison.disagreements) - _SHOWN} more are in --json.")
    outlook = "unknown" if monthly is None else f"about R$ {monthly:.2f}"
    console.print(
        f"It cost R$ {bill.cost_brl:.4f} ({bill.calls} calls, {bill.reused} answers paid before);"
        f" a month like the last would cost {outlook}."
    )
    for reason, count in bill.fallbacks.items():
        console.print(f"{count} conversations had no usable answer: {reason}.")
    if bill.notice:
        console.print(f"[yellow]{escape(str(bill.notice))}[/]", highlight=False)


def _print_bill(bill: "Bill") -> None:
    """Prints on standard error, so that standard output stays one JSON object a line."""
    typer.echo(f"{bill.provider}: {bill.calls} calls, R$ {bill.cost_brl:.4f}.", err=True)
    for reason, count in bill.fallbacks.items():
        typer.echo(f"{count} judged by the rules instead: {reason}.", err=True)
    for notice in bill.notices:
        typer.echo(notice, err=True)


def _format_result(result: dict[str, object]) -> tuple[str, str]:
    visit = ", visit" if result["visit_scheduled"] else ""
    quotes = result["quotes"] if isinstance(result["quotes"], list) else []
    return f"{result['score']}{visit}", escape("; ".join(f"“{quote}”" for quote in quotes))
