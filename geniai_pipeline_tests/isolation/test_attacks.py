"""SQL attacks of a tenant's login: each is executed, and its whole output is searched."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from geniai_pipeline_tests.isolation.attacks import ATTACKS, Attack, Yields
from geniai_pipeline_tests.isolation.canaries import ONE, OTHER, Connection
from geniai_pipeline_tests.isolation.identities import SuiteDatabase

_VALUES = {
    "own": ONE.tenant_id,
    "other": OTHER.tenant_id,
    "word": OTHER.word,
    "me": ONE.login,
    "victim": OTHER.login,
}


@contextmanager
def attackers_session(suite_database: SuiteDatabase) -> Iterator[Connection]:
    """A tenant's session; the other tenant has an open transaction beside it."""
    suite_database.admin.rollback()
    with (
        closing(
            psycopg.connect(suite_database.url(OTHER.login), application_name=OTHER.word)
        ) as victim,
        closing(
            psycopg.connect(suite_database.url(ONE.login), autocommit=True, prepare_threshold=None)
        ) as connection,
    ):
        victim.execute(f"prepare busy as select '{OTHER.word}'".encode())
        victim.execute(f"declare c cursor for select '{OTHER.word}'".encode())
        yield connection


@pytest.fixture(scope="module")
def attacker(suite_database: SuiteDatabase) -> Iterator[Connection]:
    with attackers_session(suite_database) as connection:
        yield connection


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_returns_nothing_of_another_tenant(attacker: Connection, attack: Attack) -> None:
    check(attacker, attack)


def check(attacker: Connection, attack: Attack) -> None:
    """Executes an attack.

    Raises:
        AssertionError: its result is not the expected one.

    """
    answer, state = _carry_out(attacker, attack)

    statement = " ".join(attack.sql).format_map(_VALUES).lower()
    # what they sent themselves may come back to them
    rest = answer.replace(f"'{OTHER.word}'", "").replace(f"'{OTHER.login}'", "")
    assert OTHER.word not in rest.lower(), answer
    assert OTHER.word in statement or str(OTHER.tenant_id) in statement or not OTHER.is_in(rest), (
        answer
    )
    if attack.yields is Yields.REFUSAL:
        assert state in attack.states, answer
    else:
        assert state is None, answer
        assert ONE.is_in(answer) == (attack.yields is Yields.OWN), answer


def _carry_out(connection: Connection, attack: Attack) -> tuple[str, str | None]:
    """Returns all output, errors and notices included, and the error's code."""
    rest: list[object] = []
    connection.add_notice_handler(rest.append)
    state = None
    try:
        for template in attack.sql:
            statement = (
                template.format_map(_VALUES).encode() if "{" in template else template.encode()
            )
            cursor = connection.cursor()
            if statement.startswith(b"copy"):
                with cursor.copy(statement) as copy:
                    rest.extend(bytes(block).decode() for block in copy)
                continue
            cursor.execute(statement)
            if cursor.description:
                rest.extend(cursor.fetchall())
    except psycopg.Error as error:
        state = error.sqlstate
        rest += [error, error.diag]
    finally:
        connection.remove_notice_handler(rest.append)
        connection.execute("rollback")
        connection.execute("discard all")
    return "\n".join(map(_words, rest)), state


def _words(rest: object) -> str:
    """Converts output to text; of an error or a notice, every field."""
    if not isinstance(rest, psycopg.errors.Diagnostic):
        return str(rest)
    fields = [name for name in dir(rest) if name.startswith(("message", "context", "internal"))]
    return " ".join(str(getattr(rest, name)) for name in fields)
