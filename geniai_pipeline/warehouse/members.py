"""``core.members``: who trains at a tenant's gym, by keyed hashes of its lists."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from cryptography.fernet import InvalidToken

from geniai_pipeline.conversations.members import TABLE, Member, MembersList, hash_identity
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.load import lock_table, reject_rows
from geniai_pipeline.warehouse.queries import query


class LastList(NamedTuple):
    """The last list that was imported."""

    listed_at: datetime
    members: int


class ListChange(NamedTuple):
    """What a list says, beside the one before it; in people."""

    members: int
    joined: int
    left: int

    @property
    def tells_arrivals(self) -> bool:
        """Whether who is new on it came since the list before, as that had all members."""
        return 3 * self.joined <= self.members


def store_list(session: TenantSession, listed: MembersList, *, is_confirmed: bool) -> ListChange:
    """Stores who is on a list, who has left it since the last one, and the lines it rejects.

    Args:
        session: the tenant's.
        listed: the list.
        is_confirmed: whether it may have lost more than a third of its members, and may replace
            lists whose key cannot be decrypted.

    Raises:
        PermanentError: it has or would, or it has no members; nothing is written.

    """
    members = len(listed.members)
    if not members:
        raise PermanentError(
            f"Not one of its lines is a member's: {listed.inactive} are of others,"
            f" {len(listed.rejected)} without a telephone number and an e-mail address.",
            mend="Give a list of those who train there now.",
        )
    with session.transaction() as connection:
        key = fetch_key(connection, begins_anew=is_confirmed)
        last = fetch_last_list(connection)
        before = last.members if last else 0
        joined = _store_members(connection, key, listed.members)
        change = ListChange(members, joined, max(0, before - (members - joined)))
        if 3 * change.left > before and not is_confirmed:
            raise PermanentError(
                f"{change.left} of the {before} members of the list before are not among its"
                f" {members}. Nothing was changed.",
                mend="Check that it is this gym's. If so many have left, repeat the command with"
                " --yes.",
            )
        connection.execute(
            "insert into core.member_lists (tenant_id, listed_at, members, tells_arrivals)"
            " values (sec.loading_tenant(), ops.now(), %s, %s)",
            [members, change.tells_arrivals],
        )
        connection.execute("delete from ops.rejected_rows where source = %s", [TABLE])
        reject_rows(connection, "crm members", listed.rejected)
    return change


def read_last_list(session: TenantSession) -> LastList | None:
    """Reads when the last list was imported, and how many were on it; None: there is none."""
    with session.transaction() as connection:
        return fetch_last_list(connection)


def remove_lists(session: TenantSession) -> int:
    """Deletes the tenant's lists with their key, their rejected lines and the contacts' hashes.

    Returns:
        How many lists there were.

    """
    with session.transaction() as connection:
        lock_table(connection, "core.contacts")
        connection.execute("delete from ops.rejected_rows where source = %s", [TABLE])
        connection.execute("update core.contacts set hashes = '{}', identities_hash = ''")
        return _remove_lists(connection)


def fetch_key(connection: psycopg.Connection[Any], *, begins_anew: bool = False) -> bytes:
    """Loads the key of the tenant's hashes within a transaction; the first call makes it.

    Args:
        connection: the tenant's transaction.
        begins_anew: whether lists whose key cannot be decrypted give way to a new one.

    Raises:
        PermanentError: it was encrypted by another secret key.

    """
    cipher = get_settings().cipher()
    connection.execute(
        "insert into ops.member_keys (tenant_id, hash_key) values (sec.loading_tenant(), %s)"
        " on conflict do nothing",
        [cipher.encrypt(secrets.token_bytes(32)).decode()],
    )
    (stored,) = connection.execute("select hash_key from ops.member_keys").fetchone() or ("",)
    try:
        return cipher.decrypt(stored.encode())
    except InvalidToken as error:
        if begins_anew:  # without its key, no hash is found again
            _remove_lists(connection)
            return fetch_key(connection)
        raise PermanentError(
            "The key of the members' hashes cannot be decrypted with this secret key.",
            mend="Set GENIAI_SECRET_KEY_OLD to the key that encrypted it and run"
            " `geniai rotate-key`; if it is lost, `geniai crm members … --yes` begins anew.",
        ) from error


def _remove_lists(connection: psycopg.Connection[Any]) -> int:
    for table in ("ops.member_keys", "core.members"):
        connection.execute(f"delete from {table}")
    return connection.execute("delete from core.member_lists").rowcount


def fetch_last_list(connection: psycopg.Connection[Any]) -> LastList | None:
    """Reads the last list as ``read_last_list`` does, within a transaction."""
    row = connection.execute(
        "select listed_at, members from core.member_lists order by listed_at desc limit 1"
    ).fetchone()
    return LastList(*row) if row else None


def _store_members(
    connection: psycopg.Connection[Any], key: bytes, members: Sequence[Member]
) -> int:
    """Stores a list; returns how many of its people were on none within thirty days."""
    connection.execute(
        "create temporary table listed (person integer, identity_hash text, since date)"
        " on commit drop"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy("copy listed from stdin") as copy,
    ):
        for person, member in enumerate(members):
            for identity in (*member.phones, *member.emails):
                copy.write_row((person, hash_identity(key, identity), member.since))
    connection.execute("analyze listed")
    (joined,) = connection.execute(query("store_members")).fetchone() or (0,)
    return int(joined)
