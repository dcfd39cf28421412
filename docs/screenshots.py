"""Retakes the pictures in ``docs/images``: each page of a sample tenant, on a desktop and a phone.

It starts ``geniai up --demo`` in a data folder of its own and stops it at the end.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from geniai_pipeline.dashboards import users
from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.services.sample import derive_password
from geniai_pipeline.settings import get_settings

IMAGES = Path(__file__).parent / "images"
SLUG, STAFF = "gralha-azul", "equipe@geniai.example.com"
SIZES = {"": 1400, "-celular": 390}
"""What a picture's name ends in, and how wide its page is, in pixels."""

_TALL = 9000  # a page draws what fits: all of it
# The colours that cover most, moved to what they stand for: others lose a figure's green.
_PORTS = range(20000, 24000)


def main() -> None:
    """Takes them all."""
    with _demo():
        take()


def take() -> None:
    """Takes the pictures of the demo that the settings name; it runs already."""
    own, staff = derive_password(SLUG), get_settings().derive(STAFF)
    with connect_superset() as superset:
        if all(user.email != STAFF for user in users.list_users(superset)):
            users.add_user(superset, STAFF, role="superadmin", password=staff)
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    with sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        expect.set_options(timeout=30_000)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for ending, width in SIZES.items():
            page = _sign_in(browser, f"dono@{SLUG}.example.com", own, width)
            _open_tab(page, "Leads")  # at night nobody may wait on the first
            lead = page.locator('a[href*="/dashboard/lead/"]').first.get_attribute("href")
            for name, tab in {
                "hoje": "Hoje", "leads": "Leads", "velocidade": "Velocidade",
                "origem": "Canais e anúncios",
            }.items():  # fmt: skip
                _open_tab(page, tab)
                _keep(page, f"{name}{ending}", width)
            for name, path in {
                "lead": lead, "administracao": "/superset/dashboard/administracao/"
            }.items():  # fmt: skip
                page.goto(f"{get_settings().superset_url}{path}")
                _keep(page, f"{name}{ending}", width)
            page.context.close()
            page = _sign_in(browser, STAFF, staff, width)
            _keep(page, f"plataforma{ending}", width)
            page.context.close()
        browser.close()


def _sign_in(browser: Browser, email: str, password: str, width: int) -> Page:
    page = browser.new_context(
        viewport={"width": width, "height": _TALL},
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
    ).new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{get_settings().superset_url}/login/")
    page.fill("#username", email)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_url("**/superset/dashboard/**", wait_until="commit")
    return page


def _open_tab(page: Page, name: str) -> None:
    page.locator(".ant-tabs-tab", has_text=name).dispatch_event("click")


def _keep(page: Page, name: str, width: int) -> None:
    """Waits until everything is drawn and writes what there is of it, in few colours."""
    page.set_viewport_size({"width": width, "height": _TALL})
    page.locator("[data-test-chart-name]").filter(visible=True).first.wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("loading-indicator").filter(visible=True)).to_have_count(0)
    page.wait_for_timeout(1500)  # the charts' own drawing
    bottom = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.dashboard-component, .grid-row')]"
        ".map(card => card.getBoundingClientRect().bottom))"
    )
    picture = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": bottom + 24})
    with Image.open(io.BytesIO(picture)) as drawn:
        drawn.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2).save(
            IMAGES / f"{name}.png", optimize=True
        )


@contextmanager
def _demo() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="geniai-pictures-") as folder:
        Path(folder).chmod(0o755)  # the database's user passes through
        os.environ["GENIAI_HOME"] = f"{folder}/home"
        free = (port for port in _PORTS if not is_taken(port))
        for name, port in zip(("DAGSTER", "SUPERSET", "DEMO"), free, strict=False):
            os.environ[f"GENIAI_{name}_PORT"] = str(port)
        get_settings.cache_clear()
        command = [str(Path(sys.executable).with_name("geniai")), "up", "--demo"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stack:
            try:
                for line in stack.stdout or ():
                    print(line, end="")
                    if "Ready." in line:
                        break
                yield
            finally:
                stack.send_signal(signal.SIGINT)
                stack.communicate()


if __name__ == "__main__":
    main()
