"""What is allowed in the data database, and to whom: this, and nothing else.

Whoever adds a table, a view, a function or a role adds it here, or the suite fails.
"""

_READ, _WRITE = "select", "select insert update delete"
_DASHBOARD = {"bi_tenant": _READ, "bi_staff": _READ}
_LOADED = {"etl_writer": _WRITE}
_ANYONE = {"public": "execute"}
"""Functions of their arguments alone, in a schema that few may use."""

GRANTS: dict[str, dict[str, str]] = {
    "analytics.conversations_analytics": _DASHBOARD | _LOADED,
    "analytics.conversation_texts": _DASHBOARD | _LOADED,
    "analytics.daily_metrics": _DASHBOARD | _LOADED,
    "analytics.daily_funnel": _DASHBOARD,
    "core.conversation_analysis": _LOADED,
    "core.conversations": _LOADED,
    "core.sales": _LOADED,
    "dashboards.brand": {"bi_tenant": _READ},
    "dashboards.conversations": _DASHBOARD,
    "dashboards.daily": _DASHBOARD,
    "dashboards.funnel": _DASHBOARD,
    "dashboards.leads": _DASHBOARD,
    "dashboards.runs": _DASHBOARD,
    "ops.etl_control": _DASHBOARD
    | {"etl_writer": "select insert update", "platform": "select update"},
    "ops.rejected_rows": _LOADED | {"platform": _READ},
    "ops.tenant_configs": {
        "platform": _WRITE,
        "etl_writer": _READ,
        "bi_tenant": "select(tenant_id) select(brand_color) select(brand_logo)",
    },
    "ops.tenants": {
        "platform": _WRITE,
        "etl_writer": _READ,
        "bi_tenant": "select(tenant_id) select(slug) select(name) select(active)",
        "bi_staff": "select(tenant_id) select(slug) select(name) select(active)",
    },
    "raw.agents": _LOADED,
    "raw.conversations": _LOADED,
    "raw.inboxes": _LOADED,
    "raw.messages": _LOADED | {"platform": "select(tenant_id) delete"},
    "sec.tenant_logins": {"platform": _WRITE},
    # functions
    "dashboards.ago(timestamp with time zone)": _ANYONE,
    "dashboards.phone(text)": _ANYONE,
    "dashboards.plain(text)": _ANYONE,
    "dashboards.situation(text)": _ANYONE,
    "dashboards.yes_no(boolean)": _ANYONE,
    "ops.reserve_requests(text,integer,integer)": {"etl_writer": "execute"},
    "sec.loading_tenant()": {"etl_writer": "execute"},
    "sec.reading_tenant()": {"bi_tenant": "execute"},
    # schemas, languages, the database
    "schema analytics": dict.fromkeys(("bi_tenant", "bi_staff", "etl_writer"), "usage"),
    "schema core": {"etl_writer": "usage"},
    "schema dashboards": dict.fromkeys(("bi_tenant", "bi_staff"), "usage"),
    "schema ops": dict.fromkeys(("bi_tenant", "bi_staff", "etl_writer", "platform"), "usage"),
    "schema raw": dict.fromkeys(("etl_writer", "platform"), "usage"),
    "schema sec": dict.fromkeys(("bi_tenant", "etl_writer", "platform"), "usage"),
    "language internal": {},
    "language sql": {"public": "usage"},
    "language plpgsql": {"geniai_owner": "usage"},
    "the database": {
        "geniai_owner": "create",
        "etl_writer": "connect temporary",
        **dict.fromkeys(("bi_tenant", "bi_staff", "bi_none"), "connect"),
    },
}

POLICIES = {
    "bi_tenant": "(tenant_id = ( SELECT sec.reading_tenant() AS reading_tenant))",
    "etl_writer": "(tenant_id = ( SELECT sec.loading_tenant() AS loading_tenant))",
    "bi_staff": "true",
    "platform": "true",
}
"""By role: whose rows it sees and writes, in every table that it has a grant on."""

OWN_POLICIES = {
    "ops.tenants list": "the names of all tenants, for the loader and the staff",
    "sec.tenant_logins look_up": "sec.reading_tenant() runs as the owner",
    "raw.messages orphans": "what a removed tenant left, for the platform to delete",
}
"""Policies of a form of their own, and why."""

SEES_ALL = {("ops.tenants", "etl_writer")}
SEES_NOTHING = {("raw.messages", "platform")}
"""Where these policies make a role see other rows than its own."""

WITHOUT_TENANT = {
    "ops.request_budget": "one row per Chatwoot host; behind a function",
    "schema_migrations": "names of files; granted to nobody",
}

DEFINERS = {"sec.reading_tenant()", "ops.reserve_requests(text,integer,integer)"}
"""Functions that run with their owner's rights."""

KEYS_WITHOUT_TENANT = {
    "ops.tenants_slug_key": "the registry's own; no tenant may write it",
    "sec.tenant_logins_pkey": "is how a login finds its tenant",
    "ops.request_budget_pkey": "has no tenant",
    "public.schema_migrations_pkey": "has no tenant",
}

WORDS_OF_OURS = {
    "status", "kind", "channel", "last_speaker", "analyzer", "analyzer_version", "run_id",
    "row_hash",
}  # fmt: skip
"""Texts whose values are ours or Chatwoot's, not a gym's: Postgres may keep statistics of them."""

TRIGGERS: dict[str, str] = {}
"""By table and name, with what each is for."""

FORBIDDEN_FUNCTIONS = "|".join(
    (
        r"^(query|cursor|table|schema|database)_to_xml",  # these run a text as SQL
        r"^ts_(stat|rewrite)$",
        r"^set_config$|^pg_notify$|^pg_sleep|^pg_export_snapshot$|^pg_logical_emit_message$",
        r"^pg_(try_)?advisory_",  # a tenant could hold up migrations
        r"^lo_(create|creat|from_bytea|open|put|get|import|export|unlink|truncate|truncate64)$",
        r"^lowrite$",
        r"^pg_(read_file|read_binary_file|ls_|stat_file|file_|current_logfile|hba_|ident_)",
    )
)
"""Functions of Postgres, by name, that no tenant may call."""
