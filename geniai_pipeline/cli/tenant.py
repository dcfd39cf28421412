"""``geniai tenant``: the gyms that this installation serves."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geniai_pipeline.cli.output import (
    AsJson,
    Slug,
    console,
    print_json,
    print_warning,
    table,
)
from geniai_pipeline.errors import GeniaiError, PermanentError
from geniai_pipeline.tenant_settings import SETTINGS, TenantConfig

if TYPE_CHECKING:
    from geniai_pipeline.administration import Registration

tenant_app = typer.Typer(help="The gyms this installation serves.", no_args_is_help=True)


def _option(setting: str, *names: str) -> Any:
    """Builds the option of a setting; without names, typer takes the parameter's."""
    declared = SETTINGS[setting]
    return typer.Option(*names, help=declared.help, min=declared.minimum)


@tenant_app.command("add")
def tenant_add(
    slug: Slug,
    name: Annotated[str | None, typer.Option(help="The tenant's name.")] = None,
    chatwoot_url: Annotated[str | None, _option("chatwoot_url")] = None,
    account_id: Annotated[int | None, _option("chatwoot_account_id")] = None,
    token_stdin: Annotated[bool, _option("chatwoot_token", "--token-stdin")] = False,
    analyzer: Annotated[str | None, _option("analyzer")] = None,
    monthly_budget_brl: Annotated[float | None, _option("monthly_budget_brl")] = None,
    external_analysis: Annotated[
        bool | None,
        _option("external_analysis", "--external-analysis/--no-external-analysis"),
    ] = None,
    openai_when: Annotated[str | None, _option("openai_when")] = None,
    transcription: Annotated[
        bool | None, _option("transcription", "--transcribe/--no-transcribe")
    ] = None,
    timezone: Annotated[str | None, _option("timezone")] = None,
    converted_label: Annotated[list[str] | None, _option("converted_labels")] = None,
    converted_attribute: Annotated[list[str] | None, _option("converted_attributes")] = None,
    member_label: Annotated[list[str] | None, _option("member_labels")] = None,
    member_attribute: Annotated[list[str] | None, _option("member_attributes")] = None,
    bot_agent: Annotated[list[str] | None, _option("bot_agents")] = None,
    episode_silence_days: Annotated[int | None, _option("episode_silence_days")] = None,
    brand_color: Annotated[str | None, _option("brand_color")] = None,
    logo: Annotated[Path | None, _option("brand_logo")] = None,
    as_json: AsJson = False,
) -> None:
    """Register a gym, or change one: what is not given stays as it is."""
    from geniai_pipeline import administration
    from geniai_pipeline.tenants import check_slug, read_logo

    token = sys.stdin.read().strip() if token_stdin else None
    if token == "":
        raise PermanentError(
            "Standard input has no token.",
            mend='Pipe it: printf %s "$TOKEN" | geniai tenant add … --token-stdin',
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
            external_analysis=external_analysis,
            openai_when=openai_when,
            transcription=transcription,
            timezone=timezone,
            converted_labels=converted_label or None,
            converted_attributes=converted_attribute or None,
            member_labels=member_label or None,
            member_attributes=member_attribute or None,
            bot_agents=bot_agent or None,
            episode_silence_days=episode_silence_days,
            brand_color=brand_color,
            brand_logo=read_logo(logo) if logo else None,
        )
        added = administration.add_tenant(slug, name, config)
    except GeniaiError as error:
        error.tenant = slug
        raise
    if as_json:
        account = added.account and added.account.name
        print_json(
            {
                "tenant": slug,
                "is_new": added.is_new,
                "account": account,
                "has_dashboards": added.has_dashboards,
                "warnings": added.warnings,
                "webhook": added.webhook
                and {"address": added.webhook.address, "error": added.webhook.error},
            }
        )
        return
    console.print(f"{slug}: {'registered' if added.is_new else 'changed'}.")
    if added.account:
        version = f", Chatwoot {added.account.version}" if added.account.version else ""
        console.print(f"Its token belongs to the account '{added.account.name}'{version}.")
    for warning in added.warnings:
        console.print(warning)
    if added.webhook:
        _print_registration(added.webhook)
    if not added.has_dashboards:
        console.print("Its dashboards are created when Superset next starts (`geniai up`).")
    console.print(f"Fill its dashboards now with: geniai sync {slug}")


def _print_registration(webhook: "Registration") -> None:
    """Prints that a webhook was registered, or how to do it by hand."""
    from geniai_pipeline.chatwoot.webhooks import EVENTS

    if webhook.error is None:
        if webhook.is_new:
            console.print("Its Chatwoot tells changes at once, by a webhook.")
        return
    console.print(
        f"Its webhook could not be registered: {webhook.error}", markup=False, highlight=False
    )
    console.print(
        "Until it is, its Chatwoot is asked every minute. Repeat this command, or let an"
        " administrator of its Chatwoot add it: Settings, Integrations, Webhooks, with the address"
    )
    console.print(webhook.address, soft_wrap=True, highlight=False)
    console.print(f"(keep it secret) and the events {', '.join(EVENTS)}.", highlight=False)


@tenant_app.command("list")
def tenant_list(as_json: AsJson = False) -> None:
    """Show all tenants."""
    from geniai_pipeline.warehouse.registry import describe_tenants

    tenants = describe_tenants()
    if as_json:
        print_json(tenants)
        return
    shown = table("slug", "name", "active", "chatwoot", "account", "analyzer", "timezone")
    for t in tenants:
        shown.add_row(
            t["slug"], t["name"], "yes" if t["active"] else "no", t["chatwoot_url"],
            str(t["chatwoot_account_id"]), t["analyzer"], t["timezone"],
        )  # fmt: skip
    console.print(
        shown if tenants else "There are no tenants yet: `geniai tenant add` creates one."
    )


@tenant_app.command("show")
def tenant_show(slug: Slug, as_json: AsJson = False) -> None:
    """Show one tenant's settings, never its token, its last list of members and its webhook."""
    from geniai_pipeline.warehouse import webhooks
    from geniai_pipeline.warehouse.connections import TenantSession
    from geniai_pipeline.warehouse.members import read_last_list
    from geniai_pipeline.warehouse.registry import describe_tenants

    (tenant,) = describe_tenants(slug)
    with TenantSession(tenant["tenant_id"]) as session:
        last = read_last_list(session)
        tenant["webhook"] = webhooks.read_state(session).describe()
    tenant["members_list"] = last and last._asdict()
    if as_json:
        print_json(tenant)
        return
    shown = table("setting", "value")
    if last:
        tenant["members_list"] = f"{last.members} people, {last.listed_at:%Y-%m-%d %H:%M}"
    for setting, value in tenant.items():
        shown.add_row(setting, str(value))
    console.print(shown)


@tenant_app.command("facts")
def tenant_facts(
    slug: Slug,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.yaml]", help="Plans, timetable, address: replaces all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store what suggested messages may say of a gym; without a file, show it."""
    from geniai_pipeline.tenant_facts import read_facts
    from geniai_pipeline.warehouse.facts import describe_facts, store_facts

    if file is not None:
        changed = store_facts(slug, read_facts(file))
        if as_json:
            print_json({"tenant": slug, "changed": changed})
        else:
            console.print(f"{slug}: facts {'stored' if changed else 'unchanged'}.")
        return
    facts = describe_facts(slug)
    if as_json:
        print_json({"tenant": slug, "facts": facts.to_json(), "version": facts.version})
    else:
        print(facts.to_yaml(), end="")


@tenant_app.command("disable")
def tenant_disable(slug: Slug, as_json: AsJson = False) -> None:
    """Stop a tenant's runs and its users' access at once; its data stays."""
    from geniai_pipeline.administration import disable_tenant

    disable_tenant(slug, print_warning)
    if as_json:
        print_json({"tenant": slug, "active": False})
    else:
        console.print(f"{slug}: disabled. `geniai tenant add {slug}` enables it again.")


@tenant_app.command("remove")
def tenant_remove(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a tenant and all its data; its rows are written into a backup first.

    Interrupted, it is finished by the same command.
    """
    from geniai_pipeline.administration import remove_tenant
    from geniai_pipeline.warehouse.registry import describe_tenants

    name = next((t["name"] for t in describe_tenants() if t["slug"] == slug), None)
    if name is not None and not yes:
        typer.confirm(f"Delete '{name}' ({slug}) with all its data?", abort=True)
    backup = remove_tenant(slug, print_warning)
    if as_json:
        print_json({"tenant": slug, "removed": True, "backup": backup and str(backup)})
    elif backup is None:
        console.print(f"{slug}: was removed before; its remaining data is removed now.")
    else:
        console.print(f"{slug}: removed, with all its data.")
        console.print(f"Its data is in {backup}", soft_wrap=True, highlight=False)
        console.print("`geniai tenant restore` restores it from that file.")


@tenant_app.command("restore")
def tenant_restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.zip", help="The file that `tenant remove` wrote.")
    ],
    as_json: AsJson = False,
) -> None:
    """Bring a removed tenant back from its backup; its users are to be added anew."""
    from geniai_pipeline.administration import restore_tenant

    slug = restore_tenant(file)
    if as_json:
        print_json({"tenant": slug, "restored": True})
    else:
        console.print(f"{slug}: restored.")
