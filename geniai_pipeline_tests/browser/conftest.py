"""Fixtures: one real Superset on real Postgres, and a real browser."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from geniai_pipeline import administration
from geniai_pipeline.administration.users import store_users
from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import Superset, connect_superset
from geniai_pipeline.dashboards.provisioning import VIEWER, role_ids, role_name
from geniai_pipeline.dashboards.server import initialise_command, superset_environment
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.browser.gyms import (
    BOTH,
    FORTE,
    GYMS,
    LEVE,
    PASSWORD,
    STAFF,
    STRANGER,
    fill,
)
from geniai_pipeline_tests.browser.pages import TALL, open_tab
from geniai_pipeline_tests.support.superset import serve_superset

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="session")
def superset(embedded: None) -> Iterator[Superset]:
    """Superset with three tenants and their users, as its service account reads it."""
    for gym in GYMS:
        fill(gym)
    with connect(admin_url()) as connection:  # a daemon that lives as long as the tests
        connection.execute(
            "insert into ops.scheduler (seen_at) values ('infinity')"
            " on conflict (is_only) do update set seen_at = excluded.seen_at"
        )
    settings = get_settings()
    environment = settings.child_environment(**superset_environment(settings))
    with (settings.home / "superset.log").open("wb") as log:
        subprocess.run(initialise_command(), env=environment, stdout=log, stderr=log, check=True)
    with serve_superset():
        administration.provision_all()
        with connect_superset() as session:
            _make_people(session)
            store_users(session)
            yield session


@pytest.fixture(scope="session")
def dataset(superset: Superset) -> Callable[[str], int]:
    """Returns a dataset's id by its name."""
    known = {row["table_name"]: row["id"] for row in superset.all("/api/v1/dataset/")}
    return known.__getitem__


@pytest.fixture(scope="session")
def browser(superset: Superset) -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> dict[str, BrowserContext]:
    """Browser contexts by user: each keeps its session and its browser cache."""
    return {}


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, contexts: dict[str, BrowserContext]) -> Iterator[SignIn]:
    """Signs a user in and returns a page of theirs, the first one unless a path is given.

    In the end no page may have asked another host, nor complained in the console.
    """
    with _open_pages(browser, contexts) as (open_page, complaints):
        yield open_page
    assert complaints == []


_Panel = tuple[Page, list[str]]


@pytest.fixture(scope="module")
def panel_of_module(browser: Browser, contexts: dict[str, BrowserContext]) -> Iterator[_Panel]:
    """The page of ``panel``, and its complaints."""
    with _open_pages(browser, contexts) as (open_page, complaints):
        yield open_page(FORTE.viewer), complaints


@pytest.fixture
def panel(panel_of_module: _Panel) -> Iterator[Page]:
    """A viewer's panel at its first tab, one for a whole file: for tests that only look at it."""
    page, complaints = panel_of_module
    page.set_viewport_size(TALL)
    open_tab(page, "Hoje")
    yield page
    found = complaints.copy()
    complaints.clear()
    assert found == []


@contextmanager
def _open_pages(
    browser: Browser, contexts: dict[str, BrowserContext]
) -> Iterator[tuple[SignIn, list[str]]]:
    """Yields a function that opens pages, and the list that gets their complaints."""
    pages: list[Page] = []
    complaints: list[str] = []
    url = get_settings().superset_url

    def open_page(
        email: str, *, path: str = "/", size: ViewportSize = TALL, may_complain: bool = False
    ) -> Page:
        known = contexts.get(email)
        context = contexts[email] = known or browser.new_context(
            locale="pt-BR", timezone_id="America/Sao_Paulo"
        )
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size(size)
        page.on("request", lambda request: _note_foreign(request.url, url, complaints))
        if not may_complain:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda line: complaints.append(line.text) if line.type == "error" else None,
            )
        page.goto(url + path)
        if known is None:
            page.fill("#username", email)
            page.fill("#password", PASSWORD)
            page.click("button[type=submit]")
        page.wait_for_url(
            lambda address: "/login" not in address, wait_until="commit", timeout=60_000
        )
        return page

    yield open_page, complaints
    for page in pages:
        page.close()


def _note_foreign(address: str, own: str, complaints: list[str]) -> None:
    if not address.startswith((own, "data:", "blob:")):
        complaints.append(f"asked {address}")


def _make_people(superset: Superset) -> None:
    for gym in GYMS:
        users.add_user(superset, gym.viewer, role="viewer", password=PASSWORD, tenant=gym.slug)
        users.add_user(superset, gym.admin, role="admin", password=PASSWORD, tenant=gym.slug)
    users.add_user(superset, STAFF, role="superadmin", password=PASSWORD)
    # two that geniai would not make, and that must see nothing
    roles = role_ids(superset)
    tenants = [roles[role_name(gym.slug)] for gym in (FORTE, LEVE)]
    for email, own in ((STRANGER, [roles[VIEWER]]), (BOTH, [roles[VIEWER], *tenants])):
        superset.post(
            "/api/v1/security/users/",
            {
                "username": email, "email": email, "first_name": "A", "last_name": "B",
                "active": True, "password": PASSWORD, "roles": own,
            },
        )  # fmt: skip
