"""The ``geniai`` command: what operators, cron and tests call. Each command calls a module."""

import errno
import json
import logging
import select
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import stamina
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geniai_pipeline.errors import GeniaiError, PermanentError

app = typer.Typer(
    help="A gym's Chatwoot inbox becomes its dashboard of leads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tenant_app = typer.Typer(help="The gyms this installation serves.", no_args_is_help=True)
crm_app = typer.Typer(help="Who became a member.", no_args_is_help=True)
user_app = typer.Typer(help="Who may sign in to the dashboards.", no_args_is_help=True)
app.add_typer(tenant_app, name="tenant")
app.add_typer(user_app, name="user")
app.add_typer(crm_app, name="crm")

# where nobody reads it on a screen, no line is cut to the width of one
console = Console(width=None if sys.stdout.isatty() else 200)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Slug = Annotated[str, typer.Argument(help="The tenant's slug, as `geniai tenant list` shows it.")]


def main() -> None:
    """Runs the command; an error becomes one line on standard error and exit code 1."""
    logging.basicConfig(level=logging.ERROR)  # libraries' warnings are not for this screen
    stamina.instrumentation.set_on_retry_hooks(())
    try:
        app()
    except GeniaiError as error:
        _fail(str(error))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _fail(f"The disk is full: {error.filename or 'a file'} could not be written. Free space.")
    except KeyboardInterrupt:
        raise SystemExit(130) from None


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
        _print_json({"applied": applied})
    else:
        console.print("\n".join(applied) if applied else "The database is up to date.")


@tenant_app.command("add")
def tenant_add(
    slug: Slug,
    name: Annotated[str | None, typer.Option(help="The gym's name.")] = None,
    chatwoot_url: Annotated[str | None, typer.Option(help="Its Chatwoot's address.")] = None,
    account_id: Annotated[int | None, typer.Option(help="Its account there.")] = None,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read an administrator's API token from stdin.")
    ] = False,
    analyzer: Annotated[str | None, typer.Option(help="rules or openai.")] = None,
    monthly_budget_brl: Annotated[
        float | None, typer.Option(min=0, help="What OpenAI may cost a month, in reais.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name: America/Sao_Paulo.")] = None,
    converted_label: Annotated[
        list[str] | None, typer.Option(help="A label that means: became a member. Repeatable.")
    ] = None,
    converted_attribute: Annotated[
        list[str] | None,
        typer.Option(help="A Chatwoot attribute that means it: NAME or NAME=VALUE. Repeatable."),
    ] = None,
    brand_color: Annotated[str | None, typer.Option(help="As #0f766e.")] = None,
    logo: Annotated[
        Path | None, typer.Option(help="An SVG, PNG or JPEG of at most 200 kB.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Register a gym, or change one: what is not given stays as it is."""
    from geniai_pipeline import administration
    from geniai_pipeline.tenants import check_slug, read_logo
    from geniai_pipeline.warehouse.registry import TenantConfig

    if analyzer == "openai":
        _not_yet("The OpenAI analyzer")
    if analyzer not in (None, "rules"):
        raise PermanentError(f"There is no analyzer '{analyzer}'.", mend="Use rules.", tenant=slug)
    token = sys.stdin.read().strip() if token_stdin else None
    if token == "":
        raise PermanentError(
            "No token came on standard input.",
            mend='Pipe it in: printf %s "$TOKEN" | geniai tenant add … --token-stdin',
            tenant=slug,
        )
    check_slug(slug)
    try:
        config = TenantConfig(
            chatwoot_url=chatwoot_url,
            chatwoot_account_id=account_id,
            chatwoot_token=token,
            analyzer=analyzer,
            monthly_budget_brl=monthly_budget_brl,
            timezone=timezone,
            converted_labels=converted_label or None,
            converted_attributes=converted_attribute or None,
            brand_color=brand_color,
            brand_logo=read_logo(logo) if logo else None,
        )
        added = administration.add_tenant(slug, name, config)
    except GeniaiError as error:
        error.tenant = slug
        raise
    if as_json:
        account = added.account and added.account.name
        _print_json(
            {
                "tenant": slug,
                "is_new": added.is_new,
                "account": account,
                "has_dashboards": added.has_dashboards,
            }
        )
        return
    console.print(f"{slug}: {'registered' if added.is_new else 'changed'}.")
    if added.account:
        version = f", Chatwoot {added.account.version}" if added.account.version else ""
        console.print(f"Its token opens the account '{added.account.name}'{version}.")
    if not added.has_dashboards:
        console.print("Its dashboards are made when Superset next starts (`geniai up`).")
    console.print(f"Fill its dashboards now with: geniai sync {slug}")


@tenant_app.command("list")
def tenant_list(as_json: AsJson = False) -> None:
    """Show all tenants."""
    from geniai_pipeline.warehouse.registry import describe_tenants

    tenants = describe_tenants()
    if as_json:
        _print_json(tenants)
        return
    shown = _table("slug", "name", "active", "chatwoot", "account", "analyzer", "timezone")
    for t in tenants:
        shown.add_row(
            t["slug"], t["name"], "yes" if t["active"] else "no", t["chatwoot_url"],
            str(t["chatwoot_account_id"]), t["analyzer"], t["timezone"],
        )  # fmt: skip
    console.print(shown if tenants else "There are no tenants yet: `geniai tenant add` makes one.")


@tenant_app.command("show")
def tenant_show(slug: Slug, as_json: AsJson = False) -> None:
    """Show one tenant's settings; never its token."""
    from geniai_pipeline.warehouse.registry import describe_tenants

    (tenant,) = describe_tenants(slug)
    if as_json:
        _print_json(tenant)
        return
    shown = _table("setting", "value")
    for setting, value in tenant.items():
        shown.add_row(setting, str(value))
    console.print(shown)


@tenant_app.command("disable")
def tenant_disable(slug: Slug, as_json: AsJson = False) -> None:
    """Stop a tenant's runs and its users' access; its data stays."""
    from geniai_pipeline.administration import disable_tenant

    disable_tenant(slug)
    if as_json:
        _print_json({"tenant": slug, "active": False})
    else:
        console.print(f"{slug}: disabled. `geniai tenant add {slug}` brings it back.")


@tenant_app.command("remove")
def tenant_remove(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a tenant and all its data."""
    from geniai_pipeline.administration import remove_tenant
    from geniai_pipeline.warehouse.registry import describe_tenants

    (tenant,) = describe_tenants(slug)
    if not yes:
        typer.confirm(f"Delete '{tenant['name']}' ({slug}) with all its data?", abort=True)
    remove_tenant(slug)
    if as_json:
        _print_json({"tenant": slug, "removed": True})
    else:
        console.print(f"{slug}: removed, with all its data.")


@crm_app.command("import")
def crm_import(
    slug: Slug,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Headed telefone, e-mail, data.")
    ],
    as_json: AsJson = False,
) -> None:
    """Import a list of sales: their buyers' conversations count as converted."""
    from geniai_pipeline.conversations.sales import read_sales
    from geniai_pipeline.warehouse import core
    from geniai_pipeline.warehouse.registry import load_tenant

    tenant_id = load_tenant(slug).tenant_id
    listed, rejected = read_sales(file)
    new = core.store_sales(tenant_id, listed, rejected)
    matched = core.buyers_who_wrote(tenant_id)
    if as_json:
        found = {"read": len(listed), "new": new, "rejected": len(rejected), "matched": matched}
        _print_json({"tenant": slug, **found})
    else:
        console.print(f"{slug}: {len(listed)} sales read, {new} of them new.")
        console.print(f"{matched} conversations are of somebody who bought.")
        console.print(f"Show it on the dashboards with: geniai sync {slug}")
    for refused in rejected:
        typer.echo(f"error: {slug}: {file.name}, {refused.key}: {refused.reason}.", err=True)
    if rejected:
        raise typer.Exit(1)


@app.command()
def sync(
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]...", help="Default: all active tenants.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything again, not only what changed.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the runs and show them.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Bring tenants' dashboards up to date, as runs in Dagster; exit 1 if any failed."""
    from geniai_pipeline import sync as syncing
    from geniai_pipeline.warehouse.registry import active_slugs, describe_tenants

    active = active_slugs()
    for slug in slugs or []:
        if slug not in active:
            describe_tenants(slug)
            raise PermanentError(
                "The tenant is disabled.",
                mend=f"`geniai tenant add {slug}` brings it back.",
                tenant=slug,
            )
    wanted = list(dict.fromkeys(slugs or active))
    if not wanted:
        raise PermanentError("There are no tenants.", mend="`geniai tenant add` makes one.")
    outcomes = syncing.launch(wanted, full=full)
    if wait:
        syncing.follow(outcomes, Console(stderr=True) if as_json else console)
    if as_json:
        _print_json([outcome.as_json() for outcome in outcomes])
    elif wait:
        console.print(syncing.table(outcomes))
    else:
        console.print(f"{len(outcomes)} runs are queued; `geniai status` shows them.")
    failed = [outcome for outcome in outcomes if wait and not outcome.ok]
    for outcome in failed:
        typer.echo(f"error: {outcome.error or f'{outcome.tenant}: {outcome.status}'}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show, per tenant, how fresh its dashboards are and what went wrong last."""
    from geniai_pipeline.schedule import next_run
    from geniai_pipeline.warehouse import runs

    tenants = [{**t, "next_run_at": next_run() if t["active"] else None} for t in runs.status()]
    if as_json:
        _print_json(tenants)
        return
    shown = _table(
        "tenant", "last run", "last success", "complete up to", "next run",
        "conversations", "leads", "spent / budget",
    )  # fmt: skip
    for t in tenants:
        shown.add_row(
            t["slug"] if t["active"] else f"{t['slug']} (disabled)",
            t["last_run_status"] or "never",
            *(_when(t[k]) for k in ("last_success_at", "complete_up_to", "next_run_at")),
            f"{t['conversations']:,}",
            f"{t['leads']:,}",
            f"R$ {t['spend_brl']:.2f} / {t['budget_brl'] or 0:.2f}",
        )
    console.print(shown if tenants else "There are no tenants yet: `geniai tenant add` makes one.")
    for t in tenants:
        if t["last_error"]:
            console.print(f"[red]{escape(t['last_error'])}[/]", highlight=False)


@user_app.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="Their e-mail address; they sign in with it.")],
    role: Annotated[str, typer.Option(help="viewer, admin or superadmin.")],
    tenant: Annotated[
        str | None, typer.Option(help="Whose dashboards; not for superadmin.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a user; the password is read from stdin, or made and printed once."""
    from geniai_pipeline import administration

    given = _password_from_stdin()
    login = administration.add_user(email, role=role, tenant=tenant, password=given)
    _tell_password(
        login.email, None if given else login.password, as_json, role=role, tenant=tenant
    )


@user_app.command("list")
def user_list(as_json: AsJson = False) -> None:
    """Show who may sign in."""
    from geniai_pipeline.dashboards.client import connect_superset
    from geniai_pipeline.dashboards.users import list_users

    with connect_superset() as superset:
        users = list_users(superset)
    if as_json:
        _print_json([asdict(user) for user in users])
        return
    shown = _table("e-mail", "role", "tenant", "active", "last sign-in")
    for u in users:
        shown.add_row(
            u.email, u.role or "", u.tenant or "", "yes" if u.active else "no",
            u.last_login or "never",
        )  # fmt: skip
    console.print(shown if users else "There are no users yet: `geniai user add` makes one.")


@user_app.command("disable")
def user_disable(email: str, as_json: AsJson = False) -> None:
    """Take a user's access away."""
    from geniai_pipeline.dashboards.client import connect_superset
    from geniai_pipeline.dashboards.users import disable_user

    with connect_superset() as superset:
        disable_user(superset, email)
    if as_json:
        _print_json({"email": email, "active": False})
    else:
        console.print(f"{email}: may no longer sign in.")


@user_app.command("set-password")
def user_set_password(email: str, as_json: AsJson = False) -> None:
    """Give a user a new password, from stdin, or made and printed once."""
    from geniai_pipeline import administration

    given = _password_from_stdin()
    login = administration.set_password(email, given)
    _tell_password(login.email, None if given else login.password, as_json)


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One conversation a line.")],
    analyzer: Annotated[str, typer.Option(help="rules or openai.")] = "rules",
) -> None:
    """Analyse conversations from a file: one JSON line out per line in."""
    from geniai_pipeline.analysis.files import format_analysis, read_conversations
    from geniai_pipeline.analysis.rules import RulesAnalyzer

    if analyzer == "openai":
        _not_yet("The OpenAI analyzer")
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
    _not_yet("`geniai eval`")


@app.command()
def export(
    slug: Slug,
    from_: Annotated[str | None, typer.Option("--from")] = None,
    to: str | None = None,
    format_: Annotated[str, typer.Option("--format")] = "csv",
) -> None:
    """Write a tenant's conversations, 15 columns each."""
    _not_yet("`geniai export`")


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
    _not_yet("`geniai backup`")


@app.command()
def restore(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Restore a backup."""
    _not_yet("`geniai restore`")


@app.command()
def doctor() -> None:
    """Check the installation and say what to mend."""
    _not_yet("`geniai doctor`")


def _not_yet(what: str) -> NoReturn:
    typer.echo(f"error: {what} is not there yet.", err=True)
    raise SystemExit(2)


def _fail(line: str) -> NoReturn:
    typer.echo("error: " + " ".join(line.split()), err=True)
    raise SystemExit(1)


def _table(*headings: str) -> Table:
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    return shown


def _when(moment: Any) -> str:
    return f"{moment.astimezone():%d/%m %H:%M}" if moment else "–"


def _print_json(value: Any) -> None:
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _password_from_stdin() -> str | None:
    """The first line that was piped in; None when nobody pipes anything."""
    if sys.stdin is None or sys.stdin.isatty() or not select.select([sys.stdin], [], [], 1.0)[0]:
        return None
    return sys.stdin.readline().rstrip("\r\n") or None


def _tell_password(email: str, made: str | None, as_json: bool, **more: Any) -> None:
    if as_json:
        _print_json({"email": email, **more, **({"password": made} if made else {})})
        return
    console.print(f"{email}: ready.")
    if made:
        console.print(f"Password (shown once): {made}", highlight=False)
