"""Each role may do the least that its pages need: without any one permission, something breaks.

What the pages need is what a browser asks for while somebody uses them: it is recorded once for
each role, and asked again, of the real Superset, without each of the role's permissions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Request, expect

from geniai_pipeline import administration
from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import ADMIN, VIEWER
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE
from geniai_pipeline_tests.browser.test_pages import chart, choose, open_tab
from geniai_pipeline_tests.browser.visitor import Visitor

_TABS = ("Leads", "Velocidade", "Canais e anúncios", "Hoje")


@dataclass(frozen=True)
class _Asked:
    """A request of a browser's."""

    method: str
    path: str
    body: bytes | None
    kind: str

    def again(self, visitor: Visitor) -> int:
        """The status it is answered with now."""
        headers = {"Content-Type": self.kind} if self.kind else {}
        answer = visitor.http.request(self.method, self.path, content=self.body, headers=headers)
        return answer.status_code


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("email", "role"), [(FORTE.viewer, VIEWER), (FORTE.admin, ADMIN)])
def test_without_any_one_permission_something_breaks(
    superset: Superset, sign_in: SignIn, email: str, role: str
) -> None:
    page = sign_in(email, may_complain=True)
    asked = _recorded(page, role)
    visitor = Visitor(email)
    before = {request: request.again(visitor) for request in asked}
    menu = _menu(page)

    needless = []
    for number, name in _permissions(role):
        _take(role, number)
        broken = [
            f"{request.method} {request.path.partition('?')[0]}"
            for request, status in before.items()
            if request.again(visitor) != status
        ]
        if not broken and _menu(page) != menu:
            broken = ["a chart's menu"]
        print(name, broken[:3])
        if not broken:
            needless.append(name)
        administration.provision_all()
    assert needless == []


def _recorded(page: Page, role: str) -> set[_Asked]:
    """What a browser asks for while somebody uses everything that the role's pages have."""
    found: set[_Asked] = set()
    url = get_settings().superset_url

    def note(request: Request) -> None:
        path = request.url.removeprefix(url)
        if not path.startswith(("/static/", "/login/", "/logout/", "data:", "blob:")):
            kind = request.headers.get("content-type", "")
            found.add(_Asked(request.method, path, request.post_data_buffer, kind))

    page.on("request", note)
    page.goto(f"{url}/superset/welcome/")
    for tab in _TABS:
        open_tab(page, tab)
        expect(page.get_by_test_id("loading-indicator").filter(visible=True)).to_have_count(0)
    choose(page, "canal", "Instagram")
    page.get_by_text("Últimos 30 dias").click()
    page.get_by_text("Últimos 7 dias").click()
    page.get_by_test_id("date-filter-control__apply-button").click()
    page.get_by_test_id("filter-bar__apply-button").click()
    page.wait_for_load_state("networkidle")
    open_tab(page, "Leads")
    page.goto(
        f"{url}{chart(page, 'Leads', 'table').get_by_role('link').first.get_attribute('href')}"
    )
    page.wait_for_load_state("networkidle")
    page.goto(f"{url}/user_info/")
    page.wait_for_load_state("networkidle")
    if role == ADMIN:
        page.goto(f"{url}/superset/dashboard/administracao/")
        page.wait_for_load_state("networkidle")
    found |= set(_by_hand(Visitor(FORTE.viewer)))
    return found


def _by_hand(visitor: Visitor) -> Iterator[_Asked]:
    """What leaves a mark, or the browser's clipboard: a link to share, one's own name."""
    json = "application/json"
    number = visitor.http.get("/api/v1/dashboard/painel").json()["result"]["id"]
    path = f"/api/v1/dashboard/{number}/permalink"
    body = b'{"dataMask": {}, "activeTabs": []}'
    link = visitor.http.post(path, content=body, headers={"Content-Type": json}).json()
    yield _Asked("POST", path, body, json)
    yield _Asked("GET", f"/superset/dashboard/p/{link['key']}/", None, "")
    yield _Asked("PUT", "/api/v1/me/", b'{"first_name": "Fulana"}', json)


def _menu(page: Page) -> list[str]:
    """What may be done with a chart, as its menu says."""
    page.goto(f"{get_settings().superset_url}/superset/dashboard/painel/")
    open_tab(page, "Leads")
    card = chart(page, "Leads", "table")
    card.get_by_test_id("slice-header").get_by_role("button").click()
    entries = page.locator(".ant-dropdown-menu-title-content")
    expect(entries.first).to_be_visible()
    return sorted(entries.all_inner_texts())


def _permissions(role: str) -> list[tuple[int, str]]:
    with connect(admin_url(SUPERSET)) as connection:
        return connection.execute(
            "select pv.id, p.name || ' on ' || v.name from ab_permission_view_role pvr"
            " join ab_role r on r.id = pvr.role_id"
            " join ab_permission_view pv on pv.id = pvr.permission_view_id"
            " join ab_permission p on p.id = pv.permission_id"
            " join ab_view_menu v on v.id = pv.view_menu_id where r.name = %s order by 2",
            [role],
        ).fetchall()


def _take(role: str, permission: int) -> None:
    with connect(admin_url(SUPERSET)) as connection:
        connection.execute(
            "delete from ab_permission_view_role where permission_view_id = %s"
            " and role_id = (select id from ab_role where name = %s)",
            [permission, role],
        )
