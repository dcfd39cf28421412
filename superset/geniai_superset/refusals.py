"""Input validation: malformed requests are answered with 4xx instead of 500.

Superset checks most of a request. What it accepts by mistake raises an error of Python or of the
database, and a 500 that looks like a fault of this product.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, request
from marshmallow import ValidationError

_PYTHON_ERRORS = (AttributeError, KeyError, NotImplementedError, TypeError, ValueError)
# A NUL or a lone surrogate: Postgres cannot store them in a text.
_INVALID_TEXT = re.compile(
    rb"\x00|%00|\\u0000|\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"/lang/([^/]*)/?")
_AVATAR = re.compile(r"/api/v1/user/[^/]*/avatar\.png")

_log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Registers the checks of every request."""

    @app.before_request
    def reject_invalid_text() -> None:
        parts = [request.path.encode(errors="surrogatepass"), request.query_string]
        if request.is_json:
            parts.append(request.get_data())
        parts += [text.encode() for field in request.form.items(multi=True) for text in field]
        if any(map(_INVALID_TEXT.search, parts)):
            abort(400)

    @app.before_request
    def reject_form_without_fields() -> None:
        """Rejects a form that is sent as JSON but is no object."""
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        if is_form and request.is_json and not isinstance(request.get_json(silent=True), dict):
            abort(400)

    @app.before_request
    def reject_unknown_language() -> None:
        match = _LANGUAGE.fullmatch(request.path)
        if match and match[1] not in current_app.config["LANGUAGES"]:
            abort(404)

    @app.before_request
    def hide_avatars() -> Response | None:
        """Responds alike for every id; Superset would reveal which users exist."""
        return Response(status=204) if _AVATAR.fullmatch(request.path) else None


def reject_malformed_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that reads a form raise a validation error for a malformed one."""
    return _translate_errors(function, ValidationError)


def reject_malformed_query(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that reads a query raise a validation error for a malformed one."""
    from superset.exceptions import QueryObjectValidationError

    return _translate_errors(function, QueryObjectValidationError)


def _translate_errors(
    function: Callable[..., Any], validation_error: type[Exception]
) -> Callable[..., Any]:
    @wraps(function)
    def validate(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except _PYTHON_ERRORS as error:
            _log.warning("A chart's query is malformed", exc_info=True)
            raise validation_error("Esta consulta não faz sentido.") from error

    return validate


def limit_nesting(load: Callable[[str], Any]) -> Callable[[str], Any]:
    """Makes the Rison parser raise its own error for a text that is nested too deeply."""
    from prison.decoder import ParserException

    def load_shallow(text: str) -> Any:
        try:
            return load(text)
        except RecursionError as error:
            raise ParserException("It is nested too deeply.") from error

    return load_shallow


def respond_400(_view: Any, message: str) -> Any:
    """Responds to malformed arguments of a view, as Superset's newer views do."""
    from superset.views.base import json_error_response

    return json_error_response(message, status=400)
