"""Superset configuration: settings and hooks. It reads GeniAI's settings, never the environment.

The package ``geniai_superset`` holds the functions, one module per subject.
"""

from datetime import timedelta
from typing import Any

from flask import Flask

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import SUPERSET, role_url
from geniai_superset import (
    account,
    audit_log,
    branding,
    exports,
    expressions,
    frontend,
    hardening,
    locale_pt_br,
    login_throttle,
    navigation,
    patches,
    redaction,
    refusals,
    response_cache,
    security_manager,
    sessions,
    sign_in,
    tenancy,
    unsubscribe,
    waiting,
)

settings = get_settings()

SECRET_KEY = settings.derive("superset")
SQLALCHEMY_DATABASE_URI = role_url("superset", SUPERSET)
SUPERSET_WEBSERVER_PORT = settings.superset_port

# --- Tenants ------------------------------------------------------------------------------------
DB_CONNECTION_MUTATOR = tenancy.connect_as_user
# A viewer's SQL could contain Jinja, which runs on the server; so row filters are literals.
FEATURE_FLAGS = {
    "ENABLE_TEMPLATE_PROCESSING": False,
    "CACHE_QUERY_BY_USER": True,  # by Postgres login, see tenancy.get_impersonation_key
    "DASHBOARD_RBAC": True,  # tenants do not see the platform's own dashboard
    "ALLOW_FULL_CSV_EXPORT": False,  # its stream lacks the export's headings
    "DRILL_BY": False,
    "DRILL_TO_DETAIL": False,
    "EMBEDDABLE_CHARTS": False,
}
SQL_QUERY_MUTATOR = expressions.check_query


def _cache(name: str, seconds: int, megabytes: int) -> dict[str, Any]:
    return {
        "CACHE_TYPE": "geniai_superset.caches.BoundedFileCache",
        "CACHE_DIR": str(settings.home / "superset" / "cache" / name),
        "CACHE_DEFAULT_TIMEOUT": seconds,
        "CACHE_THRESHOLD": 10_000,
        "CACHE_OPTIONS": {"mode": 0o600, "max_bytes": megabytes * 2**20},
    }


def _user_cache(name: str, lifetime: timedelta) -> dict[str, Any]:
    return {
        "CACHE_TYPE": "geniai_superset.caches.UserCache",
        "CACHE_KEY_PREFIX": name,
        "CACHE_DEFAULT_TIMEOUT": int(lifetime.total_seconds()),
    }


CACHE_CONFIG = _cache("metadata", 3600, megabytes=64)
DATA_CACHE_CONFIG = _cache("data", 300, megabytes=512)
FILTER_STATE_CACHE_CONFIG = _user_cache("filters", timedelta(days=90))
EXPLORE_FORM_DATA_CACHE_CONFIG = _user_cache("charts", timedelta(days=7))

# --- Language, numbers, dates -------------------------------------------------------------------
BABEL_DEFAULT_LOCALE = locale_pt_br.LOCALE
LANGUAGES = {locale_pt_br.LOCALE: {"flag": "br", "name": "Português (Brasil)"}}
D3_FORMAT = locale_pt_br.D3_FORMAT
D3_TIME_FORMAT = locale_pt_br.D3_TIME_FORMAT
CURRENCIES = ["BRL"]
# "Last 30 days" includes today, because users look for today first.
DEFAULT_RELATIVE_START_TIME = locale_pt_br.RELATIVE_BASE
DEFAULT_RELATIVE_END_TIME = locale_pt_br.RELATIVE_BASE

# --- Brand --------------------------------------------------------------------------------------
FAB_API_MAX_PAGE_SIZE = 1000
APP_NAME = branding.GENIAI.name
FAVICONS: list[dict[str, str]] = []  # head_custom_extra.html has the tenant's own
THEME_DEFAULT = branding.UserTheme()
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False


def COMMON_BOOTSTRAP_OVERRIDES_FUNC(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the data of every page: the language, the menu and the brand's colours."""
    return {
        "locale": locale_pt_br.LOCALE,  # Superset's is "pt", whose language pack is half empty
        "menu_data": navigation.build_menu(data["menu_data"]),
        "extra_categorical_color_schemes": branding.color_schemes(),
        "extra_sequential_color_schemes": branding.intensity_schemes(),
    }


# --- Audit log ----------------------------------------------------------------------------------
EVENT_LOGGER = audit_log.NullEventLogger()

# --- Limits and sessions ------------------------------------------------------------------------
ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
CSV_EXPORT = exports.CSV_EXPORT
CUSTOM_SECURITY_MANAGER = security_manager.SecurityManager
FAB_PASSWORD_COMPLEXITY_ENABLED = True
FAB_PASSWORD_COMPLEXITY_VALIDATOR = security_manager.check_password_rule
FAB_PASSWORD_HASH_METHOD = "scrypt:32768:8:1"  # noqa: S105
PERMANENT_SESSION_LIFETIME = sessions.LIFETIME
JWT_REFRESH_TOKEN_EXPIRES = sessions.LIFETIME
# A session's lifetime starts at sign-in, so responses need not renew the cookie. A new cookie
# would invalidate the browser's cache, which varies by cookie.
SESSION_REFRESH_EACH_REQUEST = False
LOGOUT_REDIRECT_URL = "/login/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = (settings.public_url or "").startswith("https:")
WTF_CSRF_TIME_LIMIT = int(sessions.LIFETIME.total_seconds())
# Each proxy appends the address of its client; earlier addresses may be forged by the visitor. The
# other headers come from the nearest proxy.
ENABLE_PROXY_FIX = settings.trusted_proxies > 0
PROXY_FIX_CONFIG = {
    "x_for": settings.trusted_proxies, "x_proto": 1, "x_host": 1, "x_port": 1, "x_prefix": 0,
}  # fmt: skip
TALISMAN_CONFIG = hardening.TALISMAN_CONFIG
CONTENT_SECURITY_POLICY_WARNING = False
ENABLE_CORS = False  # no page of another host may send requests
GUEST_TOKEN_JWT_SECRET = settings.derive("superset:guest")
GLOBAL_ASYNC_QUERIES_JWT_SECRET = settings.derive("superset:async")
FAB_API_SWAGGER_UI = False


def FLASK_APP_MUTATOR(app: Flask) -> None:
    """Installs what no setting of Superset covers."""
    patches.install()
    redaction.install(app)
    locale_pt_br.install(app)
    frontend.install(app)
    branding.install(app)
    hardening.install(app)
    refusals.install(app)
    sign_in.install(app)
    login_throttle.install(app)
    account.install(app)
    navigation.install(app)
    audit_log.install(app)
    response_cache.install(app)
    unsubscribe.install(app)
    waiting.install(app)
