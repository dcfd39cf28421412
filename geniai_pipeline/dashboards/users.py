"""The people who sign in to the dashboards."""

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
    """One person."""

    email: str
    role: str | None
    """``viewer``, ``admin`` or ``superadmin``; None for a user whom nobody gave one of them."""
    tenant: str | None
    active: bool
    last_login: str | None
    """ISO 8601; None: never."""


def add_user(
    superset: Superset, email: str, *, role: str, password: str, tenant: str | None = None
) -> None:
    """Lets a person sign in, with his e-mail address as his name.

    Raises:
        PermanentError: the role needs a tenant or takes none, the tenant is unknown to Superset,
            or there is such a user already.

    """
    check_role(role, tenant)
    email = email.strip().lower()
    if _find(superset, email):
        raise PermanentError(
            f"There is a user {email} already.",
            mend="`geniai user change` gives him another role or tenant, `geniai user set-password`"
            " a new password.",
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
    """Refuses a role that is none, and one that does not go with the tenant, or without one.

    Raises:
        PermanentError: it is one of these.

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
    """One person.

    Raises:
        PermanentError: there is no such user.

    """
    row = _find(superset, email)
    if row is None:
        raise unknown_user(email)
    return _user(row)


def change_user(superset: Superset, email: str, *, role: str, tenant: str | None) -> None:
    """Gives a person another role and tenant.

    Raises:
        PermanentError: there is no such user, or no such role in Superset.

    """
    check_role(role, tenant)
    superset.put(f"{_USERS}{_number(superset, email)}", {"roles": _roles(superset, role, tenant)})


def list_users(superset: Superset) -> list[User]:
    """Everybody but the service account, in order of tenant and address."""
    people = [_user(row) for row in _rows(superset)]
    return sorted(people, key=lambda person: (person.tenant or "", person.email))


def disable_user(superset: Superset, email: str) -> None:
    """Ends a person's access; what he is, is kept.

    Raises:
        PermanentError: there is no such user.

    """
    superset.put(f"{_USERS}{_number(superset, email)}", {"active": False})


def set_password(superset: Superset, email: str, password: str) -> None:
    """Gives a person a new password, and access again if it was ended.

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
        raise unknown_user(email)
    return int(row["id"])


def unknown_user(email: str) -> PermanentError:
    """The error for an address that nobody signs in with."""
    return PermanentError(
        f"There is no user {email}.", mend="`geniai user list` shows those there are."
    )


def _roles(superset: Superset, role: str, tenant: str | None) -> list[int]:
    """The numbers of the roles that make a user what he is to be."""
    known = role_ids(superset)
    names = [_PERMISSIONS[role], *([role_name(tenant)] if tenant else [])]
    if missing := [name for name in names if name not in known]:
        raise PermanentError(
            f"Superset has no role {', '.join(missing)}.",
            mend="`geniai tenant list` shows the tenants; `geniai tenant add` makes one.",
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
