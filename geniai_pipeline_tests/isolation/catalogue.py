"""Static checks of the database's catalogue against ``expected``, without executing commands."""

import re
from pathlib import Path

from psycopg.types.json import Jsonb

from geniai_pipeline_tests.isolation import expected
from geniai_pipeline_tests.isolation.canaries import ONE, Connection

_FOLDER = Path(__file__).parent
_RULES = (_FOLDER / "rules.sql").read_text(encoding="utf-8").encode()
_GRANTS = (_FOLDER / "grants.sql").read_text(encoding="utf-8").encode()


def broken_rules(admin: Connection) -> list[str]:
    """Yields each object that breaks a rule of ``rules.sql``, with the rule."""
    rows = admin.execute(
        _RULES,
        {
            "policies": Jsonb(expected.POLICIES),
            "own_policies": Jsonb(expected.OWN_POLICIES),
            "keys_without_tenant": list(expected.KEYS_WITHOUT_TENANT),
            "triggers": list(expected.TRIGGERS),
            "definers": list(expected.DEFINERS),
            "words_of_ours": list(expected.WORDS_OF_OURS),
            "forbidden_functions": expected.FORBIDDEN_FUNCTIONS,
            "tenant_login": ONE.login,
            "admin_login": ONE.admin_login,
        },
    ).fetchall()
    return sorted(f"{rule}: {name}" for rule, name in rows)


def unexpected_grants(admin: Connection) -> list[str]:
    """Yields each privilege that ``expected`` forbids, and each missing one that it demands."""
    granted = {(n, who, what) for n, who, what in admin.execute(_GRANTS).fetchall()}
    demanded = {
        (name, who, what)
        for name, holders in expected.GRANTS.items()
        for who, privileges in holders.items()
        for what in privileges.split()
    }
    too_much = {one for one in granted - demanded if not _by_schema(*one)}
    return sorted(
        [f"too much: {' '.join(one)}" for one in too_much]
        + [f"missing: {' '.join(one)}" for one in demanded - granted]
    )


def _by_schema(name: str, role: str, privilege: str) -> bool:
    return name not in expected.BY_LIST_ALONE and any(
        re.fullmatch(names, name)
        and role in roles.split()
        and privilege.partition("(")[0] in what.split()
        for names, roles, what in expected.BY_SCHEMA
    )
