"""Unsubscribe page of the weekly report, without sign-in: the link's token is the authorisation.

A token is signed for one address of one tenant. Opening the link changes nothing, because mail
programs open links to scan them; the button does, and so does the one click of RFC 8058.
"""

from flask import Flask, Response, abort, render_template, request

from geniai_pipeline.reports import recipients
from geniai_superset import audit_log


def install(app: Flask) -> None:
    """Registers the page without CSRF protection, whose token only Superset's own pages have."""
    from superset.extensions import csrf

    @app.route(f"{recipients.UNSUBSCRIBE_PATH}<token>", methods=["GET", "POST"])
    def unsubscribe_from_report(token: str) -> Response:
        subscription = recipients.read_token(token)
        if subscription is None:
            abort(404)
        tenant_id, email = subscription
        if request.method == "POST":
            slug = recipients.unsubscribe(tenant_id, email)
            audit_log.record(
                "user.change", None, tenant=slug, subject=email, **{"relatório semanal": "não"}
            )
        page = render_template("unsubscribe.html", email=email, done=request.method == "POST")
        return Response(page, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})

    csrf.exempt(unsubscribe_from_report)
