"""Requests that make no sense are answered with 4xx: a fault of ours is never theirs.

Superset checks most of what is sent to it. What it lets through ends in an error of Python or of
the database, and in a 500 that looks like a fault of this product.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, request
from marshmallow import ValidationError

_MALFORMED = (AttributeError, KeyError, NotImplementedError, TypeError, ValueError)
# A NUL, or one half of a surrogate pair: no text of Postgres' can hold them.
_UNWRITABLE = re.compile(
    rb"\x00|%00|\\u0000|\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"/lang/([^/]*)/?")
_PICTURE = re.compile(r"/api/v1/user/[^/]*/avatar\.png")

_log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Registers what every request passes, and what every chart's question does."""
    import prison
    from superset.commands.chart.data.get_data_command import ChartDataCommand
    from superset.common.query_context_factory import QueryContextFactory
    from superset.connectors.sqla.models import SqlaTable
    from superset.exceptions import QueryObjectValidationError
    from superset.views.api import Api
    from superset.views.base import json_error_response

    QueryContextFactory.create = _understood(QueryContextFactory.create, ValidationError)
    for place, name in (
        (ChartDataCommand, "validate"), (SqlaTable, "get_query_str_extended"),
    ):  # fmt: skip
        setattr(place, name, _understood(getattr(place, name), QueryObjectValidationError))
    prison.loads = _shallow(prison.loads)
    # what the decorator of this view's own arguments answers with, and the view has not got
    Api.response_400 = lambda _, message: json_error_response(message, status=400)

    @app.before_request
    def refuse_unwritable() -> None:
        sent = [request.path.encode(errors="surrogatepass"), request.query_string]
        if request.is_json:
            sent.append(request.get_data())
        sent += [text.encode() for field in request.form.items(multi=True) for text in field]
        if any(map(_UNWRITABLE.search, sent)):
            abort(400)

    @app.before_request
    def refuse_no_form() -> None:
        """A form may come as JSON, and is an object then."""
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        if is_form and request.is_json and not isinstance(request.get_json(silent=True), dict):
            abort(400)

    @app.before_request
    def refuse_language() -> None:
        found = _LANGUAGE.fullmatch(request.path)
        if found and found[1] not in current_app.config["LANGUAGES"]:
            abort(404)

    @app.before_request
    def show_no_picture() -> Response | None:
        """Nobody has one here; Superset says to anybody which people there are."""
        return Response(status=204) if _PICTURE.fullmatch(request.path) else None


def _understood(function: Callable[..., Any], refusal: type[Exception]) -> Callable[..., Any]:
    """The function, refusing what is not in the form that it expects."""

    @wraps(function)
    def understand(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except _MALFORMED as error:
            _log.warning("A chart's question is malformed", exc_info=True)
            raise refusal("Esta consulta não faz sentido.") from error

    return understand


def _shallow(load: Callable[[str], Any]) -> Callable[[str], Any]:
    """Rison's reader, without an end in a chain of parentheses."""
    from prison.decoder import ParserException

    def load_shallow(text: str) -> Any:
        try:
            return load(text)
        except RecursionError as error:
            raise ParserException("It is nested too deeply.") from error

    return load_shallow
