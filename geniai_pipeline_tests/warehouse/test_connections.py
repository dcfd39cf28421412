"""One connection per step: it is bound to its tenant, and outlives faults between transactions."""

import threading

import psycopg
import pytest

from geniai_pipeline.errors import DatabaseDownError, PermanentError
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import (
    LoginConnections,
    TenantSession,
    admin_url,
    connect,
    role_url,
)
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("database")

BACKEND = "select pg_backend_pid()"
INSERT = (
    "insert into raw.agents (tenant_id, agent_id, payload, content_hash)"
    " select %s, (select count(*) from raw.agents), '{}', 'h'"
)
COUNT = "select count(*) from raw.agents"


def read(session: TenantSession, query: str) -> int:
    with session.transaction() as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def session(make_tenant: MakeTenant, request: pytest.FixtureRequest) -> TenantSession:
    name = "".join(c for c in request.node.name if c.isalnum())
    return TenantSession(make_tenant("c" + name[-30:]).tenant_id)


def terminate(backend: int) -> None:
    with connect(admin_url()) as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", [backend])


def insert_and_fail(session: TenantSession) -> None:
    with session.transaction() as connection:
        connection.execute(INSERT, [session.tenant_id])
        raise ZeroDivisionError


def insert_and_break(session: TenantSession) -> None:
    with session.transaction() as connection:
        connection.execute(INSERT, [session.tenant_id])
        terminate(connection.info.backend_pid)
        connection.execute(INSERT, [session.tenant_id])


def test_all_transactions_of_a_session_use_one_connection(session: TenantSession) -> None:
    with session:
        assert read(session, BACKEND) == read(session, BACKEND)


def test_a_session_binds_each_transaction_to_its_tenant_and_the_connection_to_none(
    session: TenantSession, make_tenant: MakeTenant
) -> None:
    other = make_tenant("another-connection").tenant_id
    with session:
        for _ in range(2):
            assert read(session, "select sec.loading_tenant()") == session.tenant_id
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            session.transaction() as connection,
        ):
            connection.execute(INSERT, [other])
        with session.transaction() as connection:
            connection.execute(INSERT, [session.tenant_id])
            connection.commit()
            assert connection.execute(COUNT).fetchone() == (0,), "after it no tenant is bound"
        assert read(session, COUNT) == 1


def test_an_error_rolls_the_transaction_back_and_the_next_one_works(
    session: TenantSession,
) -> None:
    with session:
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(session)
        assert read(session, COUNT) == 0


def test_a_connection_that_the_server_closed_between_two_transactions_is_opened_again(
    session: TenantSession,
) -> None:
    with session:
        terminate(first := read(session, BACKEND))
        assert read(session, BACKEND) != first


def test_a_connection_that_breaks_within_a_transaction_is_an_error_and_the_next_works(
    session: TenantSession,
) -> None:
    with session:
        with pytest.raises(DatabaseDownError):
            insert_and_break(session)
        assert read(session, COUNT) == 0


def test_threads_that_share_a_session_take_turns(session: TenantSession) -> None:
    seen: list[int] = []

    def add() -> None:
        for _ in range(20):
            with session.transaction() as connection:
                connection.execute(INSERT, [session.tenant_id])
                seen.append(1)

    with session:
        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert read(session, COUNT) == len(seen) == 80


def test_each_login_keeps_one_connection_and_reads_by_its_own_rights(
    make_tenant: MakeTenant,
) -> None:
    tenants = [make_tenant(f"logins{number}") for number in range(3)]
    urls = [role_url(login_name(tenant.slug)) for tenant in tenants]
    connections = LoginConnections(most=2)

    def read(url: str) -> tuple[int, int]:
        row = connections.fetch_row(
            url, "select sec.reading_tenant() as who, pg_backend_pid() as backend"
        )
        return row["who"], row["backend"]

    first, second = read(urls[0]), read(urls[1])
    assert [who for who, _ in (first, second)] == [tenant.tenant_id for tenant in tenants[:2]]
    assert (read(urls[0]), read(urls[1])) == (first, second)

    terminate(first[1])
    again = read(urls[0])
    assert again[0] == first[0]
    assert again[1] != first[1]

    read(urls[2])  # the second read least recently
    assert read(urls[0]) == again
    assert read(urls[1])[1] != second[1]


def test_a_login_that_may_not_connect_any_more_reads_nothing(make_tenant: MakeTenant) -> None:
    tenant = make_tenant("loginended")
    connections, url = LoginConnections(most=2), role_url(login_name(tenant.slug))
    backend = connections.fetch_row(url, BACKEND)["pg_backend_pid"]
    registry.set_active(tenant.slug, False)
    terminate(backend)
    with pytest.raises(PermanentError):
        connections.fetch_row(url, BACKEND)
