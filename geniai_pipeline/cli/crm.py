"""``geniai crm``: the lists that a gym's own system exports."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from geniai_pipeline.cli.output import AsJson, Slug, console, print_error, print_json
from geniai_pipeline.errors import Rejected

crm_app = typer.Typer(help="Who became a member, and who is one.", no_args_is_help=True)

_SHOWN_LINES = 20


@crm_app.command("import")
def crm_import(
    slug: Slug,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A CSV or XLSX file with the headings telefone, e-mail, data."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Import a list of sales: their buyers' conversations count as converted."""
    from geniai_pipeline.conversations.sales import read_sales
    from geniai_pipeline.warehouse import core
    from geniai_pipeline.warehouse.connections import TenantSession
    from geniai_pipeline.warehouse.registry import load_tenant

    tenant_id = load_tenant(slug).tenant_id
    listed, rejected = read_sales(file)
    with TenantSession(tenant_id) as session:
        new = core.store_sales(session, listed, rejected)
        matched = core.count_buyers_who_wrote(session)
    if as_json:
        found = {"read": len(listed), "new": new, "rejected": len(rejected), "matched": matched}
        print_json({"tenant": slug, **found})
    else:
        console.print(f"{slug}: {len(listed)} sales read, {new} of them new.")
        console.print(f"{matched} conversations belong to contacts with a sale.")
        console.print(f"Show it on the dashboards with: geniai sync {slug}")
    _report_rejected(slug, file, rejected)


@crm_app.command("members")
def crm_members(
    slug: Slug,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A CSV or XLSX file: telefone, e-mail, desde, vencimento, situação.",
        ),
    ],
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Accept a list that lacks more than a third of the last one."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import the list of those who train here now; of it, keyed hashes and dates are stored."""
    from geniai_pipeline.administration import import_members

    listed, change = import_members(slug, file, is_confirmed=yes)
    if as_json:
        counts = {"inactive": listed.inactive, "rejected": len(listed.rejected)}
        unknown = dict(listed.unknown_statuses)
        print_json({"tenant": slug, **change._asdict(), **counts, "unknown_statuses": unknown})
    else:
        console.print(
            f"{slug}: {change.members} members, {change.joined} of them new;"
            f" {change.left} have left. {listed.inactive} lines are not of members."
        )
        if not change.tells_arrivals:
            console.print(
                "More than a third of them are new, as on a first list:"
                " it enrols nobody without a date."
            )
        for status, lines in listed.unknown_statuses.most_common(_SHOWN_LINES):
            console.print(
                f"The status '{status}' is not known; its {lines} lines count as members."
            )
        console.print(f"Show it on the dashboards with: geniai sync {slug}")
    _report_rejected(slug, file, listed.rejected)


@crm_app.command("remove-members")
def crm_remove_members(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete all that is stored of a tenant's lists of members."""
    from geniai_pipeline.administration import remove_member_lists

    if not yes:
        typer.confirm(f"Delete the lists of members of {slug}?", abort=True)
    lists = remove_member_lists(slug)
    if as_json:
        print_json({"tenant": slug, "removed": lists})
    else:
        console.print(f"{slug}: {lists} lists of members removed.")
        console.print(f"Show it on the dashboards with: geniai sync {slug}")


def _report_rejected(slug: str, file: Path, rejected: Sequence[Rejected]) -> None:
    """Prints the first rejected lines of a list; where there are any, the exit code is 1."""
    for refused in rejected[:_SHOWN_LINES]:
        print_error(f"{slug}: {file.name}, {refused.key}: {refused.reason}.")
    if len(rejected) > _SHOWN_LINES:
        print_error(f"{slug}: {file.name}: {len(rejected) - _SHOWN_LINES} lines more.")
    if rejected:
        raise typer.Exit(1)
