"""What the catalogue says of the database, held against ``expected``. Nothing is tried here."""

import re
from pathlib import Path

from psycopg.types.json import Jsonb

from geniai_pipeline_tests.isolation import expected
from geniai_pipeline_tests.isolation.canaries import ONE, Connection

_FOLDER = Path(__file__).parent
_RULES = (_FOLDER / "rules.sql").read_text(encoding="utf-8").encode()
_GRANTS = (_FOLDER / "grants.sql").read_text(encoding="utf-8").encode()


def broken_rules(admin: Connection) -> list[str]:
    """Each object that breaks a rule of ``rules.sql``, with the rule."""
    rows = admin.execute(
        _RULES,
        {
            "policies": Jsonb(expected.POLICIES),
            "own_policies": list(expected.OWN_POLICIES),
            "without_tenant": list(expected.WITHOUT_TENANT),
            "keys_without_tenant": list(expected.KEYS_WITHOUT_TENANT),
            "triggers": list(expected.TRIGGERS),
            "definers": list(expected.DEFINERS),
            "words_of_ours": list(expected.WORDS_OF_OURS),
            "forbidden_functions": expected.FORBIDDEN_FUNCTIONS,
            "tenant_login": ONE.login,
        },
    ).fetchall()
    return sorted(f"{rule}: {name}" for rule, name in rows)


def unexpected_grants(admin: Connection) -> list[str]:
    """Each privilege that ``expected`` does not list, and each it lists that is not there."""
    granted = {(n, who, what) for n, who, what in admin.execute(_GRANTS).fetchall()}
    allowed = {
        (name, who, what)
        for name, holders in expected.GRANTS.items()
        for who, privileges in holders.items()
        for what in re.split(r" +", privileges)
    }
    return sorted(
        [f"too much: {' '.join(one)}" for one in granted - allowed]
        + [f"missing: {' '.join(one)}" for one in allowed - granted]
    )
