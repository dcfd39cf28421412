"""What must stand between gyms in Superset, asked over HTTP: each probe says where it does not.

The tests ask them of Superset as it is, ``test_mutations.py`` of one that was broken.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.dashboards.sessions import end_sessions
from geniai_pipeline.doctor import dashboards as doctor
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.attacks import POSTS, QUESTIONS, hears, thieves
from geniai_pipeline_tests.browser.gyms import (
    BOTH,
    FORTE,
    LEVE,
    PASSWORD,
    STAFF,
    STRANGER,
    VAZIA,
)
from geniai_pipeline_tests.browser.visitor import Visitor

_LOGINS = {
    FORTE.viewer: "bi_t_forte", FORTE.admin: "bi_a_forte", LEVE.viewer: "bi_t_leve",
    STAFF: "bi_staff", STRANGER: None, BOTH: None,
}  # fmt: skip
# Enough for a protection that is broken; test_attacks.py asks all there are.
_ASKED = {"columns", "samples", "spreadsheet", "the list as a file", "or true", "metric", "people"}
_SQL_LAB = "/api/v1/sqllab/execute/"
_FILE = next(question for question in QUESTIONS if question.name == "the list as a file")
_addresses = (f"10.77.{n // 250}.{n % 250 + 1}" for n in itertools.count())


@dataclass
class Scene:
    """The Superset that the settings name, and whoever has signed in there."""

    dataset: Callable[[str], int]
    """A dataset's number by its name."""
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _thieves: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, email: str) -> Visitor:
        """Somebody who is signed in already, or now."""
        return self._visitors.get(email) or self._visitors.setdefault(email, Visitor(email))

    def thieves(self) -> dict[str, Visitor]:
        """Everybody who is not to see anything of the other gym's."""
        if not self._thieves:
            forger = _forged(FORTE.viewer, geniai_client=LEVE.slug)
            self._thieves = thieves() | {"with a forged cookie": forger}
        return self._thieves


Probe = Callable[[Scene], Iterator[str]]


def charts(scene: Scene) -> Iterator[str]:
    """No chart of anybody's making shows another gym's words, though the staff has just asked."""
    for question in QUESTIONS:
        if question.name not in _ASKED:
            continue
        body = question.asks(scene.dataset)
        scene.visitor(STAFF).http.post("/api/v1/chart/data", json=body)
        for who, thief in scene.thieves().items():
            if hears(thief.http.post("/api/v1/chart/data", json=body), who):
                yield f"{who} hears another gym by the question {question.name}"


def addresses(scene: Scene) -> Iterator[str]:
    """No address tells a viewer, an administrator or nobody anything of another gym."""
    scene.visitor(LEVE.viewer).http.get("/superset/dashboard/painel/")  # which Superset notes
    for who in ("a viewer", "an administrator", "nobody"):
        http = scene.thieves()[who].http
        answers = [http.get(path) for path in (*_LISTS, *_DOORS)]
        answers.append(http.post(_SQL_LAB, json=POSTS[_SQL_LAB]))
        for answer in answers:
            if hears(answer, who):
                yield f"{who} hears another gym at {answer.url.path}"


def logins(scene: Scene) -> Iterator[str]:
    """Each asks Postgres under his own login, and whoever is no one's gets no answer."""
    for who, login in _LOGINS.items():
        found = _login(scene, scene.visitor(who))
        if found != login:
            yield f"{who} is {found} in Postgres"
    if (found := _login(scene, scene.thieves()["with a forged cookie"])) != "bi_t_forte":
        yield f"a viewer whose cookie names another gym is {found} in Postgres"
    body = _FILE.asks(scene.dataset)
    body["queries"][0] |= {"extras": {"where": "session_user = 'bi_a_forte'"}}
    listed = scene.visitor(FORTE.admin).http.post("/api/v1/chart/data", json=body)
    if f"c1@{FORTE.slug}." not in listed.text:
        yield "a file is not read under the login of whoever asks for it"


def cache(scene: Scene) -> Iterator[str]:
    """Nobody is answered with what another login has asked, not even his own gym's."""
    label = uuid.uuid4().hex
    for who in (STAFF, FORTE.admin, FORTE.viewer, LEVE.viewer):
        asked = _column(label, "1")
        result = scene.visitor(who).ask(scene.dataset("daily"), columns=[asked]).json()
        if result["result"][0]["is_cached"]:
            yield f"{who} is answered from another login's cache"


def answers(scene: Scene) -> Iterator[str]:
    """What somebody was answered on a page is nobody else's: not another gym's, nor a login's."""
    login = uuid.uuid4().hex
    columns = ["tenant_name", _column(login, "session_user::text")]
    for who in (LEVE.viewer, FORTE.admin, FORTE.viewer):
        answer = scene.visitor(who).ask(scene.dataset("daily"), page=1, columns=columns)
        if who != LEVE.viewer and hears(answer):
            yield f"{who} hears what another gym was answered"
        elif answer.json()["result"][0]["data"][0][login] != _LOGINS[who]:
            yield f"{who} is answered what another login was"


def lists(scene: Scene) -> Iterator[str]:
    """Nobody finds a list of others, or of what is the platform's."""
    for who in (FORTE.viewer, FORTE.admin):
        for path in _LISTS:
            answer = scene.visitor(who).http.get(path)
            if answer.status_code not in {403, 404} and answer.json().get("count") != 0:
                yield f"{who} finds {path}"


def dashboards(scene: Scene) -> Iterator[str]:
    """Each is shown his dashboards and no other, and no other opens."""
    readers = {
        FORTE.viewer: {"painel", "lead"},
        FORTE.admin: {"painel", "lead", "administracao"},
        STAFF: {"painel", "lead", "administracao", "plataforma"},
    }
    for who, slugs in readers.items():
        http = scene.visitor(who).http
        listed = {row["slug"] for row in http.get("/api/v1/dashboard/").json().get("result", ())}
        opened = {
            slug
            for slug in readers[STAFF]
            if http.get(f"/api/v1/dashboard/{slug}").status_code == httpx2.codes.OK
        }
        if (listed, opened) != (slugs, slugs):
            yield f"{who} is shown {listed}, and opens {opened}"


def changes(scene: Scene) -> Iterator[str]:
    """Neither a viewer nor an administrator runs SQL, or changes anything of Superset's."""
    for who in (FORTE.viewer, FORTE.admin):
        http = scene.visitor(who).http
        # what nobody may store: the doors are tried, and nothing is left where one opens
        answers = [http.post(path, json={"dashboard_title": 7}) for path in _WRITES]
        answers += [
            http.request(method, f"/api/v1/{what}/1", json={})
            for what in ("dashboard", "chart", "dataset", "database", "rowlevelsecurity")
            for method in ("PUT", "DELETE")
        ]
        for answer in answers:
            if answer.status_code not in {401, 403, 404}:
                yield f"{who} may {answer.request.method} {answer.url.path}"


def downloads(scene: Scene) -> Iterator[str]:
    """Files are the administrators' alone."""
    for result_format, question in itertools.product(("csv", "xlsx"), (QUESTIONS[0], _FILE)):
        body = question.asks(scene.dataset) | {"result_format": result_format}
        answer = scene.visitor(FORTE.viewer).http.post("/api/v1/chart/data", json=body)
        if answer.status_code != httpx2.codes.FORBIDDEN:
            yield f"a viewer downloads {result_format}"


def doors(scene: Scene) -> Iterator[str]:
    """The staff's ways are shut to a gym's people and to nobody, and so are Superset's lists."""
    for who in ("a viewer", "an administrator", "without a tenant", "nobody"):
        for path in _DOORS:
            status = scene.thieves()[who].http.get(path).status_code
            if status not in {401, 403, 404}:
                yield f"{who} opens {path} ({status})"


def sessions(_: Scene) -> Iterator[str]:
    """A session ends on the server: a cookie or a token that was kept opens nothing."""
    kept = Visitor(VAZIA.viewer)
    cookie = dict(kept.http.cookies)
    kept.http.get("/logout/")
    if _is_in(_with_cookies(cookie)):
        yield "a cookie lives on when its user has signed out"

    kept, token = Visitor(VAZIA.viewer), _token(VAZIA.viewer)
    _ask("update geniai_sessions set ends_at = now() where email = %s returning 1", VAZIA.viewer)
    if _is_in(kept.http):
        yield "a cookie lives longer than a day"
    if _is_in(token):
        yield "a token lives longer than a day"

    kept, token = Visitor(VAZIA.viewer), _token(VAZIA.viewer)
    end_sessions(email=VAZIA.viewer)
    if _is_in(kept.http):
        yield "a cookie lives on when its session was ended"
    if _is_in(token):
        yield "a token lives on when its session was ended"

    kept, other = Visitor(VAZIA.viewer), Visitor(VAZIA.viewer)
    other.http.put("/api/v1/me/", json={"password": PASSWORD, "current_password": PASSWORD})
    if _is_in(kept.http):
        yield "a session lives on when its user has given himself a new password"


def forged(_: Scene) -> Iterator[str]:
    """Whoever has the key, but no session of the victim's, is nobody."""
    with connect_superset() as superset:
        victim = next(
            str(user["id"])
            for user in superset.all("/api/v1/security/users/")
            if user["username"] == LEVE.viewer
        )
    if _is_in(_forged(FORTE.viewer, _user_id=victim).http):
        yield "his own session signs a forged cookie in as another"
    if _is_in(_forged(FORTE.viewer, _user_id=victim, geniai=None).http):
        yield "a forged cookie without a session signs another in"


def guessing(_: Scene) -> Iterator[str]:
    """Passwords are not tried for long: not by one name, by one address, or at the API's door."""
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


def disabled(_: Scene) -> Iterator[str]:
    """Whose gym is disabled does not come in."""
    registry.set_active(VAZIA.slug, False)
    try:
        if _is_in(Visitor(VAZIA.viewer).http):
            yield "a disabled gym's viewer signs in"
        try:
            _token(VAZIA.viewer)
        except PermanentError:
            pass
        else:
            yield "a disabled gym's viewer is given a token"
    finally:
        registry.set_active(VAZIA.slug, True)


def cookies(_: Scene) -> Iterator[str]:
    """Cookies are out of scripts' and other hosts' reach, and the session's lasts its day."""
    end_sessions(email=VAZIA.viewer)
    said = Visitor(VAZIA.viewer).answer.headers.get_list("Set-Cookie")
    wanted = ["HttpOnly", "SameSite=Lax"]
    if (get_settings().public_url or "").startswith("https:"):
        wanted.append("Secure")
    yield from (
        f"the cookie {cookie.partition('=')[0]} is not {word}"
        for cookie in said
        for word in wanted
        if word not in cookie
    )
    cookie = next(cookie for cookie in said if cookie.startswith("session="))
    if "Expires=" not in cookie:
        yield "the cookie has no end"
    end = cookie.partition("Expires=")[2].partition(";")[0]
    if end and parsedate_to_datetime(end) > datetime.now(timezone.utc) + timedelta(hours=24):
        yield "the cookie lasts longer than a day"
    lasts = "select ends_at > now() + interval '1 day' from geniai_sessions where email = %s"
    if _ask(lasts, VAZIA.viewer):
        yield "a session lasts longer than a day"
    end_sessions(email=VAZIA.viewer)


def passwords(_: Scene) -> Iterator[str]:
    """Passwords are kept in a way that is slow to guess."""
    body = {"password": PASSWORD, "current_password": PASSWORD}
    Visitor(VAZIA.viewer).http.put("/api/v1/me/", json=body)
    kept = _ask("select password from ab_user where username = %s", VAZIA.viewer)
    if not kept.startswith("scrypt:32768:8:1$"):
        yield f"a password is kept as {kept.partition('$')[0]}"


def headers(scene: Scene) -> Iterator[str]:
    """No page asks another host, is framed by one, or answers a form that is not its own."""
    http = scene.visitor(FORTE.viewer).http
    said = http.get("/login/", headers={"Origin": "https://evil.example"}).headers
    policy = said.get("Content-Security-Policy", "")
    if not policy or "http:" in policy or "https:" in policy:
        yield "pages may ask other hosts"
    if "frame-ancestors 'self'" not in policy.split("; "):
        yield "pages may be framed"
    if said.get("X-Content-Type-Options") != "nosniff":
        yield "a browser may guess what a file is"
    if "Access-Control-Allow-Origin" in said:
        yield "another host's page may ask"
    token = http.headers["X-CSRFToken"]
    del http.headers["X-CSRFToken"]
    try:
        answer = http.put("/api/v1/me/", json={"first_name": "Outro"})
    finally:
        http.headers["X-CSRFToken"] = token
    if answer.status_code != httpx2.codes.BAD_REQUEST:
        yield "a form needs no token"


def doctors(_: Scene) -> Iterator[str]:
    """The doctor finds each protection where it should be."""
    for check in (
        doctor.check_protections, doctor.check_row_filters, doctor.check_permissions,
    ):  # fmt: skip
        yield from (finding.what for finding in check())


PROBES: tuple[Probe, ...] = (
    logins, cache, answers, lists, dashboards, changes, downloads, doors,
    sessions, forged, guessing, disabled, cookies, passwords, headers, doctors,
)  # fmt: skip

_LISTS = (
    "/api/v1/security/users/", "/api/v1/security/roles/", "/api/v1/security/roles/search/",
    "/api/v1/security/groups/", "/api/v1/security/permissions-resources/",
    *(f"/api/v1/{what}/" for what in (
        "rowlevelsecurity", "database", "log", "theme", "query", "saved_query", "report",
        "annotation_layer", "css_template", "tag")),
)  # fmt: skip
_WRITES = (
    "/api/v1/sqllab/execute/", "/api/v1/sqllab/estimate/", "/api/v1/chart/", "/api/v1/dataset/",
    "/api/v1/dashboard/", "/api/v1/database/", "/api/v1/rowlevelsecurity/", "/api/v1/report/",
    "/api/v1/security/users/", "/api/v1/security/roles/", "/api/v1/security/guest_token/",
    "/api/v1/assets/import/", "/api/v1/cachekey/invalidate", "/api/v1/theme/",
)  # fmt: skip
_DOORS = (
    f"/geniai/cliente/{LEVE.slug}", "/geniai/protections",
    *(f"/api/v1/{what}/related/{field}" for what, field in (
        ("dashboard", "owners"), ("dashboard", "roles"), ("chart", "created_by"),
        ("dataset", "owners"))),
    "/api/v1/dataset/distinct/schema",
)  # fmt: skip


def _login(scene: Scene, who: Visitor) -> str | None:
    asked = _column(uuid.uuid4().hex, "session_user::text")
    answer = who.ask(scene.dataset("daily"), columns=[asked])
    if answer.status_code != httpx2.codes.OK:
        return None
    rows = answer.json()["result"][0]["data"]
    return str(rows[0][asked["label"]]) if rows else "somebody without rows"


def _column(label: str, sql: str) -> dict[str, str]:
    return {"label": label, "sqlExpression": sql, "expressionType": "SQL"}


def _forged(email: str, **changed: Any) -> Visitor:
    """Somebody who has changed what his cookie says, and signed it as if he were Superset."""
    visitor = Visitor(email)
    app = Flask("forger")
    app.secret_key = get_settings().derive("superset")
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    forged = signer.dumps(signer.loads(visitor.http.cookies["session"]) | changed)
    visitor.http.cookies.clear()
    visitor.http.cookies.set("session", forged if isinstance(forged, str) else forged.decode())
    return visitor


def _with_cookies(cookies: dict[str, str]) -> httpx2.Client:
    return httpx2.Client(base_url=get_settings().superset_url, timeout=60, cookies=cookies)


def _token(email: str) -> httpx2.Client:
    """Somebody who asks by an API token.

    Raises:
        PermanentError: he is given none.

    """
    answer = httpx2.post(
        f"{get_settings().superset_url}/api/v1/security/login",
        json={"username": email, "password": PASSWORD, "provider": "db"},
        timeout=60,
    )
    if answer.status_code != httpx2.codes.OK:
        raise PermanentError("He is given no token.", mend="")
    token = answer.json()["access_token"]
    return httpx2.Client(
        base_url=get_settings().superset_url,
        timeout=60,
        headers={"Authorization": f"Bearer {token}"},
    )


def _is_in(http: httpx2.Client) -> bool:
    """Whether Superset knows him: it tells everybody who he is, and nobody nothing."""
    return http.get("/api/v1/dashboard/painel").status_code == httpx2.codes.OK


def _ask(sql: str, *values: Any) -> Any:
    """The first value of the first row, from Superset's own database."""
    with connect(admin_url(SUPERSET)) as connection:
        row = connection.execute(sql.encode(), values).fetchone()
    return row[0] if row else None
