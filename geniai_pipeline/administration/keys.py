"""Rotation of the secret key: encrypted tokens and the passwords derived from the key."""

from cryptography.fernet import InvalidToken

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import reencrypt_token
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


def rotate_key() -> int:
    """Encrypts every token with the new key and sets every own login's derived password.

    It is one transaction and idempotent. Superset's service account and signing key change when
    Superset next starts.

    Returns:
        The number of tokens.

    Raises:
        PermanentError: neither key decrypts a token, or the database rejects both passwords.

    """
    with connect(_reachable_admin_url()) as connection:
        rows = connection.execute(
            "select tenant_id, slug, chatwoot_token from ops.tenants"
            " join ops.tenant_configs using (tenant_id) for update of tenant_configs"
        ).fetchall()
        for tenant_id, slug, stored in rows:
            connection.execute(
                "update ops.tenant_configs set chatwoot_token = %s where tenant_id = %s",
                [_reencrypt(stored, slug), tenant_id],
            )
        embedded = get_settings().database_url is None
        logins = [*OWN_LOGINS, EMBEDDED_ADMIN] if embedded else [*OWN_LOGINS]
        for (login,) in connection.execute(
            "select rolname from pg_roles where rolname = any(%s)"
            " or rolname in (select role_name from sec.tenant_logins)",
            [logins],
        ).fetchall():
            set_password(connection, login)
        audit.add_entry(connection, "key.rotate", AuditTenant(), after={"tokens": len(rows)})
    return len(rows)


def _reencrypt(stored: str, slug: str) -> str:
    try:
        return reencrypt_token(stored)
    except InvalidToken as error:
        raise PermanentError(
            "The Chatwoot token was encrypted by neither of the two keys; nothing was changed.",
            mend="Set GENIAI_SECRET_KEY_OLD to the key that encrypted the tokens.",
            tenant=slug,
        ) from error


def _reachable_admin_url() -> str:
    """Returns the administrator's connection string with the key that the server accepts."""
    try:
        with connect(admin_url()):
            return admin_url()
    except PermanentError:
        return old_admin_url()
