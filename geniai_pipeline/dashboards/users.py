"""Superset accounts of users, through the REST API."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, Superset
from geniai_pipeline.dashboards.provisioning import (
    ADMIN,
    STAFF,
    TENANT_ROLE,
    VIEWER,
    role_ids,
    role_name,
)
from geniai_pipeline.errors import PermanentError

Role = Literal["viewer", "admin", "superadmin"]
_PERMISSIONS: dict[str, str] = {"viewer": VIEWER, "admin": ADMIN, "superadmin": STAFF}
_USERS = "/api/v1/security/users/"


@dataclass(frozen=True)
class User:
    """A user of the dashboards."""

    email: str
    role: str | None
    """``viewer``, ``admin`` or ``superadmin``; None: the user has none of them."""
    tenant: str | None
    active: bool
    last_login: str | None
    """ISO 8601; None: never."""


def add_user(
    superset: Superset, email: str, *, role: str, password: str, tenant: str | None = None
) -> None:
    """Creates an account whose name is the e-mail address.

    Raises:
        PermanentError: the role needs a tenant or takes none, the tenant is unknown to Superset,
            or there is such a user already.

    """
    check_role(role, tenant)
    email = email.strip().lower()
    if _find(superset, email):
        raise PermanentError(
            f"The user {email} already exists.",
            mend="`geniai user change` gives them another role or tenant,"
            " `geniai user set-password` a new password.",
            tenant=tenant,
        )
    roles = _roles(superset, role, tenant)
    superset.post(
        _USERS,
        {
            "username": email,
            "email": email,
            "first_name": email.partition("@")[0],
            "last_name": tenant or "GeniAI",
            "active": True,
            "password": password,
            "roles": roles,
        },
    )


def check_role(role: str, tenant: str | None) -> None:
    """Checks a role, and that exactly the roles except superadmin have a tenant.

    Raises:
        PermanentError: the role is unknown, or does not match the tenant.

    """
    if role not in get_args(Role):
        raise PermanentError(
            f"There is no role '{role}'.", mend=f"Use one of {', '.join(get_args(Role))}."
        )
    if (role == "superadmin") != (tenant is None):
        raise PermanentError(
            f"A {role} {'belongs to no tenant' if tenant else 'needs a tenant'}.",
            mend="Give --tenant with the roles viewer and admin, and only with them.",
            tenant=tenant,
        )


def get_user(superset: Superset, email: str) -> User:
    """Reads one user.

    Raises:
        PermanentError: there is no such user.

    """
    row = _find(superset, email)
    if row is None:
        raise build_unknown_user_error(email)
    return _user(row)


def change_user(superset: Superset, email: str, *, role: str, tenant: str | None) -> None:
    """Sets a user's role and tenant.

    Raises:
        PermanentError: there is no such user, or no such role in Superset.

    """
    check_role(role, tenant)
    superset.put(f"{_USERS}{_number(superset, email)}", {"roles": _roles(superset, role, tenant)})


def list_users(superset: Superset) -> list[User]:
    """Lists all users except the service account, by tenant and address."""
    people = [_user(row) for row in _rows(superset)]
    return sorted(people, key=lambda person: (person.tenant or "", person.email))


def disable_user(superset: Superset, email: str) -> None:
    """Disables a user; role and tenant stay.

    Raises:
        PermanentError: there is no such user.

    """
    superset.put(f"{_USERS}{_number(superset, email)}", {"active": False})


def set_password(superset: Superset, email: str, password: str) -> None:
    """Sets a user's password and enables the user.

    Raises:
        PermanentError: there is no such user.

    """
    superset.put(f"{_USERS}{_number(superset, email)}", {"active": True, "password": password})


def _rows(superset: Superset) -> list[dict[str, Any]]:
    return [row for row in superset.all(_USERS) if row["username"] != SERVICE_ACCOUNT]


def _find(superset: Superset, email: str) -> dict[str, Any] | None:
    wanted = email.strip().lower()
    return next((row for row in _rows(superset) if row["username"] == wanted), None)


def _number(superset: Superset, email: str) -> int:
    row = _find(superset, email)
    if row is None:
        raise build_unknown_user_error(email)
    return int(row["id"])


def build_unknown_user_error(email: str) -> PermanentError:
    """Builds the error for an address without a user."""
    return PermanentError(f"There is no user {email}.", mend="`geniai user list` lists the users.")


def _roles(superset: Superset, role: str, tenant: str | None) -> list[int]:
    """Finds the ids of the Superset roles for a role and a tenant."""
    known = role_ids(superset)
    names = [_PERMISSIONS[role], *([role_name(tenant)] if tenant else [])]
    if missing := [name for name in names if name not in known]:
        raise PermanentError(
            f"Superset has no role {', '.join(missing)}.",
            mend="`geniai tenant list` lists the tenants; `geniai tenant add` creates one.",
            tenant=tenant,
        )
    return [known[name] for name in names]


def _user(row: dict[str, Any]) -> User:
    names = {role["name"] for role in row["roles"]}
    return User(
        email=row["username"],
        role=next((role for role, name in _PERMISSIONS.items() if name in names), None),
        tenant=next(
            (n.removeprefix(TENANT_ROLE) for n in names if n.startswith(TENANT_ROLE)), None
        ),
        active=bool(row["active"]),
        last_login=row.get("last_login"),
    )
