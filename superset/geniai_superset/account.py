"""What people may change of themselves: their names, and with the old password the new one."""

from typing import Any

from flask import Flask, g, request, session
from marshmallow import ValidationError, fields, post_load, validates_schema
from superset.views.users.api import CurrentUserRestApi
from superset.views.users.schemas import CurrentUserPutSchema

from geniai_superset import audit_log, login_throttle, sessions


class OwnDataSchema(CurrentUserPutSchema):
    """Superset's own, which asks for no old password."""

    current_password = fields.String()

    @validates_schema
    def ask_old_password(self, data: dict[str, Any], **_: Any) -> None:
        """Refuses a new password of whoever does not know the old one."""
        if "password" in data and not login_throttle.prove(
            g.user, data.get("current_password", "")
        ):
            raise ValidationError({"current_password": ["A senha atual não confere."]})

    @post_load
    def forget_old_password(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """It is nothing to store."""
        return {name: value for name, value in data.items() if name != "current_password"}


def install(app: Flask) -> None:
    """Whoever gives themselves a new password stays where they are, and is out everywhere else."""
    CurrentUserRestApi.current_user_put_schema = OwnDataSchema()

    @app.after_request
    def end_other_sessions(response: Any) -> Any:
        body = request.get_json(silent=True) if request.path == "/api/v1/me/" else None
        if request.method == "PUT" and response.status_code == 200 and "password" in (body or {}):
            sessions.end_others(g.user.id, session.get(sessions.KEY))
            audit_log.note("user.password", g.user)
        return response
