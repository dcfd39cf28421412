"""The way in and the way out: Superset's security manager with a list of who is in."""

import hmac
from typing import Any

from flask import g, has_request_context, session
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_jwt_extended import get_jwt
from flask_login import user_logged_in
from superset.security import SupersetSecurityManager

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, service_password
from geniai_pipeline.dashboards.passwords import MIN_LENGTH, is_strong
from geniai_superset import audit_log, login_throttle, sessions
from geniai_superset.tenancy import tenant_of, tenant_slug


class SecurityManager(SupersetSecurityManager):
    """Lets in whom Superset lets in, unless his gym is disabled; notes who came and who did not."""

    def auth_user_db(self, username: str, password: str) -> Any:
        """Signs a user in by name and password, for a browser or for the API."""
        known = self.find_user(username=username) or self.find_user(email=username)
        if not _is_service(known, password) and not login_throttle.allow(known, username):
            return None
        user = super().auth_user_db(username, password)
        if user is None:
            audit_log.note_refusal(known, "nome ou senha")
            return None
        tenant = tenant_of(user)
        # first the session, then the question: a gym that is disabled between the two has ended it
        g.geniai_secret = sessions.begin(user, tenant)
        if tenant is not None and not audit_log.is_open(tenant):
            sessions.end(g.geniai_secret)
            audit_log.note_refusal(user, "cliente desativado")
            return None
        login_throttle.forgive(user)
        if user.username != SERVICE_ACCOUNT:  # what it does is noted by whom it does it for
            audit_log.note_arrival(user)
        return user

    def load_user(self, pk: int) -> Any:
        """The user of a cookie, as long as his session lives."""
        return self._living(pk, session.get(sessions.KEY) if has_request_context() else None)

    def load_user_jwt(self, _header: dict[str, Any], claims: dict[str, Any]) -> Any:
        """The user of an API token, as long as the session it was given in lives."""
        user = self._living(claims["sub"], claims.get(sessions.KEY))
        if user is not None:
            g.user = user
        return user

    def create_jwt_manager(self, app: Any) -> Any:
        """Makes API tokens carry their session."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(
            lambda _: {sessions.KEY: g.get("geniai_secret") or get_jwt().get(sessions.KEY)}
        )
        return manager

    def create_login_manager(self, app: Any) -> Any:
        """Makes cookies carry theirs, and what Superset keeps for a tab be a session's own."""
        user_logged_in.connect(_remember)
        manager = super().create_login_manager(app)
        # Flask-Login's own is made of the visitor's address and browser: one for a whole office
        manager._session_identifier_generator = sessions.identifier
        return manager

    def on_user_logout(self, user: Any) -> None:
        """Ends the session here, not in the browser alone."""
        sessions.end(session.get(sessions.KEY))
        session.clear()
        audit_log.note("session.end", user)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Whether everybody may. A tenant's user may what he himself may, which is all of it."""
        return tenant_slug() is None and super().is_item_public(permission_name, view_name)

    def exist_permission_on_roles(
        self, view_name: str, permission_name: str, role_ids: list[int]
    ) -> bool:
        """Whether one of the roles may; what a tenant's user may is read once in a request.

        Superset reads it some fifteen times for each chart, which is half of the time it takes. The
        staff's permissions change within a request, as they provision; a tenant's do not.
        """
        if tenant_slug() is None:
            return bool(super().exist_permission_on_roles(view_name, permission_name, role_ids))
        return (permission_name, view_name) in self._granted(role_ids)

    def user_view_menu_names(self, permission_name: str) -> set[str]:
        """What the signed-in user has that permission on."""
        if tenant_slug() is None:
            return set(super().user_view_menu_names(permission_name))
        return {view for permission, view in self.granted_now() if permission == permission_name}

    def granted_now(self) -> set[tuple[str, str]]:
        """What the signed-in user may, by name, and on what."""
        return self._granted([role.id for role in self.get_user_roles(g.user)])

    def _granted(self, role_ids: list[int]) -> set[tuple[str, str]]:
        """The permissions of the roles, by name, and what they are on."""
        known: dict[frozenset[int], set[tuple[str, str]]] = g.setdefault("geniai_granted", {})
        roles = frozenset(role_ids)
        if roles not in known:
            found = (
                self.session.query(self.permission_model.name, self.viewmenu_model.name)
                .select_from(self.permissionview_model)
                .join(self.permission_model)
                .join(self.viewmenu_model)
                .join(self.permissionview_model.role)
                .filter(self.role_model.id.in_(roles))
            )
            known[roles] = {tuple(row) for row in found}
        return known[roles]

    def _living(self, pk: int, secret: str | None) -> Any:
        user = super().load_user(pk)
        return user if user is not None and sessions.lives(secret, user.id) else None


def _is_service(user: Any, password: str) -> bool:
    """Whether it is the platform itself, whom nobody's failures may shut out."""
    return (
        user is not None
        and user.username == SERVICE_ACCOUNT
        and hmac.compare_digest(password.encode(), service_password().encode())
    )


def _remember(app: Any, user: Any, **_: Any) -> None:
    session[sessions.KEY] = g.get("geniai_secret")


def check_password_rule(password: str) -> None:
    """Superset's hook for every new password.

    Raises:
        PasswordComplexityValidationError: it is too easy to guess.

    """
    if not is_strong(password, getattr(g.get("user"), "username", "")):
        raise PasswordComplexityValidationError(
            f"A senha precisa de {MIN_LENGTH} caracteres ou mais e não pode ser fácil de adivinhar."
        )
