"""Lifecycle of a tenant: add, change, disable, remove and restore.

Each operation can stop after any of its steps; repeating the operation completes it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from geniai_pipeline.administration.users import store_users
from geniai_pipeline.administration.webhooks import Registration, ensure_webhook, remove_webhook
from geniai_pipeline.chatwoot import AccountCheck, Client, normalize_address
from geniai_pipeline.conversations.conversion import find_unknown_labels
from geniai_pipeline.dashboards import removal
from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.dashboards.provisioning import provision, provision_tenant
from geniai_pipeline.dashboards.sessions import end_sessions
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline.orchestration.partitions import add_partitions, remove_partition
from geniai_pipeline.reports.folder import remove_reports
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import ANALYZERS, check_slug, matches_agent
from geniai_pipeline.warehouse import archive, registry, remains


@dataclass(frozen=True)
class AddedTenant:
    """Result of ``add_tenant``."""

    is_new: bool
    account: AccountCheck | None
    """The account as Chatwoot describes it; None: address, account and token did not change."""
    has_dashboards: bool
    """Whether Superset was running and now has the tenant's role and row filter."""
    warnings: tuple[str, ...] = ()
    """A sentence per label or agent that the settings name and the Chatwoot account lacks, and one
    if the webhook in an earlier Chatwoot could not be deleted."""
    webhook: Registration | None = None
    """None: without a public address, its Chatwoot is only asked."""


def _ignore(line: str) -> None:
    """Reports nothing."""


def add_tenant(slug: str, name: str | None, config: TenantConfig) -> AddedTenant:
    """Registers or changes a tenant; settings that are not given keep their values. Idempotent.

    It checks the token against Chatwoot first and registers no tenant whose token is rejected.

    Raises:
        PermanentError: a value is invalid, a required one is missing, or Chatwoot refuses access.
        TransientError: its Chatwoot or the database cannot be reached.

    """
    check_slug(slug)
    known = next((t for t in registry.describe_tenants() if t["slug"] == slug), None)
    needed = {
        "--name": name,
        "--chatwoot-url": config.chatwoot_url,
        "--account-id": config.chatwoot_account_id,
        "--token-stdin": config.chatwoot_token,
    }
    missing = [option for option, given in needed.items() if given is None]
    if known is None and missing:
        raise PermanentError(
            f"A new tenant also needs {', '.join(missing)}.",
            mend="Give them; the token is read from standard input.",
            tenant=slug,
        )
    config = _check_consent(slug, config, known or {})
    if config.chatwoot_url is not None:
        config = replace(config, chatwoot_url=normalize_address(config.chatwoot_url, slug))
    account, warnings = _ask_chatwoot(slug, config, is_new=known is None)
    if known is not None and _is_moved(known, config) and (left := remove_webhook(slug)):
        warnings += (left,)
    is_new = registry.add_tenant(slug, name or (known["name"] if known else slug), config)
    add_partitions([slug])
    webhook = ensure_webhook(slug)
    return AddedTenant(is_new, account, provision_if_running(slug), warnings, webhook)


def disable_tenant(slug: str, warn: Callable[[str], None] = _ignore) -> None:
    """Stops a tenant's runs and its users' access at once; its data stays.

    It disables the tenant's Postgres logins, ends their connections, signs its users out and
    deletes its webhook in Chatwoot. ``add_tenant`` enables the tenant again.

    Args:
        slug: the tenant's.
        warn: told what is left to be done by hand.

    Raises:
        PermanentError: there is none of that slug.

    """
    registry.set_active(slug, False)
    end_sessions(tenant=slug)
    remove_partition(slug)
    if left := remove_webhook(slug):
        warn(left)


def remove_tenant(slug: str, warn: Callable[[str], None] = _ignore) -> Path | None:
    """Removes a tenant with all its data, its logins, partition, users, role and reports.

    It disables the tenant first and writes its rows into a backup file. The audit log keeps its
    entries. Superset need not be running. An interrupted removal can be repeated, because the
    registry comes last.

    Args:
        slug: the tenant's.
        warn: told what is left to be done by hand.

    Returns:
        The backup file for ``restore_tenant``; None: the tenant was removed before, and this call
        removes its remains.

    Raises:
        PermanentError: there is none of that slug, or the administrator does not see all its rows.

    """
    tenant = next((t for t in registry.describe_tenants() if t["slug"] == slug), None)
    if tenant is None:
        found = (
            removal.remove_tenant(slug),
            remove_partition(slug),
            remove_reports(slug),
            remains.remove_remains(slug),
        )
        if not any(found):
            raise registry.build_unknown_tenant_error(slug)
        return None
    disable_tenant(slug, warn)
    intent_id = remains.begin_removal(tenant["tenant_id"], slug)
    backup = archive.write_archive(slug, tenant["tenant_id"])
    removal.remove_tenant(slug)
    removal.clear_query_cache()
    remove_reports(slug)
    registry.remove_tenant(slug, str(backup), intent_id)
    return backup


def restore_tenant(backup: Path) -> str:
    """Restores a removed tenant from its backup; the backup contains no users.

    Returns:
        Its slug.

    Raises:
        PermanentError: the file is not a backup of GeniAI, or the tenant exists.

    """
    slug = archive.read_archive(backup)
    add_partitions([slug])
    ensure_webhook(slug)
    provision_if_running(slug)
    return slug


def provision_all() -> None:
    """Synchronizes Superset's dashboards, roles and row filters with the registry.

    Raises:
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        provision(superset, _tenant_rows())
        store_users(superset)


def provision_if_running(slug: str) -> bool:
    """Creates a tenant's role and row filter in Superset; if it is down, its next start does.

    Returns:
        Whether Superset was running.

    """
    (tenant,) = (row for row in _tenant_rows() if row.slug == slug)
    try:
        with connect_superset() as superset:
            whole = provision_tenant(superset, tenant)
        if not whole:
            provision_all()
    except TransientError:
        return False
    return True


def find_mismatches(client: Client, labels: Collection[str], agents: Collection[str]) -> list[str]:
    """Describes each label and agent that the settings name and the Chatwoot account lacks.

    Raises:
        PermanentError: Chatwoot refuses the request.
        TransientError: Chatwoot cannot be reached.

    """
    titles = client.labels() if labels else []
    known = [each for each in client.rows("agents") if isinstance(each, dict)] if agents else []
    return [
        *(
            f"Its Chatwoot has no label '{label}': nobody counts as a member by it."
            for label in find_unknown_labels(labels, titles)
        ),
        *(
            f"Its Chatwoot has no agent '{name}': no message counts as a bot's by it."
            for name in sorted(agents)
            if not any(matches_agent([name], a.get("id"), a.get("name")) for a in known)
        ),
    ]


def _is_moved(known: dict[str, Any], config: TenantConfig) -> bool:
    """Whether the settings name another Chatwoot or account than the stored ones."""
    return any(
        value is not None and value != known[name]
        for name, value in (
            ("chatwoot_url", config.chatwoot_url),
            ("chatwoot_account_id", config.chatwoot_account_id),
        )
    )


class _TenantRow(NamedTuple):
    tenant_id: int
    slug: str


def _tenant_rows() -> list[_TenantRow]:
    return [_TenantRow(t["tenant_id"], t["slug"]) for t in registry.describe_tenants()]


def _check_consent(slug: str, config: TenantConfig, known: dict[str, Any]) -> TenantConfig:
    """Checks consent and budget for OpenAI; without consent, it neither analyzes nor transcribes.

    Raises:
        PermanentError: OpenAI is chosen and forbidden, or has no budget.

    """
    analyzer = config.analyzer or known.get("analyzer") or "rules"
    if analyzer not in ANALYZERS:
        raise PermanentError(
            f"There is no analyzer '{analyzer}'.",
            mend=f"Use {' or '.join(ANALYZERS)}.",
            tenant=slug,
        )
    allowed = config.external_analysis
    if allowed is None:
        allowed = known.get("external_analysis") is not False
    if not allowed and config.analyzer == "openai":
        raise PermanentError(
            "The tenant forbids external analysis, and OpenAI is external.",
            mend="Allow it with --external-analysis, or keep --analyzer rules.",
            tenant=slug,
        )
    if not allowed and config.transcription:
        raise PermanentError(
            "The tenant forbids external analysis, and audios are transcribed by OpenAI.",
            mend="Allow it with --external-analysis, or leave audios unread: --no-transcribe.",
            tenant=slug,
        )
    if not allowed:
        return replace(config, analyzer="rules", transcription=False)
    budget = config.monthly_budget_brl
    if budget is None:
        budget = known.get("monthly_budget_brl") or 0
    if config.analyzer == "openai" and budget <= 0:
        raise PermanentError(
            "The analyzer openai needs a budget.",
            mend="Give its limit per month in reais: --monthly-budget-brl 30.",
            tenant=slug,
        )
    if config.transcription and budget <= 0:
        raise PermanentError(
            "Transcription needs a budget.",
            mend="Give its limit per month in reais: --monthly-budget-brl 30.",
            tenant=slug,
        )
    return config


def _ask_chatwoot(
    slug: str, config: TenantConfig, *, is_new: bool
) -> tuple[AccountCheck | None, tuple[str, ...]]:
    """Returns the account that Chatwoot describes and a warning per missing label or agent."""
    given = (config.chatwoot_url, config.chatwoot_account_id, config.chatwoot_token)
    asks_account = any(value is not None for value in given)
    names = ("converted_labels", "member_labels", "bot_agents")
    if not asks_account and all(getattr(config, name) is None for name in names):
        return None, ()
    stored = None if is_new else registry.load_tenant(slug)
    with Client(
        config.chatwoot_url or (stored.chatwoot_url if stored else ""),
        config.chatwoot_account_id or (stored.chatwoot_account_id if stored else 0),
        config.chatwoot_token or (stored.chatwoot_token if stored else ""),
        tenant=slug,
    ) as client:
        account = client.check() if asks_account else None
        converted, members, agents = (
            getattr(stored, name, ()) if (given := getattr(config, name)) is None else given
            for name in names
        )
        try:
            return account, tuple(find_mismatches(client, {*converted, *members}, agents))
        except GeniaiError:  # a warning is optional; the doctor checks again
            return account, ()
