"""Self-service of an account: users change their names, and their password with the current one."""

from typing import Any

from flask import Flask, g, request, session
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from geniai_superset import audit_log, login_throttle, sessions


class CurrentPassword(Schema):
    """Schema mixin: the current password, which Superset's schema of the own account lacks."""

    current_password = fields.String()

    @validates_schema
    def check_current_password(self, data: dict[str, Any], **_: Any) -> None:
        """Rejects a new password without the correct current one."""
        if "password" in data and not login_throttle.verify_password(
            g.user, data.get("current_password", "")
        ):
            raise ValidationError({"current_password": ["A senha atual não confere."]})

    @post_load
    def drop_current_password(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Removes the field, which is not stored."""
        return {name: value for name, value in data.items() if name != "current_password"}


def require_current_password(schema: Any) -> Any:
    """Returns Superset's schema with the current password."""
    return type("CurrentUserPutSchema", (CurrentPassword, type(schema)), {})()


def install(app: Flask) -> None:
    """Ends a user's other sessions when they set a new password."""

    @app.after_request
    def end_other_sessions(response: Any) -> Any:
        body = request.get_json(silent=True) if request.path == "/api/v1/me/" else None
        if request.method == "PUT" and response.status_code == 200 and "password" in (body or {}):
            sessions.end_others(g.user.id, session.get(sessions.KEY))
            audit_log.record("user.password", g.user)
        return response
