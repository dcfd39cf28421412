"""Rotation of the secret key: what it encrypts, and the passwords derived from it."""

from typing import Any

import psycopg
from cryptography.fernet import InvalidToken
from psycopg import sql

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import reencrypt
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import (
    EMBEDDED_ADMIN,
    OWN_LOGINS,
    admin_url,
    connect,
    old_admin_url,
)
from geniai_pipeline.warehouse.logins import set_password

_SECRETS = (
    ("ops.tenant_configs", "chatwoot_token", "Chatwoot token"),
    ("ops.member_keys", "hash_key", "key of the members' hashes"),
    ("ops.webhooks", "token", "token of the webhook"),
    ("ops.webhooks", "secret", "secret of the webhook"),
)
"""By table and column, what is encrypted by the secret key."""


def rotate_key() -> int:
    """Encrypts every token with the new key and sets every own login's derived password.

    So are the keys of the members' hashes, which are none of the secret key's: the hashes stay; and
    what webhooks are checked by: Chatwoot keeps their addresses.

    It is one transaction and idempotent. Superset's service account and signing key change when
    Superset next starts.

    Returns:
        The number of Chatwoot tokens.

    Raises:
        PermanentError: neither key decrypts a secret, or the database rejects both passwords.

    """
    with connect(_reachable_admin_url()) as connection:
        tokens, *_ = (_reencrypt_column(connection, *each) for each in _SECRETS)
        embedded = get_settings().database_url is None
        logins = [*OWN_LOGINS, EMBEDDED_ADMIN] if embedded else [*OWN_LOGINS]
        for (login,) in connection.execute(
            "select rolname from pg_roles where rolname = any(%s)"
            " or rolname in (select role_name from sec.tenant_logins)",
            [logins],
        ).fetchall():
            set_password(connection, login)
        audit.add_entry(connection, "key.rotate", AuditTenant(), after={"tokens": tokens})
    return tokens


def _reencrypt_column(
    connection: psycopg.Connection[Any], table: str, column: str, secret: str
) -> int:
    names = {"table": sql.Identifier(*table.split(".")), "column": sql.Identifier(column)}
    rows = connection.execute(
        sql.SQL(
            "select t.tenant_id, t.slug, s.{column} from ops.tenants t"
            " join {table} s using (tenant_id) where s.{column} is not null for update of s"
        ).format(**names)
    ).fetchall()
    for tenant_id, slug, stored in rows:
        try:
            encrypted = reencrypt(stored)
        except InvalidToken as error:
            raise PermanentError(
                f"The {secret} was encrypted by neither of the two keys; nothing was changed.",
                mend="Set GENIAI_SECRET_KEY_OLD to the key that encrypted it.",
                tenant=slug,
            ) from error
        connection.execute(
            sql.SQL("update {table} set {column} = %s where tenant_id = %s").format(**names),
            [encrypted, tenant_id],
        )
    return len(rows)


def _reachable_admin_url() -> str:
    """Returns the administrator's connection string with the key that the server accepts."""
    try:
        with connect(admin_url()):
            return admin_url()
    except PermanentError:
        return old_admin_url()
