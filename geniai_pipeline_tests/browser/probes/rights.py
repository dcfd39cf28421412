"""Probes of permissions: what each user may list, open, change and download."""

import itertools
from collections.abc import Iterator

import httpx2

from geniai_pipeline.doctor import dashboards as doctor
from geniai_pipeline_tests.browser.attacks import QUESTIONS
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STAFF
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene


def lists(scene: Scene) -> Iterator[str]:
    """No user lists other users or objects of the platform."""
    for who in (FORTE.viewer, FORTE.admin):
        for path in LISTS:
            answer = scene.visitor(who).http.get(path)
            if answer.status_code not in {403, 404} and answer.json().get("count") != 0:
                yield f"{who} finds {path}"


def dashboards(scene: Scene) -> Iterator[str]:
    """Each user sees and opens the dashboards of their role, and no other."""
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
    """Neither a viewer nor an administrator runs SQL or changes an object of Superset."""
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
    """Administrators alone download files."""
    for result_format, question in itertools.product(("csv", "xlsx"), (QUESTIONS[0], FILE)):
        body = question.asks(scene.dataset) | {"result_format": result_format}
        answer = scene.visitor(FORTE.viewer).http.post("/api/v1/chart/data", json=body)
        if answer.status_code != httpx2.codes.FORBIDDEN:
            yield f"a viewer downloads {result_format}"


def staff_pages(scene: Scene) -> Iterator[str]:
    """Staff pages and Superset's lists are closed to tenants' users and to strangers."""
    for who in ("a viewer", "an administrator", "without a tenant", "nobody"):
        for path in STAFF_PATHS:
            status = scene.attackers()[who].http.get(path).status_code
            if status not in {401, 403, 404}:
                yield f"{who} opens {path} ({status})"


def doctor_checks(_: Scene) -> Iterator[str]:
    """Doctor reports every protection as present."""
    for check in (
        doctor.check_protections, doctor.check_row_filters, doctor.check_permissions,
    ):  # fmt: skip
        yield from (finding.what for finding in check())


PROBES: tuple[Probe, ...] = (lists, dashboards, changes, downloads, staff_pages, doctor_checks)

FILE = next(question for question in QUESTIONS if question.name == "the list as a file")
LISTS = (
    "/api/v1/security/users/", "/api/v1/security/roles/",
    "/api/v1/security/roles/search/?q=(page_size:1000)",  # ten a page, in no order
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
STAFF_PATHS = (
    f"/geniai/cliente/{LEVE.slug}", "/geniai/protections",
    *(f"/api/v1/{what}/related/{field}" for what, field in (
        ("dashboard", "owners"), ("dashboard", "roles"), ("chart", "created_by"),
        ("dataset", "owners"))),
    "/api/v1/dataset/distinct/schema",
)  # fmt: skip
