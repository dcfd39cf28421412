"""Output and shared options of the commands."""

import json
import select
import sys
from collections.abc import Iterator
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

from geniai_pipeline.tenant_settings import SETTINGS
from geniai_pipeline.text import remove_controls


class _Screen(Console):
    """Console that removes escape sequences and control characters from all text."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Renders segments without control characters."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(remove_controls(piece.text), piece.style)


# without a terminal, 200 columns, so that no line is cut to a screen's width
console = _Screen(width=None if sys.stdout.isatty() else 200)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ANALYZER_HELP = SETTINGS["analyzer"].help
Slug = Annotated[str, typer.Argument(help="The tenant's slug, as `geniai tenant list` shows it.")]


def exit_unimplemented(what: str) -> NoReturn:
    """Prints that a command is not implemented, and exits with code 2."""
    typer.echo(f"error: {what} is not there yet.", err=True)
    raise SystemExit(2)


def fail(line: str) -> NoReturn:
    """Prints an error on one line of standard error, and exits with code 1."""
    print_error(line)
    raise SystemExit(1)


def print_error(line: object) -> None:
    """Prints an error on one line of standard error."""
    typer.echo("error: " + " ".join(remove_controls(str(line)).split()), err=True)


def print_warning(line: object) -> None:
    """Prints a warning on one line of standard error."""
    typer.echo("warning: " + " ".join(remove_controls(str(line)).split()), err=True)


def table(*headings: str) -> Table:
    """Builds an empty table for a terminal."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    return shown


def format_instant(moment: Any) -> str:
    """Formats an instant in the local time zone, to the minute; a dash for None."""
    return f"{moment.astimezone():%d/%m %H:%M}" if moment else "–"


def print_json(value: Any) -> None:
    """Prints a value as JSON."""
    print(
        remove_controls(json.dumps(value, default=_convert_to_json, ensure_ascii=False, indent=2))
    )


def _convert_to_json(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_password() -> str | None:
    """Reads a password from the first line of a pipe; None without a pipe."""
    if sys.stdin is None or sys.stdin.isatty() or not select.select([sys.stdin], [], [], 1.0)[0]:
        return None
    return sys.stdin.readline().rstrip("\r\n") or None


def print_login(email: str, made: str | None, as_json: bool, **more: Any) -> None:
    """Prints a user's sign-in data, with the password if it was generated."""
    if as_json:
        print_json({"email": email, **more, **({"password": made} if made else {})})
        return
    console.print(f"{email}: ready.")
    if made:
        console.print(f"Password (shown once): {made}", highlight=False)
