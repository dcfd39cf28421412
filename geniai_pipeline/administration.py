"""What an administrator does, wherever it touches: the registry, Dagster's partitions, Superset.

The command line and the sample gyms come through here, so that nothing is done in two ways.
"""

from dataclasses import dataclass

from geniai_pipeline import dashboards, orchestration
from geniai_pipeline.chatwoot import Account, Client, normalize
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import check_slug
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.registry import TenantConfig


@dataclass(frozen=True)
class AddedTenant:
    """What became of ``add_tenant``."""

    is_new: bool
    account: Account | None
    """What its Chatwoot says of the account; None: its address and token were not touched."""
    has_dashboards: bool
    """Whether Superset was running, and has its role and row filter now."""


def add_tenant(slug: str, name: str | None, config: TenantConfig) -> AddedTenant:
    """Registers a tenant, or changes one; what is not given stays as it is. Repeat it at will.

    Its Chatwoot is asked first: a tenant whose token opens nothing is not registered.

    Raises:
        PermanentError: a value cannot be used, something needed is missing, or Chatwoot refuses.
        TransientError: its Chatwoot or the database cannot be reached.

    """
    check_slug(slug)
    known = next((t for t in registry.describe_tenants() if t["slug"] == slug), None)
    missing = [
        option
        for option, given in (
            ("--name", name),
            ("--chatwoot-url", config.chatwoot_url),
            ("--account-id", config.chatwoot_account_id),
            ("--token-stdin", config.chatwoot_token),
        )
        if given is None and known is None
    ]
    if missing:
        raise PermanentError(
            f"A new tenant also needs {', '.join(missing)}.",
            mend="Give them; the token is read from standard input.",
            tenant=slug,
        )
    account = _ask_chatwoot(slug, config, known is None)
    is_new = registry.add_tenant(slug, name or str(known and known["name"]), config)
    orchestration.add_partitions([slug])
    return AddedTenant(is_new, account, _provision())


def disable_tenant(slug: str) -> None:
    """Stops a tenant's runs and its users' access; its data stays. ``add_tenant`` brings it back.

    Raises:
        PermanentError: there is none of that slug.

    """
    registry.set_active(slug, False)
    orchestration.remove_partition(slug)
    _provision()


def remove_tenant(slug: str) -> None:
    """Removes a tenant with all its data, its login, its partition, its users and its role.

    Raises:
        PermanentError: there is none of that slug.
        TransientError: Superset is not running, and the tenant's users could not be removed.

    """
    registry.describe_tenants(slug)
    with dashboards.service_account(get_settings()) as superset:
        dashboards.remove_tenant(superset, slug)
    registry.remove_tenant(slug)
    orchestration.remove_partition(slug)


def _ask_chatwoot(slug: str, config: TenantConfig, is_new: bool) -> Account | None:
    asked = (config.chatwoot_url, config.chatwoot_account_id, config.chatwoot_token)
    if all(value is None for value in asked):
        return None
    stored = None if is_new else registry.load_tenant(slug)
    with Client(
        config.chatwoot_url or (stored.chatwoot_url if stored else ""),
        config.chatwoot_account_id or (stored.chatwoot_account_id if stored else 0),
        config.chatwoot_token or (stored.chatwoot_token if stored else ""),
        tenant=slug,
    ) as client:
        return client.check()


def _provision() -> bool:
    settings = get_settings()
    if not dashboards.is_running(settings):
        return False
    dashboards.provision_all(settings)
    return True
