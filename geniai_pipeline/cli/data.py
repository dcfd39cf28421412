"""``geniai export``, ``backup``, ``restore`` and ``db-url``: output of stored data."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geniai_pipeline.cli.output import Slug, exit_unimplemented

app = typer.Typer()


@app.command()
def export(
    slug: Slug,
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day; default: all."),
    ] = None,
    to: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day, included.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="csv, jsonl or xlsx.")] = "csv",
    output: Annotated[
        Path | None,
        typer.Option(help="A file, or a folder for a file of the usual name; default: stdout."),
    ] = None,
) -> None:
    """Write a tenant's conversations, 15 columns each; days are those on which they began."""
    from geniai_pipeline import exports

    days = (from_ and from_.date(), to and to.date())
    if output is None:
        try:
            exports.export_tenant(slug, *days, format_, sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader closed the pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        written = exports.export_to_file(slug, *days, format_, output)
        typer.echo(written, err=True)


@app.command("db-url")
def db_url() -> None:
    """Print the administrator's connection string of the running database."""
    from geniai_pipeline.warehouse.connections import admin_url, connect

    with connect(admin_url()):
        print(admin_url())


@app.command()
def backup(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR")] = None, drill: bool = False
) -> None:
    """Back everything up, or rehearse a restore."""
    exit_unimplemented("`geniai backup`")


@app.command()
def restore(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Restore a backup."""
    exit_unimplemented("`geniai restore`")
