"""``geniai report``: the weekly report and its recipients."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geniai_pipeline.cli.output import AsJson, Slug, console, print_error, print_json, table

report_app = typer.Typer(help="The weekly report by e-mail.", no_args_is_help=True)


@report_app.command("send")
def report_send(
    slug: Slug,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it to a file, and send nothing.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send last week's report to everybody who has not got it yet; exit 1 if any failed."""
    from geniai_pipeline.reports.weekly import send_report

    outcome = send_report(slug, path=to)
    if as_json:
        print_json(asdict(outcome))
    elif outcome.path:
        console.print(f"{slug}: written to {outcome.path}", soft_wrap=True)
    else:
        console.print(f"{slug}: sent to {outcome.sent}, sent before to {outcome.already}.")
    for error in outcome.failed:
        print_error(f"{slug}: {error}")
    if outcome.failed:
        raise typer.Exit(1)


@report_app.command("subscribe")
def report_subscribe(slug: Slug, email: str) -> None:
    """Send a gym's report to an address, too: its users get it anyway."""
    _set(slug, email, True)


@report_app.command("unsubscribe")
def report_unsubscribe(slug: Slug, email: str) -> None:
    """Stop sending a gym's report to an address."""
    _set(slug, email, False)


@report_app.command("list")
def report_list(slug: Slug, as_json: AsJson = False) -> None:
    """Show who gets a gym's report, and who does not want it."""
    from geniai_pipeline.reports.recipients import read_recipients
    from geniai_pipeline.warehouse.registry import describe_tenants

    found = read_recipients(describe_tenants(slug)[0]["tenant_id"])
    if as_json:
        print_json([asdict(recipient) for recipient in found])
        return
    shown = table("e-mail", "gets it", "user")
    for r in found:
        shown.add_row(r.email, "yes" if r.subscribed else "no", "yes" if r.is_user else "no")
    console.print(shown if found else "Nobody yet: `geniai user add` or `geniai report subscribe`.")


def _set(slug: str, email: str, subscribed: bool) -> None:
    from geniai_pipeline.reports.recipients import set_subscribed

    set_subscribed(slug, email, subscribed)
    console.print(f"{email}: {'gets' if subscribed else 'no longer gets'} the report of {slug}.")
