"""Who a dashboard user is in Postgres. Whoever is not plainly one of ours is nobody."""

from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from cachetools.func import ttl_cache
from flask import g, has_app_context, has_request_context, session
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import URL, make_url

from geniai_pipeline.dashboards.provisioning import ADMIN, STAFF, SUPERSET_ADMIN, TENANT_ROLE
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse.connections import connect, role_url

STAFF_ROLES = {SUPERSET_ADMIN, STAFF}
STAFF_LOGIN, NOBODY = "bi_staff", "bi_none"
CLIENT = "geniai_client"
"""In the session of one of the staff: the tenant through whose eyes he looks."""
_LOOK_SECONDS = 3


def tenant_slug() -> str | None:
    """The signed-in user's tenant; None for staff, for nobody and without a request."""
    return _who()[1]


def tenant_of(user: Any) -> str | None:
    """A user's own tenant, whoever is signed in; None for staff and for nobody's users."""
    return _own(user)[1]


def is_staff() -> bool:
    """Whether the signed-in user is one of the platform's own, whatever he looks at."""
    user = getattr(g, "user", None) if has_app_context() else None
    return user is not None and _own(user)[0] == STAFF_LOGIN


def postgres_login() -> str:
    """The Postgres login of the signed-in user.

    No user, an inactive one, no tenant role or two of them: a login without rights.
    """
    return _who()[0]


def connect_as_user(
    uri: URL, params: dict[str, Any], username: str | None, security_manager: Any, source: Any
) -> tuple[URL, dict[str, Any]]:
    """Superset's connection hook: the stored connection is nobody's, and becomes the user's."""
    if uri.username == NOBODY:
        uri = make_url(role_url(postgres_login()))
    return uri, params


def keep_engines() -> None:
    """One engine per login, where Superset makes one for each query.

    An engine asks its server six questions before the first query. Connections are not kept: each
    query signs in anew.
    """
    from superset.models import core

    core.create_engine = _engine


@cached(LRUCache(1_000), key=lambda url, **params: (url, repr(params)), lock=Lock())
def _engine(url: URL, **params: Any) -> Engine:
    return create_engine(url, **params)


def key_cache_by_login() -> None:
    """Chart results are cached per Postgres login, and per state of what it sees.

    One tenant's users share them, tenants never; and what a sync has brought is shown at once.
    """
    from superset.db_engine_specs.postgres import PostgresEngineSpec

    PostgresEngineSpec.get_impersonation_key = classmethod(_cache_key)


def seen_now() -> str:
    """The signed-in user's Postgres login, and the state of what it sees."""
    login = postgres_login()
    return f"{login} {_last_sync(login)}"


def _cache_key(spec: Any, user: Any) -> str:
    return seen_now()


_cache_key.is_by_login = True  # type: ignore[attr-defined]


@ttl_cache(maxsize=10_000, ttl=_LOOK_SECONDS)
def _last_sync(login: str) -> str:
    """When the data that a login sees last changed; asked anew every few seconds."""
    if login == NOBODY:
        return ""
    try:
        with connect(role_url(login)) as connection:
            row = connection.execute("select max(ended_at) from ops.etl_control").fetchone()
    except GeniaiError:  # then the chart itself will say what is wrong
        return ""
    return str(row[0]) if row else ""


def _who() -> tuple[str, str | None]:
    user = getattr(g, "user", None) if has_app_context() else None
    if user is None:
        return NOBODY, None
    # Remembered for the request, because a streamed answer outlives the session that roles are
    # read through.
    remembered = getattr(g, "_postgres_login", None)
    if remembered is None or remembered[0] is not user:
        remembered = g._postgres_login = (user, _resolve(user))
    return remembered[1]


def _resolve(user: Any) -> tuple[str, str | None]:
    """The login and the tenant of whoever asks: his own, or the client's one of the staff is at."""
    own = _own(user)
    client = session.get(CLIENT) if has_request_context() else None
    return (login_name(client), client) if client and own[0] == STAFF_LOGIN else own


def _own(user: Any) -> tuple[str, str | None]:
    if getattr(user, "is_anonymous", True) or not user.is_active:
        return NOBODY, None
    roles = {role.name for role in user.roles}
    roles |= {role.name for group in user.groups for role in group.roles}
    tenants = [role.removeprefix(TENANT_ROLE) for role in roles if role.startswith(TENANT_ROLE)]
    if len(tenants) == 1 and not roles & STAFF_ROLES:
        name = admin_login_name if ADMIN in roles else login_name
        return name(tenants[0]), tenants[0]
    if not tenants and roles & STAFF_ROLES:
        return STAFF_LOGIN, None
    return NOBODY, None
