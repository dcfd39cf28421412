"""``geniai analyze`` and ``geniai eval``: an analyzer on a file of conversations."""

from pathlib import Path
from typing import Annotated

import typer

from geniai_pipeline.cli.output import not_yet
from geniai_pipeline.errors import PermanentError

app = typer.Typer()


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One conversation a line.")],
    analyzer: Annotated[str, typer.Option(help="rules or openai.")] = "rules",
) -> None:
    """Analyse conversations from a file: one JSON line out per line in."""
    from geniai_pipeline.analysis.files import format_analysis, read_conversations
    from geniai_pipeline.analysis.rules import RulesAnalyzer

    if analyzer == "openai":
        not_yet("The OpenAI analyzer")
    if analyzer != "rules":
        raise PermanentError(f"There is no analyzer '{analyzer}'.", mend="Use rules.")
    reader, unreadable = RulesAnalyzer(), 0
    for line in read_conversations(file):
        if isinstance(line, PermanentError):
            unreadable += 1
            typer.echo(f"error: {line}", err=True)
            continue
        (found,) = reader.analyze([line])
        print(format_analysis(line, found))
    if unreadable:
        raise typer.Exit(1)


@app.command("eval")
def evaluate(file: Path, analyzer: str = "rules") -> None:
    """Compare an analyzer with the labels of a file."""
    not_yet("`geniai eval`")
