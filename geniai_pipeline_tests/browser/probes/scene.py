"""Scene: the Superset under test and its signed-in visitors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.attacks import attackers
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE
from geniai_pipeline_tests.browser.visitor import Visitor


@dataclass
class Scene:
    """The Superset that the settings name, and its signed-in visitors."""

    dataset: Callable[[str], int]
    """A dataset's number by its name."""
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _thieves: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, email: str) -> Visitor:
        """Returns a signed-in visitor; signs them in if needed."""
        return self._visitors.get(email) or self._visitors.setdefault(email, Visitor(email))

    def attackers(self) -> dict[str, Visitor]:
        """Returns a visitor per identity that must not read the other tenant's data."""
        if not self._thieves:
            forger = forge_cookie(FORTE.viewer, geniai_client=LEVE.slug)
            self._thieves = attackers() | {"with a forged cookie": forger}
        return self._thieves


Probe = Callable[[Scene], Iterator[str]]


def make_column(sql: str, label: str | None = None) -> dict[str, str]:
    """Returns a chart's column from an expression; its label defaults to the expression."""
    return {"label": label or uuid4().hex, "sqlExpression": sql, "expressionType": "SQL"}


def forge_cookie(email: str, **changed: Any) -> Visitor:
    """Returns a visitor with a changed session cookie, signed with Superset's key."""
    visitor = Visitor(email)
    app = Flask("forger")
    app.secret_key = get_settings().derive("superset")
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    forged = signer.dumps(signer.loads(visitor.http.cookies["session"]) | changed)
    visitor.http.cookies.clear()
    visitor.http.cookies.set("session", forged if isinstance(forged, str) else forged.decode())
    return visitor
