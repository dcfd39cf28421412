"""Identity: maps the signed-in user to a tenant and a Postgres login, or to one without rights."""

from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from flask import g, has_app_context, has_request_context, session
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import URL, make_url

from geniai_pipeline.dashboards.provisioning import ADMIN, STAFF, SUPERSET_ADMIN, TENANT_ROLE
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse.connections import role_url
from geniai_superset.row_versions import read_row_versions

STAFF_ROLES = {SUPERSET_ADMIN, STAFF}
STAFF_LOGIN, NO_ACCESS_LOGIN = "bi_staff", "bi_none"
VIEWED_TENANT = "geniai_client"
"""Key in a staff user's session of the tenant that they view."""


def tenant_slug() -> str | None:
    """Returns the signed-in user's tenant; None for staff, for nobody and without a request."""
    return _identity()[1]


def user_tenant(user: Any) -> str | None:
    """Returns a user's own tenant, whoever is signed in; None for staff and users without one."""
    return _own_identity(user)[1]


def is_staff() -> bool:
    """Whether the signed-in user is staff, also while they view a tenant."""
    user = getattr(g, "user", None) if has_app_context() else None
    return user is not None and _own_identity(user)[0] == STAFF_LOGIN


def postgres_login() -> str:
    """Returns the Postgres login of the signed-in user.

    Without a user, for an inactive one, and without exactly one tenant role it is a login without
    rights.
    """
    return _identity()[0]


def connect_as_user(
    uri: URL, params: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[URL, dict[str, Any]]:
    """Replaces the stored connection's login by the user's; a hook of Superset."""
    if uri.username == NO_ACCESS_LOGIN:
        uri = make_url(role_url(postgres_login()))
    return uri, params


@cached(LRUCache(1_000), key=lambda url, **params: (url, repr(params)), lock=Lock())
def get_engine(url: URL, **params: Any) -> Engine:
    """Returns the single engine of a login. It has no pool: each query opens a connection."""
    return create_engine(url, **params)


def get_impersonation_key(_spec: Any, _user: Any) -> str:
    """Returns what Superset adds to the cache key of a chart's result.

    Users of one tenant share results, tenants never do. A new sync or renewal invalidates them at
    once, what live publishes within five minutes.
    """
    return login_and_version()


def login_and_version() -> str:
    """Returns the signed-in user's Postgres login and the version of the rows that it sees."""
    login = postgres_login()
    if login == NO_ACCESS_LOGIN:
        return login
    try:
        return f"{login} {read_row_versions(login).rows}"
    except GeniaiError:  # the chart's own query will report the error
        return login


def _identity() -> tuple[str, str | None]:
    """Returns the signed-in user's login and tenant, resolved once per request."""
    user = getattr(g, "user", None) if has_app_context() else None
    if user is None:
        return NO_ACCESS_LOGIN, None
    # Cached for the request, because a streamed response outlives the session that roles are
    # read through.
    entry = getattr(g, "_geniai_identity", None)
    if entry is None or entry[0] is not user:
        entry = g._geniai_identity = (user, _resolve_identity(user))
    identity: tuple[str, str | None] = entry[1]
    return identity


def _resolve_identity(user: Any) -> tuple[str, str | None]:
    """Returns a user's own login and tenant, or those of the tenant that a staff user views."""
    own = _own_identity(user)
    tenant = session.get(VIEWED_TENANT) if has_request_context() else None
    return (login_name(tenant), tenant) if tenant and own[0] == STAFF_LOGIN else own


def _own_identity(user: Any) -> tuple[str, str | None]:
    if getattr(user, "is_anonymous", True) or not user.is_active:
        return NO_ACCESS_LOGIN, None
    roles = {role.name for role in user.roles}
    roles |= {role.name for group in user.groups for role in group.roles}
    tenants = [role.removeprefix(TENANT_ROLE) for role in roles if role.startswith(TENANT_ROLE)]
    if len(tenants) == 1 and not roles & STAFF_ROLES:
        name = admin_login_name if ADMIN in roles else login_name
        return name(tenants[0]), tenants[0]
    if not tenants and roles & STAFF_ROLES:
        return STAFF_LOGIN, None
    return NO_ACCESS_LOGIN, None
