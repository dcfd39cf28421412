"""Probes of tenant isolation: charts, addresses, logins, caches and cached responses."""

import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx2

from geniai_pipeline_tests.browser.attacks import POSTS, QUESTIONS, contains_other_tenant
from geniai_pipeline_tests.browser.gyms import BOTH, FORTE, LEVE, STAFF, STRANGER, number
from geniai_pipeline_tests.browser.probes.rights import FILE, LISTS, STAFF_PATHS
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene, make_column
from geniai_pipeline_tests.browser.visitor import Visitor
from geniai_pipeline_tests.support.published import note_waiting

_LOGINS = {
    FORTE.viewer: "bi_t_forte", FORTE.admin: "bi_a_forte", LEVE.viewer: "bi_t_leve",
    STAFF: "bi_staff", STRANGER: None, BOTH: None,
}  # fmt: skip
# Enough to find a disabled protection; test_attacks.py sends all of them.
_CHOSEN = {"columns", "samples", "spreadsheet", "the list as a file", "or true", "metric", "people"}
_SQL_LAB = "/api/v1/sqllab/execute/"
_WAITING = "/geniai/espera"
_OTHER = {
    "geniai_client": LEVE.slug, "tenant": LEVE.slug, "slug": LEVE.slug, "client": LEVE.slug,
    "tenant_id": "2", "login": "bi_t_leve",
}  # fmt: skip
"""Parameters that might name another tenant."""


def charts(scene: Scene) -> Iterator[str]:
    """No custom chart returns another tenant's data, even after staff requested the same chart."""
    for question in QUESTIONS:
        if question.name not in _CHOSEN:
            continue
        body = question.asks(scene.dataset)
        scene.visitor(STAFF).http.post("/api/v1/chart/data", json=body)
        for who, attacker in scene.attackers().items():
            if contains_other_tenant(attacker.http.post("/api/v1/chart/data", json=body), who):
                yield f"{who} gets data of another gym by the question {question.name}"


def addresses(scene: Scene) -> Iterator[str]:
    """No address returns another tenant's data to a viewer, an administrator or a stranger."""
    scene.visitor(LEVE.viewer).http.get("/superset/dashboard/painel/")  # which Superset notes
    for who in ("a viewer", "an administrator", "nobody"):
        http = scene.attackers()[who].http
        answers = [http.get(path) for path in (*LISTS, *STAFF_PATHS)]
        answers.append(http.post(_SQL_LAB, json=POSTS[_SQL_LAB]))
        for answer in answers:
            if contains_other_tenant(answer, who):
                yield f"{who} gets data of another gym at {answer.url.path}"


def logins(scene: Scene) -> Iterator[str]:
    """Each user queries Postgres by their own login; a user without a tenant gets no rows."""
    for who, login in _LOGINS.items():
        found = _find_login(scene, scene.visitor(who))
        if found != login:
            yield f"{who} is {found} in Postgres"
    if (found := _find_login(scene, scene.attackers()["with a forged cookie"])) != "bi_t_forte":
        yield f"a viewer whose cookie names another gym is {found} in Postgres"
    body = FILE.asks(scene.dataset)
    body["queries"][0] |= {"extras": {"where": "session_user = 'bi_a_forte'"}}
    listed = scene.visitor(FORTE.admin).http.post("/api/v1/chart/data", json=body)
    if f"c1@{FORTE.slug}." not in listed.text:
        yield "a file is not read under the login of whoever asks for it"


def cache(scene: Scene) -> Iterator[str]:
    """No user gets a result that another login has cached, even within their tenant."""
    label = uuid.uuid4().hex
    for who in (STAFF, FORTE.admin, FORTE.viewer, LEVE.viewer):
        column = make_column("1", label)
        result = scene.visitor(who).ask(scene.dataset("daily"), columns=[column]).json()
        if result["result"][0]["is_cached"]:
            yield f"{who} is answered from another login's cache"


def answers(scene: Scene) -> Iterator[str]:
    """The response cache serves no user a response of another tenant or login."""
    login = uuid.uuid4().hex
    columns = ["tenant_name", make_column("session_user::text", login)]
    for who in (LEVE.viewer, FORTE.admin, FORTE.viewer):
        answer = scene.visitor(who).ask(scene.dataset("daily"), page=1, columns=columns)
        if who != LEVE.viewer and contains_other_tenant(answer):
            yield f"{who} gets a response of another gym"
        elif answer.json()["result"][0]["data"][0][login] != _LOGINS[who]:
            yield f"{who} is answered what another login was"


def who_waits(scene: Scene) -> Iterator[str]:
    """An open page is told of its own tenant's changes, whatever it asks; nobody without one is."""
    for who in ("nobody", "a guest", "without a tenant", "with two tenants"):
        answer = scene.attackers()[who].http.get(_WAITING)
        if (answer.status_code, answer.text) != (httpx2.codes.UNAUTHORIZED, "{}"):
            yield f"{who} is told who waits"
    then = datetime.now(timezone.utc) - timedelta(hours=1)
    for gym in (FORTE, LEVE):
        note_waiting(number(gym), then)
    viewer, forger = scene.visitor(FORTE.viewer), scene.attackers()["with a forged cookie"]
    before, _ = _ask_who_waits(viewer)
    if before == _ask_who_waits(scene.visitor(LEVE.viewer))[0]:
        yield "two gyms have one version"
    note_waiting(number(LEVE))
    version, seconds = _ask_who_waits(viewer)
    if version != before or seconds < timedelta(minutes=1).total_seconds():
        yield "a viewer is told that another gym's has changed"
    if _ask_who_waits(viewer, params=_OTHER, headers=_OTHER)[0] != before:
        yield "a viewer is told of the gym that they name"
    if _ask_who_waits(forger)[0] != before:
        yield "a viewer is told of the gym that their cookie names"


PROBES: tuple[Probe, ...] = (logins, cache, answers, who_waits)
"""Those that a test of their own does not ask already, as test_attacks.py does the others."""


def _ask_who_waits(who: Visitor, **request: Any) -> tuple[str, float]:
    """Returns the version that a page gets, and the seconds since it changed."""
    time.sleep(0.6)  # for so long the server keeps what it read
    answer = who.http.get(_WAITING, **request)
    return answer.headers["ETag"], float(answer.json()["seconds_since_change"])


def _find_login(scene: Scene, who: Visitor) -> str | None:
    column = make_column("session_user::text")
    answer = who.ask(scene.dataset("daily"), columns=[column])
    if answer.status_code != httpx2.codes.OK:
        return None
    rows = answer.json()["result"][0]["data"]
    return str(rows[0][column["label"]]) if rows else "somebody without rows"
