"""Users: valid addresses and passwords, and a user's move to another tenant."""

import pytest

from geniai_pipeline import administration
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import people
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.ports import free_port


@pytest.mark.parametrize(
    "email",
    [
        "аna@example.com",  # the first letter is Cyrillic
        "ana@exаmple.com", "αna@example.com", "ａna@example.com", "an\u200ba@example.com",
        "İna@example.com", "a\u0301na@example.com",
    ],
)  # fmt: skip
def test_an_address_that_imitates_another_is_refused(email: str) -> None:
    with pytest.raises(PermanentError, match="mixes alphabets or has hidden characters"):
        administration.add_user(email, role="superadmin", tenant=None, password=None)


@pytest.mark.parametrize(
    "email", ["josé.ção@example.com.br", "ana_1+x@ex-ample.com", "анна@пример.рф"]
)
def test_an_address_of_one_alphabet_is_accepted(
    email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIAI_SUPERSET_PORT", str(free_port()))  # other tests' may be running
    get_settings.cache_clear()
    with pytest.raises(TransientError, match="Superset does not answer"):  # it comes so far
        administration.add_user(email, role="superadmin", tenant=None, password=None)


def test_a_password_that_is_easy_to_guess_is_refused() -> None:
    email = "ana@example.com"
    with pytest.raises(PermanentError, match="too easy to guess"):
        administration.add_user(email, role="superadmin", tenant=None, password="curta")
    with pytest.raises(PermanentError, match="too easy to guess"):
        administration.set_password(email, email)


def test_a_user_moved_to_another_tenant_keeps_their_last_login(
    database: str, make_tenant: MakeTenant
) -> None:
    from geniai_pipeline.dashboards.users import User

    make_tenant("from-here"), make_tenant("to-there")
    person = User("ana@example.com", "viewer", "from-here", True, None)
    people.store_users([person])
    with connect(role_url("gatekeeper")) as connection:
        connection.execute(
            "update ops.users set last_login_at = now() where email = %s", [person.email]
        )
    people.store_users([User("ana@example.com", "admin", "to-there", True, None)])

    with connect(admin_url()) as connection:
        rows = connection.execute(
            "select slug, role, last_login_at is not null from ops.users join ops.tenants"
            " using (tenant_id)"
        ).fetchall()
    assert rows == [("to-there", "admin", True)]
