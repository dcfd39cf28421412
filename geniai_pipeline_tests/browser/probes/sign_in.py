"""Probes of the login throttle: failures per account and per address."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx2

from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, connect_superset
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import PASSWORD, VAZIA
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene
from geniai_pipeline_tests.browser.visitor import Visitor

_FORM, _API = "/login/", "/api/v1/security/login"
_TOO_MANY = httpx2.codes.TOO_MANY_REQUESTS
_addresses = (f"10.78.{n // 250}.{n % 250 + 1}" for n in itertools.count())
_PER_NAME, _PER_ADDRESS = 5, 30


def password_guesses(_: Scene) -> Iterator[str]:
    """Failed passwords are limited per name, per address and in the API."""
    for path in ("/login/", "/api/v1/security/login"):
        for by, limit in {"name": 5, "address": 30}.items():
            guesser, name, address = Visitor("", ""), uuid.uuid4().hex, next(_addresses)
            answers = [
                guesser.guess(
                    path,
                    name if by == "name" else f"{name} {attempt}",
                    next(_addresses) if by == "name" else address,
                )
                for attempt in range(limit + 1)
            ]
            if httpx2.codes.TOO_MANY_REQUESTS not in answers:
                yield f"{limit} attempts by one {by} at {path} are not stopped"


def name_variants(_: Scene) -> Iterator[str]:
    """All spellings of a name count as one account."""
    for path, write in _DISGUISES:
        victim = f"{uuid.uuid4().hex}@vazia.example.com"
        answers = [
            _guess(path, write(victim, attempt), next(_addresses))
            for attempt in range(_PER_NAME + 1)
        ]
        if _TOO_MANY not in answers:
            yield f"{_PER_NAME} attempts at {path} as {write('ana', 1)!r} are not stopped"


def service_account(_: Scene) -> Iterator[str]:
    """The service account's name lifts no limit, and failures do not lock it out."""
    address = next(_addresses)
    for path in (_FORM, _API):
        answers = [_guess(path, SERVICE_ACCOUNT, address) for _ in range(_PER_ADDRESS + 1)]
        if _TOO_MANY not in answers:
            yield f"the service account's password is guessed at {path}"


def forwarded_addresses(_: Scene) -> Iterator[str]:
    """The throttle takes the client's address from the proxy, not from the visitor."""
    address = next(_addresses)
    answers = [
        _guess(_API, uuid.uuid4().hex, f"{next(_addresses)}, {address}")
        for _ in range(_PER_ADDRESS + 1)
    ]
    if _TOO_MANY not in answers:
        yield "whoever says they are elsewhere is not stopped"


def known_browsers(_: Scene) -> Iterator[str]:
    """Strangers' failures lock nobody out of a known browser, which has a limit of its own."""
    _forget_attempts()
    owner = Visitor(VAZIA.admin)
    owner.http.get("/logout/")
    strangers = [_guess(_API, VAZIA.admin, next(_addresses)) for _ in range(_PER_NAME + 1)]
    if strangers[-1] != _TOO_MANY:
        yield "strangers are not stopped"
    if _sign_in(Visitor("", ""), PASSWORD) != _TOO_MANY:
        yield "a browser that nobody knows is not stopped with them"
    if _sign_in(owner, PASSWORD) == _TOO_MANY or owner.http.get("/api/v1/me/").is_error:
        yield "strangers shut the owner out"
    owner.http.get("/logout/")
    answers = [_sign_in(owner, "falsa") for _ in range(_PER_NAME + 1)]
    if answers[-1] != _TOO_MANY:
        yield "a known browser guesses as long as it likes"
    if _TOO_MANY in answers[:-1]:
        yield "a known browser is stopped before its time"
    _forget_attempts()


def own_password(_: Scene) -> Iterator[str]:
    """A new password requires the current one, so an open browser does not give away an account."""
    owner = Visitor(VAZIA.viewer, address=next(_addresses))
    new = "uma senha inteiramente outra"
    changes: tuple[dict[str, Any], ...] = (
        {"password": new}, {"password": new, "current_password": "falsa"},
        {"password": new, "current_password": ["x"]},
        {"password": "curta", "current_password": PASSWORD},
        {"password": VAZIA.viewer, "current_password": PASSWORD},
    )  # fmt: skip
    guesses = [{"password": new, "current_password": f"falsa {n}"} for n in range(_PER_NAME + 1)]
    try:
        for body in changes:
            status = owner.http.put("/api/v1/me/", json=body).status_code
            if status != httpx2.codes.BAD_REQUEST:
                yield f"a password is changed with {body} ({status})"
        if _TOO_MANY not in [
            owner.http.put("/api/v1/me/", json=body).status_code for body in guesses
        ]:
            yield "the old password is guessed as long as one likes"
    finally:
        with connect_superset() as superset:
            users.set_password(superset, VAZIA.viewer, PASSWORD)


PROBES: tuple[Probe, ...] = (
    password_guesses, name_variants, service_account, forwarded_addresses, known_browsers,
    own_password,
)  # fmt: skip

_FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
_DISGUISES: tuple[tuple[str, Callable[[str, int], Any]], ...] = (
    (_FORM, lambda name, n: [name, str(n)]),
    (_FORM, lambda name, n: name[:n].upper() + name[n:]),
    (_API, lambda name, n: name[:n].upper() + name[n:]),
    (_API, lambda name, n: name + " " * n),
    (_API, lambda name, n: name[:n].translate(_FULL_WIDTH) + name[n:]),
)  # fmt: skip


def _guess(path: str, name: Any, address: str) -> int:
    """Submits a wrong password as JSON, which the form accepts too."""
    visitor = Visitor("", "", address=address)
    body = {"username": name, "password": "falsa", "provider": "db"}
    return visitor.http.post(path, json=body).status_code


def _forget_attempts() -> None:
    with connect(admin_url(SUPERSET)) as connection:
        connection.execute("delete from geniai_attempts")


def _sign_in(visitor: Visitor, password: str) -> int:
    return visitor.sign_in(VAZIA.admin, password).status_code
