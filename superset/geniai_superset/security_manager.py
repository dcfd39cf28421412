"""Authentication: Superset's security manager with server-side sessions and a login throttle."""

import hmac
from typing import Any

from flask import g, has_request_context, session
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_jwt_extended import get_jwt
from flask_login import user_logged_in
from superset.security import SupersetSecurityManager

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, service_password
from geniai_pipeline.dashboards.passwords import MIN_LENGTH, is_strong
from geniai_superset import audit_log, login_throttle, sessions, sign_in
from geniai_superset.tenancy import tenant_slug, user_tenant


class SecurityManager(SupersetSecurityManager):
    """Superset's security manager; rejects users of disabled tenants, records sign-ins."""

    def auth_user_db(self, username: str, password: str) -> Any:
        """Signs a user in by name and password, for a browser or for the API."""
        account = self.find_user(username=username) or self.find_user(email=username)
        if not _is_service(account, password) and not login_throttle.count_attempt(
            account, username
        ):
            return None
        user = super().auth_user_db(username, password)
        if user is None:
            audit_log.record_rejected_sign_in(account, "nome ou senha")
            sign_in.note_rejected(username)
            return None
        tenant = user_tenant(user)
        # session before check: disabling the tenant in between ends the session
        g.geniai_secret = sessions.create(user, tenant)
        if tenant is not None and not audit_log.is_tenant_active(tenant):
            sessions.end(g.geniai_secret)
            audit_log.record_rejected_sign_in(user, "cliente desativado")
            sign_in.note_rejected(username)
            return None
        login_throttle.discount_attempt(user)
        if user.username != SERVICE_ACCOUNT:  # the command that uses it writes the audit log
            audit_log.record_sign_in(user)
        return user

    def load_user(self, pk: int) -> Any:
        """Returns the user of a cookie if their session is valid."""
        return self._load_with_session(
            pk, session.get(sessions.KEY) if has_request_context() else None
        )

    def load_user_jwt(self, _header: dict[str, Any], claims: dict[str, Any]) -> Any:
        """Returns the user of an API token if the session that issued it is valid."""
        user = self._load_with_session(claims["sub"], claims.get(sessions.KEY))
        if user is not None:
            g.user = user
        return user

    def create_jwt_manager(self, app: Any) -> Any:
        """Adds the session's secret to API tokens."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(
            lambda _: {sessions.KEY: g.get("geniai_secret") or get_jwt().get(sessions.KEY)}
        )
        return manager

    def create_login_manager(self, app: Any) -> Any:
        """Adds the session's secret to cookies."""
        user_logged_in.connect(_store_secret)
        return super().create_login_manager(app)

    def on_user_logout(self, user: Any) -> None:
        """Ends the session on the server, not in the browser alone."""
        sessions.end(session.get(sessions.KEY))
        session.clear()
        sign_in.note_signed_out()
        audit_log.record("session.end", user)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Whether the public role has the permission; tenants' users have only their own roles'."""
        return tenant_slug() is None and super().is_item_public(permission_name, view_name)

    def exist_permission_on_roles(
        self, view_name: str, permission_name: str, role_ids: list[int]
    ) -> bool:
        """Whether one of the roles has the permission; a tenant user's are read once per request.

        Superset reads them some fifteen times per chart, half of the chart's time. Permissions of
        staff change within a request, while they provision; a tenant user's do not.
        """
        if tenant_slug() is None:
            return bool(super().exist_permission_on_roles(view_name, permission_name, role_ids))
        return (permission_name, view_name) in self._role_permissions(role_ids)

    def user_view_menu_names(self, permission_name: str) -> set[str]:
        """Lists the views on which the signed-in user has a permission."""
        if tenant_slug() is None:
            return set(super().user_view_menu_names(permission_name))
        return {
            view for permission, view in self.user_permissions() if permission == permission_name
        }

    def user_permissions(self) -> set[tuple[str, str]]:
        """Returns the signed-in user's permissions as pairs of name and view."""
        return self._role_permissions([role.id for role in self.get_user_roles(g.user)])

    def _role_permissions(self, role_ids: list[int]) -> set[tuple[str, str]]:
        """Reads the permissions of roles, pairs of name and view, once per request."""
        cached: dict[frozenset[int], set[tuple[str, str]]] = g.setdefault("geniai_permissions", {})
        roles = frozenset(role_ids)
        if roles not in cached:
            rows = (
                self.session.query(self.permission_model.name, self.viewmenu_model.name)
                .select_from(self.permissionview_model)
                .join(self.permission_model)
                .join(self.viewmenu_model)
                .join(self.permissionview_model.role)
                .filter(self.role_model.id.in_(roles))
            )
            cached[roles] = {tuple(row) for row in rows}
        return cached[roles]

    def _load_with_session(self, pk: int, secret: str | None) -> Any:
        user = super().load_user(pk)
        return user if user is not None and sessions.is_valid(secret, user.id) else None


def _is_service(user: Any, password: str) -> bool:
    """Whether it is the platform's service account, which failed attempts must not lock out."""
    return (
        user is not None
        and user.username == SERVICE_ACCOUNT
        and hmac.compare_digest(password.encode(), service_password().encode())
    )


def _store_secret(app: Any, user: Any, **_: Any) -> None:
    session[sessions.KEY] = g.get("geniai_secret")


def check_password_rule(password: str) -> None:
    """Validates a new password, as Superset's hook.

    Raises:
        PasswordComplexityValidationError: it is too easy to guess.

    """
    if not is_strong(password, getattr(g.get("user"), "username", "")):
        raise PasswordComplexityValidationError(
            f"A senha precisa de {MIN_LENGTH} caracteres ou mais e não pode ser fácil de adivinhar."
        )
