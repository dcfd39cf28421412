"""``geniai doctor``: checks of the installation."""

import typer
from rich.markup import escape

from geniai_pipeline.cli.output import AsJson, console, print_json

app = typer.Typer()


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check the installation and say what to mend; exit 1 if anything is wrong."""
    from geniai_pipeline.doctor import CHECKS, examine

    found = examine()
    wrong = {name for name, _ in found}
    if as_json:
        findings = [
            {"check": name, "tenant": f.tenant, "what": f.what, "mend": f.mend} for name, f in found
        ]
        print_json({"ok": not found, "checks": list(CHECKS), "findings": findings})
    else:
        for name in CHECKS:
            console.print(f"{name:<12} {'[red]wrong[/]' if name in wrong else 'well'}")
            for _, finding in (entry for entry in found if entry[0] == name):
                prefix = f"{finding.tenant}: " if finding.tenant else ""
                console.print(f"  {escape(prefix + finding.what)}", highlight=False)
                console.print(f"  [dim]{escape(finding.mend)}[/]", highlight=False)
    if found:
        raise typer.Exit(1)
