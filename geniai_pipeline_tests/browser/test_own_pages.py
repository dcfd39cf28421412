"""GeniAI's own pages: signing in and out, errors, unsubscribing; and the tab's title and icon."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from geniai_pipeline.reports import recipients
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.conftest import SignIn
from geniai_pipeline_tests.browser.gyms import FORTE, PASSWORD, STAFF, VAZIA, number
from geniai_pipeline_tests.browser.pages import SIZES, expect_charts_loaded, find_barriers


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser in which nobody has signed in."""
    context = browser.new_context(
        base_url=get_settings().superset_url, locale="pt-BR", bypass_csp=True
    )
    yield context.new_page()
    context.close()


def test_whoever_signs_out_is_told_so(page: Page) -> None:
    _sign_in(page, VAZIA.viewer)
    page.wait_for_url("**/superset/**", wait_until="commit")
    # an answer that comes after signing out would bring the session's cookie back
    page.wait_for_load_state("networkidle")
    page.goto("/logout/")

    expect(page.get_by_role("status")).to_have_text("Você saiu.")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)


def test_a_session_that_has_expired_comes_back_to_its_page(page: Page) -> None:
    _sign_in(page, VAZIA.viewer)
    page.wait_for_url("**/superset/**", wait_until="commit")
    page.goto("/superset/dashboard/painel/?lugar=aqui")
    expect(page.get_by_test_id("filter-bar")).to_be_visible()
    expect_charts_loaded(page)  # a later answer would send the page away during the reload
    _end_sessions(VAZIA.viewer)
    page.reload()

    expect(page.get_by_role("status")).to_have_text("Sua sessão expirou. Entre de novo.")
    _fill(page, VAZIA.viewer, PASSWORD)
    page.wait_for_url(
        lambda url: "/painel/" in url and "lugar=aqui" in url and "/login" not in url,
        wait_until="commit",
    )


def test_a_session_that_expires_in_an_open_tab_comes_back_to_its_page(page: Page) -> None:
    _sign_in(page, VAZIA.viewer)
    page.wait_for_url("**/superset/**", wait_until="commit")
    page.goto("/superset/dashboard/painel/?lugar=aqui&outro=ali")
    expect(page.get_by_test_id("filter-bar")).to_be_visible()
    expect_charts_loaded(page)
    page.wait_for_timeout(1000)  # the page stores its filters a moment later
    _end_sessions(VAZIA.viewer)
    with suppress(Error):  # the page may ask for something by itself, and leave before
        page.locator(".ant-tabs-tab", has_text="Velocidade").dispatch_event("click", timeout=5_000)

    # Each refused request leads to the sign-in page, and a later one aborts the navigation of an
    # earlier one: wait_for_url would raise.
    expect(page).to_have_url(re.compile("/login"))
    expect(page.get_by_role("status")).to_have_text("Sua sessão expirou. Entre de novo.")
    _fill(page, VAZIA.viewer, PASSWORD)
    page.wait_for_url(
        lambda url: "/painel/?lugar=aqui&outro=ali" in url and "/login" not in url,
        wait_until="commit",
    )


def test_a_wrong_password_keeps_the_email_and_says_so_beside_the_field(page: Page) -> None:
    page.goto("/login/?next=/user_info/")
    expect(page.get_by_role("status")).to_have_count(0)
    _fill(page, VAZIA.viewer, "uma senha falsa")

    expect(page.get_by_label("Senha")).to_have_accessible_description("E-mail ou senha incorretos.")
    expect(page.get_by_label("E-mail")).to_have_value(VAZIA.viewer)
    _fill(page, VAZIA.viewer, PASSWORD)
    page.wait_for_url("**/user_info/", wait_until="commit")


def test_the_tab_has_the_gyms_name_and_icon(page: Page) -> None:
    page.goto("/login/")
    general = page.request.get("/geniai/icon.svg").text()
    _sign_in(page, VAZIA.viewer)

    page.wait_for_url("**/superset/dashboard/**", wait_until="commit")
    expect(page.get_by_test_id("filter-bar")).to_be_visible()
    assert page.title().endswith(f" · {VAZIA.name}")
    address = page.locator("link[rel=icon]").get_attribute("href")
    assert address
    icon = page.request.get(address).text()
    assert icon != general
    assert ">B</text>" in icon


def test_the_staff_reads_whose_page_it_looks_at(sign_in: SignIn) -> None:
    page = sign_in(STAFF, path=f"/geniai/cliente/{VAZIA.slug}")

    expect(page.locator(".geniai-viewing b")).to_have_text(VAZIA.name)
    page.goto(f"{get_settings().superset_url}/geniai/clientes/")


def test_own_pages_can_be_read_by_everybody(page: Page) -> None:
    token = recipients.sign_token(number(FORTE), FORTE.viewer)
    for size in SIZES:
        page.set_viewport_size(size)
        for path in ("/login/", "/nao-existe", f"{recipients.UNSUBSCRIBE_PATH}{token}"):
            page.goto(path)
            assert find_barriers(page) == [], (path, size)
            assert page.locator("html").get_attribute("lang") == "pt-BR"
            expect(page.locator("h1")).to_have_count(1)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_account_page_can_be_read_by_everybody(sign_in: SignIn) -> None:
    page = sign_in(FORTE.viewer, path="/user_info/")
    expect(page.locator("h1")).to_have_text("Os seus dados")
    assert page.locator("html").get_attribute("lang") == "pt-BR"
    for size in SIZES:
        page.set_viewport_size(size)
        assert find_barriers(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for role in ("dashboard_viewer", "tenant_"):
        assert role not in page.inner_text("body")


def _sign_in(page: Page, email: str) -> None:
    page.goto("/login/")
    _fill(page, email, PASSWORD)


def _fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Senha").fill(password)
    page.get_by_role("button", name="Entrar").click()


def _end_sessions(email: str) -> None:
    with connect(admin_url(SUPERSET)) as connection:
        connection.execute("delete from geniai_sessions where email = %s", [email])
