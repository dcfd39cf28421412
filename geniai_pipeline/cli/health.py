"""``geniai doctor``: whether the installation is sound."""

import typer

from geniai_pipeline.cli.output import not_yet

app = typer.Typer()


@app.command()
def doctor() -> None:
    """Check the installation and say what to mend."""
    not_yet("`geniai doctor`")
