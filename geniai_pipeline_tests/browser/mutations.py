"""Mutation table of Superset's protections: how each is disabled, and which probes find it."""

from collections.abc import Iterator
from dataclasses import dataclass

from geniai_pipeline.dashboards.provisioning import ADMIN, VIEWER
from geniai_pipeline.warehouse.connections import role_url
from geniai_pipeline_tests.browser.gyms import LEVE, number
from geniai_pipeline_tests.browser.probes import credentials, isolation, limits, rights, sign_in
from geniai_pipeline_tests.browser.probes.scene import Probe

_POLICIES = "Postgres' policies"
_FILTERS = "the row filters"
_OWN_FILTER = "(select id from row_level_security_filters where name = 'tenant_forte')"
_NOBODYS_FILTER = "(select id from row_level_security_filters where name = 'sem_cliente')"
_NO_FILTERS = "delete from rls_filter_tables"


@dataclass(frozen=True)
class Mutation:
    """One disabled protection."""

    protection: str
    name: str
    probes: tuple[Probe, ...]
    """The probes that might find it."""
    sql: str = ""
    """SQL on Superset's database; provisioning restores it."""
    data_sql: tuple[str, str] | None = None
    """SQL on the data's database, and what restores it."""
    mutant: str = ""
    """Name of a change of Superset's code; see ``mutants.py``."""
    behind: str | None = None
    """The layer that still protects; None: another tenant's data appears."""
    public_url: str = ""


def mutations() -> Iterator[Mutation]:
    """Yields all mutations."""
    yield from _row_filters()
    yield from _logins()
    yield from _permissions()
    yield from _people()


def _row_filters() -> Iterator[Mutation]:
    seen = (rights.doctor_checks, isolation.charts)
    for protection, row, breaks in (
        ("a tenant's row filter", _OWN_FILTER, {
            "lets all through": "update row_level_security_filters set clause = '1 = 1'",
            "is another tenant's":
                f"update row_level_security_filters set clause = 'tenant_id = {number(LEVE)}'",
            "is a base filter": "update row_level_security_filters set filter_type = 'Base'",
            "is on no dataset": "delete from rls_filter_tables",
            "is no role's": "delete from rls_filter_roles",
        }),
        ("the row filter of no one's", _NOBODYS_FILTER, {
            "lets all through": "update row_level_security_filters set clause = '1 = 1'",
            "is a regular filter": "update row_level_security_filters set filter_type = 'Regular'",
            "is on no dataset": "delete from rls_filter_tables",
            "spares every viewer":
                "insert into rls_filter_roles (role_id, rls_filter_id) select r.id, f.id from"
                f" ab_role r, row_level_security_filters f where r.name = '{VIEWER}'",
        }),
    ):  # fmt: skip
        for name, sql in breaks.items():
            key = "rls_filter_id" if "rls_filter" in sql else "id"
            key = "f.id" if sql.startswith("insert") else key
            where = "and" if sql.startswith("insert") else "where"
            yield Mutation(
                protection, name, seen, sql=f"{sql} {where} {key} = {row}", behind=_POLICIES
            )
    yield Mutation("all row filters", "are on no dataset", seen, sql=_NO_FILTERS, behind=_POLICIES)


def _logins() -> Iterator[Mutation]:
    seen: tuple[Probe, ...] = (isolation.logins, rights.doctor_checks, isolation.charts)
    protection = "each user's own login"
    for mutant in (
        "no mutator", "a viewer is the staff", "a viewer is another gym's",
        "a viewer is an administrator", "no one's is the staff", "no one's is a gym's",
        "a cookie says which gym", "files as the staff",
    ):  # fmt: skip
        behind = "the stored login has no rights" if mutant == "no mutator" else _FILTERS
        yield Mutation(protection, mutant, seen, mutant=mutant, behind=behind)
    both = f"{protection}, and row filters"
    other = (
        f"update row_level_security_filters set clause = 'tenant_id = {number(LEVE)}'"
        f" where id = {_OWN_FILTER}"
    )
    for mutant, sql in (
        ("a viewer is the staff", _NO_FILTERS),
        ("a viewer is another gym's", other),
        ("no one's is the staff", _NO_FILTERS),
        ("no one's is a gym's", _NO_FILTERS),
        ("a cookie says which gym", _NO_FILTERS),
        ("files as the staff", _NO_FILTERS),
    ):
        yield Mutation(both, mutant, seen, mutant=mutant, sql=sql)

    stored = f"update dbs set sqlalchemy_uri = '{role_url('bi_staff')}'"
    seen = (rights.doctor_checks, isolation.logins, isolation.charts)
    yield Mutation("the stored login", "is the staff's", seen, sql=stored, behind=_FILTERS)
    both = f"{stored}; {_NO_FILTERS}"
    yield Mutation("the stored login, and row filters", "is the staff's", seen, sql=both)

    seen, keys = (
        (isolation.cache, rights.doctor_checks, isolation.charts),
        "the cache's key by login",
    )
    yield Mutation(keys, "one for all", seen, mutant="one cache for all logins", behind=_FILTERS)
    yield Mutation(keys, "none", seen, mutant="no key by user", behind=_FILTERS)
    both = f"{keys}, and row filters"
    yield Mutation(both, "one for all", seen, mutant="one cache for all logins", sql=_NO_FILTERS)

    yield Mutation(
        "answers that are kept", "anybody's", (isolation.answers,), mutant="kept for anybody"
    )

    seen, waits = (isolation.who_waits,), "who waits, in an open page"
    for mutant in (
        "told without signing in", "a parameter says whose", "read as the staff",
        "one version for all", "a cookie says which gym",
    ):  # fmt: skip
        yield Mutation(waits, mutant, seen, mutant=mutant, behind="no more than an instant is told")
    policy = "alter policy own on ops.live_state using"
    yield Mutation(
        waits, "no row-level security", seen, behind="no more than an instant is told",
        data_sql=(f"{policy} (true)", f"{policy} (tenant_id = (select sec.reading_tenant()))"),
    )  # fmt: skip

    yield Mutation(
        "no guests",
        "let in",
        (rights.doctor_checks, isolation.charts),
        mutant="guests",
        behind="nobody's login",
    )
    yield Mutation(
        "no templates in SQL", "on", (rights.doctor_checks, isolation.charts),
        mutant="templates in SQL", behind=_POLICIES,
    )  # fmt: skip


_EXCESS_PERMISSIONS = (
    ("can_csv", "Superset"), ("can_explore_json", "Superset"), ("can_read", "Database"),
    ("can_write", "Database"), ("can_read", "Log"), ("can_get", "User"), ("can_get", "Role"),
    ("can_list_roles", "RoleRestAPI"), ("can_read", "Row Level Security"),
    ("can_write", "Row Level Security"), ("can_write", "Dashboard"), ("can_write", "Chart"),
    ("can_write", "Dataset"), ("can_read", "SQLLab"), ("can_execute_sql_query", "SQLLab"),
    ("can_grant_guest_token", "SecurityRestApi"), ("can_export", "ImportExportRestApi"),
    ("can_read", "Query"), ("can_read", "SavedQuery"),
    ("can_invalidate", "CacheRestApi"), ("can_read", "Theme"),
    ("all_datasource_access", "all_datasource_access"),
    ("all_database_access", "all_database_access"), ("all_query_access", "all_query_access"),
)  # fmt: skip
_LEAKS = {
    ("can_get", "User"), ("can_get", "Role"), ("can_list_roles", "RoleRestAPI"),
    ("can_read", "Row Level Security"),
}  # fmt: skip
"""Permissions that reveal other users' names: no layer protects behind the roles."""


def _permissions() -> Iterator[Mutation]:
    seen: tuple[Probe, ...] = (
        rights.doctor_checks, rights.lists, rights.changes, rights.downloads, isolation.addresses,
    )  # fmt: skip
    for act, view in _EXCESS_PERMISSIONS:
        yield Mutation(
            "what a viewer may not do", f"{act} {view}", seen, sql=grant(act, view, VIEWER),
            behind=None if (act, view) in _LEAKS else "nothing of another gym's is in it",
        )  # fmt: skip
    sql = "; ".join(
        grant(act, view, VIEWER)
        for act, view in (("can_execute_sql_query", "SQLLab"), ("all_database_access",) * 2)
    )
    yield Mutation(
        "what a viewer may not do", "all that SQL Lab asks for", seen, sql=sql, behind=_POLICIES
    )
    for act, view in _EXCESS_PERMISSIONS[-3:]:
        yield Mutation(
            "what an administrator may not do", f"{act} {view}", seen, sql=grant(act, view, ADMIN),
            behind=_POLICIES,
        )  # fmt: skip
    for act, view in (("all_datasource_access",) * 2, ("can_read", "Dashboard")):
        yield Mutation(
            "what nobody may do", f"{act} {view}", seen, sql=grant(act, view, "Public"),
            behind="the login of nobody",
        )  # fmt: skip
    yield Mutation(
        "a tenant's role allows nothing", "all_datasource_access", seen,
        sql=grant(*("all_datasource_access",) * 2, "tenant_forte"), behind=_POLICIES,
    )  # fmt: skip

    seen = (rights.doctor_checks, rights.dashboards, isolation.charts)
    readers = "the dashboards' readers"
    for slug, role in (("administracao", VIEWER), ("plataforma", VIEWER), ("plataforma", ADMIN)):
        sql = (
            "insert into dashboard_roles (dashboard_id, role_id) select d.id, r.id"
            f" from dashboards d, ab_role r where d.slug = '{slug}' and r.name = '{role}'"
        )
        yield Mutation(readers, f"{slug} for {role}", seen, sql=sql, behind=_POLICIES)
    for slug in ("administracao", "plataforma"):
        sql = (
            "delete from dashboard_roles"
            f" where dashboard_id = (select id from dashboards where slug = '{slug}')"
        )
        yield Mutation(readers, f"{slug} for no role", seen, sql=sql, behind=_POLICIES)
    yield Mutation(readers, "not asked", seen, mutant="dashboards without roles", behind=_POLICIES)


def _people() -> Iterator[Mutation]:
    ends, often, cookie = "sessions on the server", "attempts are limited", "the cookie"
    for protection, probe, mutants in (
        (ends, credentials.sessions, ("Superset's own sessions", "every session lives",
                                   "a session without end", "a token without session",
                                   "signing out ends nothing", "a new password ends nothing")),
        (ends, credentials.forged, ("a session is anybody's",)),
        (ends, credentials.cookies, ("sessions of a year",)),
        ("a disabled gym stays out", credentials.disabled, ("a disabled gym comes in",)),
        (often, sign_in.password_guesses, ("any number by one name", "any number by one address",
                                   "any number at the API's door")),
        (often, sign_in.name_variants, ("a name as it is written",)),
        (often, sign_in.service_account, ("the service account by name",)),
        (often, sign_in.forwarded_addresses, ("addresses that visitors write",)),
        (often, sign_in.known_browsers, ("every browser is a stranger's",
                                     "a known browser without limit")),
        ("a new password", sign_in.own_password, ("any old password", "easy passwords",
                                            "the old password without limit")),
        ("kept filters", limits.filters, ("filters by tab alone", "filters of anybody",
                                          "filters that hold code")),
        ("what a chart may ask", limits.expressions, ("any function",)),
        ("what a chart may ask", limits.sizes, ("answers of any size",)),
        ("odd requests", limits.malformed_requests, ("text that cannot be", "any question")),
        ("personal pages", limits.pages, ("pages that may be kept",)),
        ("pictures", limits.avatars, ("pictures by number",)),
        (cookie, credentials.cookies, ("a cookie for scripts", "a cookie for other hosts",
                             "a cookie of a year", "a cookie of no day")),
        ("passwords", credentials.passwords, ("quick passwords",)),
        ("forms", limits.headers, ("no token in forms",)),
        ("headers", limits.headers, ("no headers", "scripts of other hosts",
                                     "framed by other hosts", "asked by other hosts")),
        ("downloads by permission", rights.downloads, ("files without permission",)),
        ("the staff's doors", rights.staff_pages, ("anybody opens a client",)),
    ):  # fmt: skip
        for mutant in mutants:
            yield Mutation(
                protection, mutant, (probe, rights.doctor_checks), mutant=mutant, behind=""
            )
    yield Mutation(
        cookie,
        "a cookie without TLS",
        (credentials.cookies,),
        mutant="a cookie without TLS",
        behind="",
        public_url="https://painel.example.com",
    )
    yield Mutation(
        "Superset's lists of others",
        "open",
        (rights.staff_pages, isolation.addresses),
        mutant="lists of others",
    )


def grant(act: str, view: str, role: str) -> str:
    """Returns the SQL that grants a permission to a role without it."""
    return (
        "insert into ab_permission_view_role (id, permission_view_id, role_id)"
        " select nextval('ab_permission_view_role_id_seq'), pv.id, r.id"
        " from ab_permission_view pv join ab_permission p on p.id = pv.permission_id"
        " join ab_view_menu v on v.id = pv.view_menu_id, ab_role r"
        f" where p.name = '{act}' and v.name = '{view}' and r.name = '{role}'"
        " on conflict do nothing returning id"
    )
