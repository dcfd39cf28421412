"""Who waits for an answer: whether that changed, for an open page that asks every few seconds."""

import time
from hashlib import sha256

from flask import Flask, jsonify, request
from werkzeug.wrappers import Response

from geniai_pipeline.errors import GeniaiError
from geniai_superset.row_versions import read_row_versions
from geniai_superset.tenancy import NO_ACCESS_LOGIN, postgres_login

_NOW = "X-GeniAI-Now"
"""The header with the dashboards' clock, in seconds since 1970: browsers' clocks differ."""


def install(app: Flask) -> None:
    """Registers the address that ``templates/waiting.js`` asks."""

    @app.get("/geniai/espera")
    def tell_who_waits() -> Response:
        """Answers with the version of who waits as ETag; 304 while the page has that version."""
        login = postgres_login()
        if login == NO_ACCESS_LOGIN:
            return Response("{}", 401, mimetype="application/json")
        try:
            versions = read_row_versions(login)
        except GeniaiError:  # the page asks again
            return Response("{}", 503, mimetype="application/json")
        response = jsonify(seconds_since_change=versions.seconds_since_change)
        response.headers[_NOW] = f"{time.monotonic() + versions.clock_offset:.1f}"
        response.set_etag(sha256(f"{login} {versions.waiting}".encode()).hexdigest()[:32])
        return response.make_conditional(request)
