"""Superset configuration with one protection disabled: the one that MUTANT names.

``test_mutations.py`` starts Superset with this file in the place of superset_config.py.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import g, has_request_context, request, session
from sqlalchemy import text
from werkzeug.security import check_password_hash

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT
from geniai_pipeline.settings import ROOT
from geniai_pipeline.tenants import login_name

sys.path.append(str(ROOT / "superset"))

import superset_config
from superset.extensions.metastore_cache import SupersetMetastoreCache
from superset.key_value.types import PickleKeyValueCodec
from superset.security import SupersetSecurityManager
from superset_config import *  # noqa: F403

from geniai_superset import (
    audit_log,
    caches,
    exports,
    expressions,
    frontend,
    hardening,
    login_throttle,
    navigation,
    patches,
    refusals,
    response_cache,
    row_versions,
    security_manager,
    sessions,
    statements,
    tenancy,
    waiting,
)
from geniai_superset.patch_types import FunctionPatch
from geniai_superset.security_manager import SecurityManager

_own, _resolve = tenancy._own_identity, tenancy._resolve_identity
_content_policy = superset_config.TALISMAN_CONFIG["content_security_policy"]


def _setting(name: str, value: Any) -> Callable[[], None]:
    return lambda: globals().__setitem__(name, value)


def _flag(name: str, value: bool) -> Callable[[], None]:
    return _setting("FEATURE_FLAGS", superset_config.FEATURE_FLAGS | {name: value})


def _replace(where: Any, name: str, by: Any) -> Callable[[], None]:
    return lambda: setattr(where, name, by)


def _patch(target: str, by: Callable[[Any], Any]) -> Callable[[], None]:
    """Replaces one of Superset's functions."""

    def change() -> None:
        assert target in {patch.target for patch in patches.PATCHES}
        patches.PATCHES = tuple(
            replace(patch, replace=by)
            if isinstance(patch, FunctionPatch) and patch.target == target
            else patch
            for patch in patches.PATCHES
        )

    return change


def _logins(**changed: tuple[str, str | None]) -> Callable[[], None]:
    """Gives a user without a tenant, or of one, another Postgres login."""

    def own(user: Any) -> tuple[str, str | None]:
        login, tenant = _own(user)
        if getattr(user, "is_anonymous", True):
            return login, tenant
        return changed.get(login, (login, tenant))

    return _replace(tenancy, "_own_identity", own)


def _identity_from_cookie(user: Any) -> tuple[str, str | None]:
    """Applies the cookie's tenant to every user, not to staff alone."""
    tenant = session.get(tenancy.VIEWED_TENANT) if has_request_context() else None
    return (login_name(tenant), tenant) if tenant else _resolve(user)


def _policy(name: str, *hosts: str) -> Callable[[], None]:
    return lambda: _content_policy.__setitem__(name, ["'self'", *hosts])


def _cookie(name: str, value: Any, setting: str) -> Callable[[], None]:
    """Changes a setting of Flask and of Talisman: one alone has no effect."""

    def change() -> None:
        hardening.TALISMAN_CONFIG[f"session_cookie_{name}"] = value
        globals()[f"SESSION_COOKIE_{setting}"] = value

    return change


def _nothing(*_: Any, **__: Any) -> None:
    """Replaces a protecting function by one without effect."""


def _remove_hook(module: Any, name: str) -> Callable[[], None]:
    """Returns the module without one of its request hooks."""
    install = module.install

    def install_without(app: Any) -> None:
        install(app)
        for hooks in (app.before_request_funcs, app.after_request_funcs):
            hooks[None] = [hook for hook in hooks.get(None, []) if hook.__name__ != name]

    return _replace(module, "install", install_without)


def _select_sessions(condition: str) -> Callable[[], None]:
    """Selects sessions by fewer conditions."""
    sql = f"select 1 from geniai_sessions where token_hash = :hash and {condition}"

    def is_valid(secret: str | None, user_id: int) -> bool:
        with sessions._engine().connect() as connection:
            values = {"hash": sessions._hash(secret), "user_id": user_id}
            return connection.execute(text(sql), values).first() is not None

    return _replace(sessions, "is_valid", is_valid)


_count_attempt, _count = login_throttle.count_attempt, login_throttle._count


def _count_forms(user: Any, name: str) -> bool:
    return bool(request.path.startswith("/api/") or _count_attempt(user, name))


def _count_strangers(name: str, address: str) -> bool:
    return bool(name.startswith("browser ") or _count(name, address))


def _verify_uncounted(user: Any, password: str) -> bool:
    return bool(check_password_hash(user.password, password))


def _load_user_jwt(manager: Any, _: Any, claims: dict[str, Any]) -> Any:
    g.user = SupersetSecurityManager.load_user(manager, claims["sub"])
    return g.user


def _shared_key(*_: Any) -> str:
    return "all"


def _key_without_user() -> str | None:
    """Returns the response cache's key of a request, whoever sends it."""
    return request.get_data(as_text=True) if "dashboard_id" in request.args else None


def _cross_origin() -> None:
    origins = {"supports_credentials": True, "origins": ["https://evil.example"]}
    globals().update(ENABLE_CORS=True, CORS_OPTIONS=origins)


def _send_without_permission(respond: Callable[..., Any]) -> Callable[..., Any]:
    """Sends downloads without checking the permission."""

    def answer(api: Any, command: Any, *arguments: Any, **named: Any) -> Any:
        context = command._query_context
        if exports.is_list(context):
            return exports.write_list(context)
        return respond(api, command, *arguments, **named)

    return answer


def _login_of_anybody() -> str:
    login = tenancy.postgres_login()
    return "bi_t_leve" if login == tenancy.NO_ACCESS_LOGIN else login


def _login_by_parameter() -> str:
    login = tenancy.postgres_login()
    named = request.args.get(tenancy.VIEWED_TENANT)
    return login_name(named) if named and login != tenancy.NO_ACCESS_LOGIN else login


def _hash_without_login(text: bytes) -> Any:
    return sha256(text.partition(b" ")[2])


_STAFF = ("bi_staff", None)
MUTANTS: dict[str, Callable[[], None]] = {
    # Postgres logins
    "no mutator": _setting("DB_CONNECTION_MUTATOR", None),
    "a viewer is the staff": _logins(bi_t_forte=_STAFF),
    "a viewer is another gym's": _logins(bi_t_forte=("bi_t_leve", "forte")),
    "a viewer is an administrator": _logins(bi_t_forte=("bi_a_forte", "forte")),
    "no one's is the staff": _logins(bi_none=_STAFF),
    "no one's is a gym's": _logins(bi_none=("bi_t_leve", None)),
    "a cookie says which gym": _replace(tenancy, "_resolve_identity", _identity_from_cookie),
    "anybody opens a client": _replace(navigation, "is_staff", lambda: True),
    # who waits
    "told without signing in": _replace(waiting, "postgres_login", _login_of_anybody),
    "a parameter says whose": _replace(waiting, "postgres_login", _login_by_parameter),
    "read as the staff": _replace(
        waiting, "read_row_versions", lambda _: row_versions.read_row_versions("bi_staff")
    ),
    "one version for all": _replace(waiting, "sha256", _hash_without_login),
    # the cache
    "one cache for all logins": _replace(tenancy, "get_impersonation_key", _shared_key),
    "kept for anybody": _replace(response_cache, "_make_key", _key_without_user),
    "no key by user": _flag("CACHE_QUERY_BY_USER", False),
    # Superset's switches
    "templates in SQL": _flag("ENABLE_TEMPLATE_PROCESSING", True),
    "guests": _flag("EMBEDDED_SUPERSET", True),
    "dashboards without roles": _flag("DASHBOARD_RBAC", False),
    # sessions
    "Superset's own sessions": _setting("CUSTOM_SECURITY_MANAGER", SupersetSecurityManager),
    "every session lives": _replace(sessions, "is_valid", lambda *_: True),
    "a session without end": _select_sessions("user_id = :user_id"),
    "a session is anybody's": _select_sessions("ends_at > now() and :user_id > 0"),
    "a token without session": _replace(SecurityManager, "load_user_jwt", _load_user_jwt),
    "sessions of a year": _replace(sessions, "LIFETIME", timedelta(days=365)),
    "signing out ends nothing": _replace(SecurityManager, "on_user_logout", _nothing),
    "a new password ends nothing": _replace(sessions, "end_others", _nothing),
    "a disabled gym comes in": _replace(audit_log, "is_tenant_active", lambda _: True),
    # login throttle
    "any number by one name": _replace(login_throttle, "PER_NAME", 10**9),
    "any number by one address": _replace(login_throttle, "PER_ADDRESS", 10**9),
    "any number at the API's door": _replace(login_throttle, "count_attempt", _count_forms),
    "a name as it is written": _replace(login_throttle, "_account", lambda _, name: f"name {name}"),
    "the service account by name": _replace(
        security_manager,
        "_is_service",
        lambda user, _: getattr(user, "username", "") == SERVICE_ACCOUNT,
    ),
    "addresses that visitors write": _setting(
        "PROXY_FIX_CONFIG", superset_config.PROXY_FIX_CONFIG | {"x_for": 2}
    ),
    "every browser is a stranger's": _replace(login_throttle, "_read_device", lambda: ("new", [])),
    "a known browser without limit": _replace(login_throttle, "_count", _count_strangers),
    # passwords
    "any old password": _replace(login_throttle, "verify_password", lambda *_: True),
    "the old password without limit": _replace(
        login_throttle, "verify_password", _verify_uncounted
    ),
    "easy passwords": _setting("FAB_PASSWORD_COMPLEXITY_ENABLED", False),
    # stored state per user
    "filters by tab alone": _replace(sessions, "tab_identifier", lambda: "all"),
    "filters of anybody": _replace(caches.UserCache, "get_key", SupersetMetastoreCache.get_key),
    "filters that hold code": _replace(caches, "JsonKeyValueCodec", PickleKeyValueCodec),
    # chart queries
    "any function": _replace(expressions, "find_fault", _nothing),
    "answers of any size": _replace(statements, "MAX_BYTES", 10**12),
    "text that cannot be": _remove_hook(refusals, "reject_invalid_text"),
    "any question": _replace(refusals, "_translate_errors", lambda function, _: function),
    "pictures by number": _remove_hook(refusals, "hide_avatars"),
    "pages that may be kept": _remove_hook(frontend, "set_cache_headers"),
    # cookies and headers
    "a cookie for scripts": _cookie("http_only", False, "HTTPONLY"),
    "a cookie for other hosts": _cookie("samesite", None, "SAMESITE"),
    "a cookie without TLS": _setting("SESSION_COOKIE_SECURE", False),
    "a cookie of a year": _setting("PERMANENT_SESSION_LIFETIME", timedelta(days=365)),
    "a cookie of no day": _remove_hook(hardening, "make_session_permanent"),
    "no token in forms": _setting("WTF_CSRF_ENABLED", False),
    "no headers": _setting("TALISMAN_ENABLED", False),
    "scripts of other hosts": _policy("script-src", "https://evil.example"),
    "framed by other hosts": _policy("frame-ancestors", "*"),
    "asked by other hosts": _cross_origin,
    "quick passwords": _setting("FAB_PASSWORD_HASH_METHOD", "pbkdf2:sha256:1"),
    # Superset's own endpoints
    "lists of others": _remove_hook(hardening, "restrict_related_lists"),
    # downloads
    "files without permission": _patch(
        "superset.charts.data.api:ChartDataRestApi._get_data_response", _send_without_permission
    ),
    "files as the staff": _replace(exports, "postgres_login", lambda: "bi_staff"),
}
MUTANTS[os.environ["MUTANT"]]()
