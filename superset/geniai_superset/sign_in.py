"""Sign-in page: a form that works without scripts, and says why it is shown.

Superset's own page says "wrong password" to whoever has signed out or whose session has expired,
because its script remembers that somebody has signed in, and not what came of it.
"""

from flask import Flask, Response, g, render_template, request, session
from flask_login import current_user

from geniai_superset import sessions
from geniai_superset.locale_pt_br import LOCALE

_SIGNED_OUT, _REJECTED = "geniai_signed_out", "geniai_rejected"


def install(app: Flask) -> None:
    """Registers the page, and what remembers a rejected e-mail for it."""

    @app.before_request
    def show_sign_in_page() -> Response | None:
        is_page = request.path.rstrip("/") == "/login" and request.method == "GET"
        if not is_page or current_user.is_authenticated:
            return None
        email = session.pop(_REJECTED, None)
        notice = None if email else _read_notice()
        # Superset would set it on the first page after signing in, and renew the cookie
        session["locale"] = LOCALE
        page = render_template(
            "sign_in.html", email=email, notice=notice, next_url=request.args.get("next")
        )
        return Response(page)

    @app.after_request
    def remember_rejected(response: Response) -> Response:
        email = g.pop(_REJECTED, None)
        if email and request.method == "POST" and response.status_code == 302:
            session.pop("_flashes", None)  # the page itself says it
            session[_REJECTED] = email[:128]
        return response


def note_rejected(email: str) -> None:
    """Notes for the response that an e-mail and its password do not match."""
    setattr(g, _REJECTED, email)


def note_signed_out() -> None:
    """Notes for the next page that the user has signed out by themselves."""
    session[_SIGNED_OUT] = True


def _read_notice() -> str | None:
    """Returns why somebody who was signed in is not any more; None: they were not."""
    if session.pop(_SIGNED_OUT, False):
        return "Você saiu."
    # a cookie that is too old is read as an empty session
    is_too_old = not session and "session" in request.cookies
    return "Sua sessão expirou. Entre de novo." if sessions.KEY in session or is_too_old else None
