"""``geniai up``, ``migrate``, ``rotate-key``, ``sync`` and ``status``: operation."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from geniai_pipeline.cli.output import (
    AsJson,
    console,
    format_instant,
    print_error,
    print_json,
    table,
)
from geniai_pipeline.errors import PermanentError

app = typer.Typer()


@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Add the sample gyms and run their first sync.")
    ] = False,
) -> None:
    """Start everything in the foreground; Ctrl-C stops it all."""
    from geniai_pipeline.services.stack import up as start

    start(console, demo=demo)


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Apply the database's migrations and print those applied."""
    from geniai_pipeline.warehouse.migrations import migrate as apply

    applied = apply()
    if as_json:
        print_json({"applied": applied})
    else:
        console.print("\n".join(applied) if applied else "The database is up to date.")


@app.command("rotate-key")
def rotate_key(as_json: AsJson = False) -> None:
    """Change the secret key, from GENIAI_SECRET_KEY_OLD to GENIAI_SECRET_KEY.

    Run it while the database runs, then start everything again with the new key alone.
    """
    from geniai_pipeline import administration

    tokens = administration.rotate_key()
    if as_json:
        print_json({"tokens": tokens})
    else:
        console.print(f"{tokens} tokens are encrypted by the new key, and every login has it.")
        console.print("Restart `geniai up` with the new key and remove GENIAI_SECRET_KEY_OLD.")


@app.command()
def sync(
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]...", help="Default: all active tenants.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything again, not only what changed.")
    ] = False,
    reanalyze: Annotated[
        bool,
        typer.Option(
            "--reanalyze", help="Analyze again the conversations of another analyzer version."
        ),
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the runs and show them.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Bring tenants' dashboards up to date, as runs in Dagster; exit 1 if any failed."""
    from geniai_pipeline.orchestration import sync as syncing
    from geniai_pipeline.warehouse.registry import describe_tenants, read_active_slugs

    active = read_active_slugs()
    for slug in slugs or []:
        if slug not in active:
            describe_tenants(slug)
            raise PermanentError(
                "The tenant is disabled.",
                mend=f"`geniai tenant add {slug}` enables it again.",
                tenant=slug,
            )
    wanted = list(dict.fromkeys(slugs or active))
    if not wanted:
        raise PermanentError("There are no tenants.", mend="`geniai tenant add` creates one.")
    outcomes = syncing.launch(wanted, full=full, reanalyze=reanalyze)
    if wait:
        syncing.follow(outcomes, Console(stderr=True) if as_json else console)
    if as_json:
        print_json([outcome.to_json() for outcome in outcomes])
    elif wait:
        console.print(syncing.build_table(outcomes))
    else:
        console.print(f"{len(outcomes)} runs are queued; `geniai status` shows them.")
    for outcome in outcomes:
        if outcome.notice:
            typer.echo(f"{outcome.tenant}: {outcome.notice}", err=True)
    failed = [outcome for outcome in outcomes if wait and not outcome.ok]
    for outcome in failed:
        print_error(outcome.error or f"{outcome.tenant}: {outcome.status}")
    if failed:
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show, per tenant, how fresh its dashboards are and what went wrong; exit 1 if any failed."""
    from geniai_pipeline.warehouse import runs

    tenants = runs.status()
    if as_json:
        print_json(tenants)
    else:
        _show_status(tenants)
    if any(t["active"] and t["last_run_status"] == "failed" for t in tenants):
        raise typer.Exit(1)


def _show_status(tenants: list[dict[str, Any]]) -> None:
    shown = table(
        "tenant", "last run", "last checked", "last success", "complete up to", "next run",
        "live lag", "conversations", "leads", "spent / budget",
    )  # fmt: skip
    for t in tenants:
        shown.add_row(
            t["slug"] if t["active"] else f"{t['slug']} (disabled)",
            t["last_run_status"] or "never",
            *(
                format_instant(t[k])
                for k in ("last_checked_at", "last_success_at", "complete_up_to", "next_run_at")
            ),
            "" if t["live_lag_seconds"] is None else f"{t['live_lag_seconds']:.1f} s",
            f"{t['conversations']:,}",
            f"{t['leads']:,}",
            f"R$ {t['spend_brl']:.2f} / {t['budget_brl'] or 0:.2f}",
        )
    console.print(
        shown if tenants else "There are no tenants yet: `geniai tenant add` creates one."
    )
    for t in tenants:
        if t["last_error"]:
            console.print(f"[red]{escape(t['last_error'])}[/]", highlight=False)
        if t["live_error"]:
            console.print(
                f"[red]{t['slug']}: live fails: {escape(t['live_error'])}[/]", highlight=False
            )
        if t["notice"]:
            console.print(f"[yellow]{t['slug']}: {escape(t['notice'])}[/]", highlight=False)
