"""Allow-list of privileges in the data database, by role.

A new table or view follows its schema's rule. One that needs more is added here, or the suite
fails.
"""

_READ, _WRITE = "select", "select insert update delete"

BY_SCHEMA = (
    (r"dashboards\.\w+", "bi_tenant bi_tenant_admin bi_staff", _READ),
    (r"dashboards\.\w+\(.*\)", "public", "execute"),
    (r"analytics\.\w+", "bi_tenant bi_staff", _READ),
    (r"(analytics|core|raw)\.\w+", "etl_writer", _WRITE),
    (r"ops\.\w+", "etl_writer platform", _WRITE),
    (r"ops\.\w+\(.*\)", "etl_writer platform", "execute"),
)
"""What a new object may be granted without a word here: whose rows are read is the policies'
matter, and what tenants may read of the platform's own tables is listed below, by column."""

BY_LIST_ALONE = {"ops.tenants", "ops.tenant_configs", "ops.audit_logs"}
"""Where no schema's rule applies: the registry, its secrets, and books that are only added to."""

GRANTS: dict[str, dict[str, str]] = {
    "ops.audit_logs": {
        "bi_tenant_admin": _READ,
        "bi_staff": _READ,
        "platform": "select insert",
        "gatekeeper": "insert",
    },
    "ops.llm_months": {"bi_staff": _READ},
    "ops.etl_control": {"bi_tenant": _READ, "bi_staff": _READ},
    "ops.live_state": {"bi_tenant": _READ, "bi_staff": _READ},
    "ops.publications": {"bi_tenant": _READ, "bi_staff": _READ},
    "ops.report_recipients": {
        "gatekeeper": "select(tenant_id) select(email)"
        " insert(tenant_id) insert(email) insert(subscribed) update(subscribed) update(changed_at)",
    },
    "ops.tenant_configs": {
        "platform": _WRITE,
        "etl_writer": _READ,
        "bi_tenant": "select(tenant_id) select(brand_color) select(brand_logo)",
        "bi_staff": "select(tenant_id) select(analyzer) select(monthly_budget_brl)"
        " select(timezone)",
    },
    "ops.tenants": {
        "platform": _WRITE,
        "etl_writer": _READ,
        "bi_tenant": "select(tenant_id) select(slug) select(name) select(active)"
        " select(created_at)",
        "bi_staff": "select(tenant_id) select(slug) select(name) select(active) select(created_at)",
        "gatekeeper": "select(tenant_id) select(slug) select(active)",
    },
    "ops.users": {
        "bi_tenant_admin": _READ,
        "bi_staff": _READ,
        "gatekeeper": "select(tenant_id) select(email) update(last_login_at)",
    },
    "core.member_standing(integer,text[],timestamp with time zone,text)": {"etl_writer": "execute"},
    "core.member_enrolments(integer,text[],text)": {"etl_writer": "execute"},
    "raw.messages": {"platform": "select(tenant_id) delete"},
    "sec.tenant_logins": {"platform": _WRITE},
    # functions
    "ops.now()": {"public": "execute"},
    "ops.reserve_requests(text,integer,integer)": {"etl_writer": "execute"},
    "sec.loading_tenant()": {"etl_writer": "execute"},
    "sec.reading_tenant()": {"bi_tenant": "execute"},
    # schemas, languages, the database
    "schema analytics": dict.fromkeys(("bi_tenant", "bi_staff", "etl_writer"), "usage"),
    "schema core": {"etl_writer": "usage"},
    "schema dashboards": dict.fromkeys(("bi_tenant", "bi_staff", "etl_writer"), "usage"),
    "schema ops": dict.fromkeys(
        ("bi_tenant", "bi_staff", "etl_writer", "platform", "gatekeeper"), "usage"
    ),
    "schema raw": dict.fromkeys(("etl_writer", "platform"), "usage"),
    "schema sec": dict.fromkeys(("bi_tenant", "etl_writer", "platform"), "usage"),
    "language internal": {},
    "language sql": {"public": "usage"},
    "language plpgsql": {"geniai_owner": "usage"},
    "the database": {
        "geniai_owner": "create",
        "etl_writer": "connect temporary",
        **dict.fromkeys(("bi_tenant", "bi_staff", "bi_none", "gatekeeper"), "connect"),
    },
}
"""What must be granted, to nobody else unless the schema's rule says so, and not more."""

POLICIES = {
    "bi_tenant": "(tenant_id = ( SELECT sec.reading_tenant() AS reading_tenant))",
    "bi_tenant_admin": "(tenant_id = ( SELECT sec.reading_tenant() AS reading_tenant))",
    "etl_writer": "(tenant_id = ( SELECT sec.loading_tenant() AS loading_tenant))",
    "bi_staff": "true",
    "platform": "true",
    "gatekeeper": "true",
}
"""By role: whose rows it sees and writes, in every table that it has a grant on."""

OWN_POLICIES = {
    # the names of all tenants, for the loader and the staff
    "ops.tenants list": "true / ",
    # sec.reading_tenant() runs as the owner
    "sec.tenant_logins look_up": "true / ",
    # takes an address out of a report, puts none in
    "ops.report_recipients gate_unsubscribes_user": " / (NOT subscribed)",
    "ops.report_recipients gate_unsubscribes_other": "true / (NOT subscribed)",
    # leftovers of a removed tenant, which the platform deletes
    "raw.messages orphans": "(NOT (EXISTS ( SELECT FROM ops.tenants t"
    " WHERE (t.tenant_id = messages.tenant_id)))) / ",
}
"""Policies of a form of their own: whose rows they show, and which they let in."""

SEES_ALL = {("ops.tenants", "etl_writer")}
SEES_NOTHING = {("raw.messages", "platform")}
"""Where these policies make a role see other rows than its own."""

DEFINERS = {"sec.reading_tenant()", "dashboards.scheduler_seen_at()"}
"""Functions that run with their owner's rights and that others than the loader may call."""

KEYS_WITHOUT_TENANT = {
    "ops.tenants_slug_key": "a slug names one tenant, in logins and addresses",
    "sec.tenant_logins_pkey": "a login finds its tenant by it",
}
"""The registry's own keys. A key over all tenants tells whoever may write that a row is there; in
these tables the platform alone may."""

WORDS_OF_OURS = {
    "status", "kind", "channel", "last_speaker", "analyzer", "analyzer_version", "run_id",
    "row_hash",
}  # fmt: skip
"""Texts with values of ours or Chatwoot's, not a tenant's: Postgres may keep statistics of them."""

TRIGGERS = {"ops.audit_logs append_only": "refuses changes and deletions"}
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
