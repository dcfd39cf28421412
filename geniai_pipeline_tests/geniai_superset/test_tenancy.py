"""Identity: which Postgres login a user has, and that each login has one engine."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy.engine.url import make_url

from geniai_pipeline.settings import get_settings
from geniai_superset import tenancy


def _user(*roles: str, active: bool = True, groups: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        is_anonymous=False,
        is_active=active,
        roles=[SimpleNamespace(name=role) for role in roles],
        groups=[SimpleNamespace(roles=[SimpleNamespace(name=role)]) for role in groups],
    )


@pytest.mark.parametrize(
    ("user", "login"),
    [
        (_user("dashboard_viewer", "tenant_alfa"), "bi_t_alfa"),
        (_user("dashboard_viewer", groups=("tenant_alfa",)), "bi_t_alfa"),
        (_user("dashboard_admin", "tenant_alfa"), "bi_a_alfa"),
        (_user("dashboard_admin"), "bi_none"),
        (_user("Admin"), "bi_staff"),
        (_user("platform_staff"), "bi_staff"),
        (_user("dashboard_viewer"), "bi_none"),
        (_user("tenant_alfa", "tenant_beta"), "bi_none"),
        (_user("tenant_alfa", groups=("tenant_beta",)), "bi_none"),
        (_user("tenant_alfa", "Admin"), "bi_none"),
        (_user("tenant_alfa", active=False), "bi_none"),
        (_user("Admin", active=False), "bi_none"),
        (SimpleNamespace(is_anonymous=True), "bi_none"),
        (SimpleNamespace(), "bi_none"),
        (None, "bi_none"),
    ],
)
def test_the_roles_of_a_user_determine_their_postgres_login(user: Any, login: str) -> None:
    with Flask("test").app_context():
        g.user = user

        assert tenancy.postgres_login() == login


def test_the_login_without_a_request_has_no_rights() -> None:
    assert tenancy.postgres_login() == "bi_none"


def test_the_stored_connection_gets_the_users_login_and_other_connections_do_not(
    embedded: None,
) -> None:
    stored = make_url("postgresql://bi_none@127.0.0.1/geniai")
    foreign = make_url("postgresql://somebody@elsewhere/other")
    with Flask("test").app_context():
        g.user = _user("tenant_alfa")

        uri, _ = tenancy.connect_as_user(stored, {}, None, None, None)

        assert uri.username == "bi_t_alfa"
        assert uri.password == get_settings().derive("pg:bi_t_alfa")
        assert tenancy.connect_as_user(foreign, {}, None, None, None)[0] == foreign


def test_a_login_has_one_engine() -> None:
    first, second = (make_url(f"postgresql://bi_t_{slug}@127.0.0.1/geniai") for slug in "ab")

    engine = tenancy.get_engine(first, pool_size=1)

    assert tenancy.get_engine(first, pool_size=1) is engine
    assert tenancy.get_engine(first, pool_size=2) is not engine
    assert tenancy.get_engine(second, pool_size=1) is not engine
