"""``geniai export``, ``backup``, ``restore`` and ``db-url``: the data itself."""

from pathlib import Path
from typing import Annotated

import typer

from geniai_pipeline.cli.output import Slug, not_yet

app = typer.Typer()


@app.command()
def export(
    slug: Slug,
    from_: Annotated[str | None, typer.Option("--from")] = None,
    to: str | None = None,
    format_: Annotated[str, typer.Option("--format")] = "csv",
) -> None:
    """Write a tenant's conversations, 15 columns each."""
    not_yet("`geniai export`")


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
    not_yet("`geniai backup`")


@app.command()
def restore(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Restore a backup."""
    not_yet("`geniai restore`")
