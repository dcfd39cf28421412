"""What an administrator does, wherever it touches: the registry, Dagster's partitions, Superset.

The command line and the sample gyms come through here, so that nothing is done in two ways.
"""

import re
import secrets
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from geniai_pipeline import orchestration
from geniai_pipeline.chatwoot import Account, Client, normalize
from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import Superset, connect_superset
from geniai_pipeline.dashboards.provisioning import provision
from geniai_pipeline.dashboards.provisioning import remove_tenant as remove_from_superset
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.tenants import ANALYZERS, check_slug
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.registry import TenantConfig

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_FIRST_SUPERADMIN = "admin@geniai.local"


@dataclass(frozen=True)
class Login:
    """A user that was made, or is a sample's, with the password to tell."""

    who: str
    email: str
    password: str


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
    config = _consented(slug, config, known or {})
    if config.chatwoot_url is not None:
        config = replace(config, chatwoot_url=normalize(config.chatwoot_url, slug))
    account = _ask_chatwoot(slug, config, is_new=known is None)
    is_new = registry.add_tenant(slug, name or (known["name"] if known else slug), config)
    orchestration.add_partitions([slug])
    return AddedTenant(is_new, account, provision_if_running())


def disable_tenant(slug: str) -> None:
    """Stops a tenant's runs and its users' access; its data stays. ``add_tenant`` brings it back.

    Raises:
        PermanentError: there is none of that slug.

    """
    registry.set_active(slug, False)
    orchestration.remove_partition(slug)


def remove_tenant(slug: str) -> None:
    """Removes a tenant with all its data, its login, its partition, its users and its role.

    Raises:
        PermanentError: there is none of that slug.
        TransientError: Superset is not running, so that the tenant's users could not be removed.

    """
    registry.describe_tenants(slug)
    with connect_superset() as superset:
        remove_from_superset(superset, slug)
    registry.remove_tenant(slug)
    orchestration.remove_partition(slug)


def provision_all() -> None:
    """Brings Superset's dashboards, roles and row filters to what the registry says.

    Raises:
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        provision(superset, _tenant_rows())


def provision_if_running() -> bool:
    """The same, if Superset is running; otherwise its next start does it.

    Returns:
        Whether it was.

    """
    try:
        provision_all()
    except TransientError:
        return False
    return True


def add_user(email: str, *, role: str, tenant: str | None, password: str | None) -> Login:
    """Lets a person sign in; without a password, one is made.

    Raises:
        PermanentError: the address, the role or the tenant cannot be, or the user is there already.
        TransientError: Superset is not running.

    """
    if tenant is not None:
        registry.describe_tenants(tenant)
    if not _EMAIL.fullmatch(email.strip()):
        raise PermanentError(
            f"'{email}' is no e-mail address.", mend="They sign in with it: ana@example.com."
        )
    with connect_superset() as superset:
        return _add_user(superset, email, role, tenant, password or _make_password())


def set_password(email: str, password: str | None) -> Login:
    """Gives a person a new password; without one, it is made.

    Raises:
        PermanentError: there is no such user.
        TransientError: Superset is not running.

    """
    given = password or _make_password()
    with connect_superset() as superset:
        users.set_password(superset, email, given)
    return Login("", email, given)


def first_superadmin() -> list[Login]:
    """Makes a superadmin where there is none yet, with a password to tell once.

    Raises:
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        if any(user.role == "superadmin" for user in users.list_users(superset)):
            return []
        return [_add_user(superset, _FIRST_SUPERADMIN, "superadmin", None, _make_password())]


def ensure_users(wanted: list[tuple[str, Login]]) -> list[Login]:
    """Makes those viewers that are not there yet.

    Args:
        wanted: a tenant's slug and the login, each.

    Returns:
        All the logins.

    """
    with connect_superset() as superset:
        known = {user.email for user in users.list_users(superset)}
        for tenant, login in wanted:
            if login.email not in known:
                _add_user(superset, login.email, "viewer", tenant, login.password)
    return [login for _, login in wanted]


class _TenantRow(NamedTuple):
    tenant_id: int
    slug: str


def _tenant_rows() -> list[_TenantRow]:
    return [_TenantRow(t["tenant_id"], t["slug"]) for t in registry.describe_tenants()]


def _add_user(
    superset: Superset, email: str, role: str, tenant: str | None, password: str
) -> Login:
    users.add_user(superset, email, role=role, tenant=tenant, password=password)
    return Login(tenant or role, email, password)


def _make_password() -> str:
    return secrets.token_urlsafe(12)


def _consented(slug: str, config: TenantConfig, known: dict[str, Any]) -> TenantConfig:
    """The settings, if the analyzer they choose may be asked and paid; forbidding ends OpenAI.

    Raises:
        PermanentError: OpenAI is chosen and forbidden, or has no budget.

    """
    analyzer = config.analyzer or known.get("analyzer") or "rules"
    if analyzer not in ANALYZERS:
        raise PermanentError(
            f"There is no analyzer '{analyzer}'.", mend="Use rules or openai.", tenant=slug
        )
    allowed = config.external_analysis
    if allowed is None:
        allowed = known.get("external_analysis") is not False
    if not allowed and config.analyzer == "openai":
        raise PermanentError(
            "It forbids analysis outside, and OpenAI is outside.",
            mend="Allow it with --external-analysis, or keep --analyzer rules.",
            tenant=slug,
        )
    if not allowed:
        return replace(config, analyzer="rules")
    budget = config.monthly_budget_brl
    if budget is None:
        budget = known.get("monthly_budget_brl") or 0
    if config.analyzer == "openai" and budget <= 0:
        raise PermanentError(
            "OpenAI needs a budget.",
            mend="Say what it may cost a month, in reais: --monthly-budget-brl 30.",
            tenant=slug,
        )
    return config


def _ask_chatwoot(slug: str, config: TenantConfig, *, is_new: bool) -> Account | None:
    given = (config.chatwoot_url, config.chatwoot_account_id, config.chatwoot_token)
    if all(value is None for value in given):
        return None
    stored = None if is_new else registry.load_tenant(slug)
    with Client(
        config.chatwoot_url or (stored.chatwoot_url if stored else ""),
        config.chatwoot_account_id or (stored.chatwoot_account_id if stored else 0),
        config.chatwoot_token or (stored.chatwoot_token if stored else ""),
        tenant=slug,
    ) as client:
        return client.check()
