"""Lifecycle of users: add, change, disable and remove. Superset stores the accounts."""

import re
import secrets
import unicodedata
from dataclasses import dataclass

from geniai_pipeline.dashboards import removal, users
from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, Superset, connect_superset
from geniai_pipeline.dashboards.passwords import MIN_LENGTH, is_strong
from geniai_pipeline.dashboards.sessions import end_sessions
from geniai_pipeline.dashboards.users import User
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.warehouse import audit, people, registry
from geniai_pipeline.warehouse.audit import AuditTenant

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_FIRST_SUPERADMIN = "admin@geniai.local"


@dataclass(frozen=True)
class Login:
    """Sign-in data of a new user or a sample user, with the password to print."""

    who: str
    email: str
    password: str


def add_user(email: str, *, role: str, tenant: str | None, password: str | None) -> Login:
    """Creates a user; without a password, it generates one.

    Raises:
        PermanentError: the address, password, role or tenant is invalid, or the user exists.
        TransientError: Superset is not running.

    """
    registry.find_audit_tenant(tenant)
    _check_email(email.strip())
    _check_password(password, email)
    with connect_superset() as superset:
        return _add_user(superset, email, role, tenant, password or _make_password())


def change_user(email: str, *, role: str | None, tenant: str | None) -> User:
    """Changes a user's role, tenant or both, and signs them out.

    An argument that is None keeps its value, except that a superadmin has no tenant and every
    other role needs one.

    Raises:
        PermanentError: there is no such user, or role and tenant do not match.
        TransientError: Superset is not running.

    """
    new = registry.find_audit_tenant(tenant)
    with connect_superset() as superset:
        known = users.get_user(superset, email)
        role = role or known.role or ""
        if role != "superadmin" and tenant is None:
            tenant, new = known.tenant, registry.find_audit_tenant(known.tenant)
        users.check_role(role, tenant)
        before = {"role": known.role, "tenant": known.tenant}
        with audit.record_intent("user.change", new, subject=known.email, before=before) as after:
            users.change_user(superset, known.email, role=role, tenant=tenant)
            end_sessions(email=known.email)
            after |= {"role": role, "tenant": tenant}
        if known.tenant not in (None, tenant):  # the former tenant's audit log shows it, too
            people.record_departure(registry.find_audit_tenant(known.tenant), known.email, after)
        store_users(superset)
        return users.get_user(superset, email)


def disable_user(email: str) -> None:
    """Disables a user and ends their sessions; role and tenant stay.

    Raises:
        PermanentError: there is no such user.
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        known = users.get_user(superset, email)
        audit_tenant = registry.find_audit_tenant(known.tenant)
        before = {"active": known.active}
        with audit.record_intent(
            "user.disable", audit_tenant, subject=known.email, before=before
        ) as after:
            users.disable_user(superset, known.email)
            end_sessions(email=known.email)
            after["active"] = False
        store_users(superset)


def remove_user(email: str) -> None:
    """Deletes a user with their stored data; the audit log keeps their actions.

    Superset need not be running. An interrupted removal can be repeated.

    Raises:
        PermanentError: there is no such user.

    """
    email = email.strip().lower()
    audit_tenant = people.find_audit_tenant(email)
    if audit_tenant is None and email not in removal.list_usernames() - {SERVICE_ACCOUNT}:
        raise users.build_unknown_user_error(email)
    with audit.record_intent("user.remove", audit_tenant or AuditTenant(), subject=email):
        removal.remove_user(email)
        people.delete_user(email)


def set_password(email: str, password: str | None) -> Login:
    """Sets a user's password, enables the user and ends their sessions.

    Without a password, it generates one.

    Raises:
        PermanentError: there is no such user, or the password is weak.
        TransientError: Superset is not running.

    """
    _check_password(password, email)
    given = password or _make_password()
    with connect_superset() as superset:
        known = users.get_user(superset, email)
        audit_tenant = registry.find_audit_tenant(known.tenant)
        before = {"active": known.active}
        with audit.record_intent(
            "user.password", audit_tenant, subject=known.email, before=before
        ) as after:
            users.set_password(superset, known.email, given)
            end_sessions(email=known.email)
            after["active"] = True
        store_users(superset)
    return Login("", known.email, given)


def list_users() -> list[User]:
    """Lists all users, also disabled ones, by tenant and address.

    Raises:
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        return users.list_users(superset)


def make_first_superadmin() -> list[Login]:
    """Creates a superadmin with a generated password if there is none.

    Raises:
        TransientError: Superset is not running.

    """
    with connect_superset() as superset:
        if any(user.role == "superadmin" for user in users.list_users(superset)):
            return []
        return [_add_user(superset, _FIRST_SUPERADMIN, "superadmin", None, _make_password())]


def ensure_users(wanted: list[tuple[str, Login]]) -> list[Login]:
    """Creates the tenants' administrators that do not exist.

    Args:
        wanted: pairs of a tenant's slug and a login.

    Returns:
        All the logins.

    """
    with connect_superset() as superset:
        known = {user.email for user in users.list_users(superset)}
        for tenant, login in wanted:
            if login.email not in known:
                _add_user(superset, login.email, "admin", tenant, login.password)
    return [login for _, login in wanted]


def store_users(superset: Superset) -> None:
    """Copies the users from Superset into the table that the dashboards read."""
    people.store_users(users.list_users(superset))


def _add_user(
    superset: Superset, email: str, role: str, tenant: str | None, password: str
) -> Login:
    email = email.strip().lower()
    users.check_role(role, tenant)
    with audit.record_intent(
        "user.add", registry.find_audit_tenant(tenant), subject=email
    ) as after:
        users.add_user(superset, email, role=role, tenant=tenant, password=password)
        after |= {"role": role, "tenant": tenant, "active": True}
    store_users(superset)
    return Login(tenant or role, email, password)


def _check_email(email: str) -> None:
    """Rejects invalid addresses and those that look like another (Unicode homographs)."""
    if not _EMAIL.fullmatch(email):
        raise PermanentError(
            f"'{email}' is not an e-mail address.", mend="Write it like ana@example.com."
        )
    # "LATIN SMALL LETTER A", "CYRILLIC SMALL LETTER A", "FULLWIDTH LATIN SMALL LETTER A"
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in email if letter.isalpha()}
    folded = email.casefold()
    has_marks = any(unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"} for sign in folded)
    if len(scripts) > 1 or has_marks or not unicodedata.is_normalized("NFKC", folded):
        raise PermanentError(
            f"'{email}' mixes alphabets or has hidden characters, so it can be taken for another"
            f" address ({email!a}).",
            mend="Type the address instead of copying it.",
        )


def _check_password(password: str | None, email: str) -> None:
    if password is not None and not is_strong(password, email):
        raise PermanentError(
            "The password is too easy to guess.",
            mend=f"Give one of {MIN_LENGTH} or more characters that is not the address, or none:"
            " then one is generated.",
        )


def _make_password() -> str:
    return secrets.token_urlsafe(12)
