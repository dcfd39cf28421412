"""Measures the panel's page on five million conversations in a hundred tenants.

The real Superset, started as ``geniai up`` starts it, serves the database of ``_five_million.py``.
First, Chromium loads the largest tenant's page: it is drawn when each chart of the first tab has
its answer and none is loading. In turns with it, Chromium loads the same charts in plain Superset
(``_plain.py``); the three seconds of the panel that GeniAI replaces stand beside both. Then the
requests of that page are repeated over HTTP: the charts' data with and without the cache, and the
list as a file.

Last, users of many tenants load the page at once. Each has a session of their own and sends all
requests of a page except static files, six at a time as a browser does; from the second page on
they omit what a browser has cached. Then they read for about ``THINK_SECONDS``. They are HTTP
clients, because twenty browsers need more than this machine has; the single user in the table is
measured in the same way.

    python bench/page.py                              # 20 users for 60 s
    python bench/page.py --users 20 --seconds 300     # the figures we claim
"""

import argparse
import csv
import io
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

import _plain
import httpx2
from _five_million import CONVERSATIONS, open_five_million, slug
from _superset import find_chromium, running_superset
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright
from rich.console import Console
from rich.table import Table

from geniai_pipeline import administration
from geniai_pipeline.administration import Login
from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.visitor import Visitor

THINK_SECONDS = 10
ORIGINAL_SECONDS = 3.0
PAGE, PLAIN = "/superset/dashboard/painel/", f"/superset/dashboard/{_plain.SLUG}/"

_EXPORTED_DAYS = 80
_CHARTS = 8  # of the first tab
_AT_ONCE = 6  # connections of a browser with one host
_DATA = "/api/v1/chart/data"
_DRAWN = """count => {
    const answered = performance.getEntriesByType('resource')
        .filter(entry => entry.name.includes('/api/v1/chart/data') && entry.responseEnd > 0);
    const shown = document.querySelectorAll('[data-test-chart-name]');
    const loading = [...document.querySelectorAll('[data-test="loading-indicator"]')]
        .some(one => one.checkVisibility());
    return answered.length >= count && shown.length >= count && !loading && performance.now();
}"""
_CACHED = """() => performance.getEntriesByType('resource')
    .filter(entry => entry.transferSize === 0).map(entry => entry.name)"""


@dataclass(frozen=True)
class PageRequest:
    """A request of the page that another session can repeat."""

    method: str
    path: str
    body: bytes | None
    kind: str
    is_cached: bool
    """Whether a browser has its answer from the page before."""

    def repeat(self, visitor: Visitor, *, force: bool = False) -> float:
        """Repeats the request in a session.

        Returns:
            Seconds until the response.

        Raises:
            AssertionError: it is refused.
        """
        body = self.body
        if force and body is not None:
            body = json.dumps({**json.loads(body), "force": True}).encode()
        begun = time.perf_counter()
        answer = visitor.http.request(
            self.method, self.path, content=body, headers={"Content-Type": self.kind}
        )
        spent = time.perf_counter() - begun
        assert answer.is_success, f"{self.method} {self.path}: {answer.status_code} {answer.text}"
        return spent


@dataclass
class Crowd:
    """The waiting times of concurrent users in seconds, and their errors."""

    pages: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Returns the 95th percentile of the page loads."""
        return compute_p95(self.pages)

    @property
    def summary(self) -> str:
        """Describes the sample size."""
        errors = f"{len(self.errors)} errors {self.errors[:1] or ''}".strip()
        per_request = f"{1000 * compute_p95(self.requests):.0f} ms a request"
        return f"{len(self.pages)} pages, p95 {per_request}, {errors}"


def main(loads: int, repetitions: int, users: int, seconds: int) -> None:
    """Measures everything and prints one table."""
    busy = os.getloadavg()[0]
    table = Table("", "GeniAI", "plain Superset", "goal", "", box=None)
    with running_superset():
        logins = people(users)
        with chromium() as browser:
            drawn, requested = draw(browser, logins[0], loads)
        ours, plain = (f"{compute_p75(drawn[path]):.2f} s" for path in (PAGE, PLAIN))
        requests = sum(not one.is_cached for one in requested[PAGE])
        note = f"{requests} requests; the original: {ORIGINAL_SECONDS} s"
        table.add_row(f"page drawn, warm, p75 of {loads}", ours, plain, "2 s", note)

        visitors = [Visitor(login.email, login.password) for login in logins]
        for name, force, goal in (("from the cache", False, 60), ("anew", True, 300)):
            (ours, note), (plain, _) = (
                measure_slowest(requested[path], visitors[0], repetitions, force=force)
                for path in (PAGE, PLAIN)
            )
            table.add_row(f"the slowest chart {name}, p95", ours, plain, f"{goal} ms", note)

        spent, rows = zip(*(download(visitors[0]) for _ in range(3)), strict=True)
        note = f"{rows[0]:,} rows of bench/export.py's columns"
        table.add_row(
            "download of the list, median of 3",
            f"{statistics.median(spent):.2f} s",
            "",
            "3 s",
            note,
        )

        alone = load_as_crowd(visitors[:1], requested[PAGE], seconds / 3, think=1)
        name = "a page over HTTP, one user, p95"
        table.add_row(name, f"{alone.p95:.2f} s", "", "", alone.summary)
        for think in (THINK_SECONDS, 0):
            duration = seconds if think else seconds / 3
            together = load_as_crowd(visitors, requested[PAGE], duration, think=think)
            note = f"{together.p95 / alone.p95:.1f} times; {together.summary}"
            name = f"the same, {users} users, {duration:.0f} s, {think} s between pages"
            table.add_row(name, f"{together.p95:.2f} s", "", "3 times", note)
    Console(width=140).print(table)
    print(f"The machine's load average was {busy:.1f} before, {os.getloadavg()[0]:.1f} after.")


def people(count: int) -> list[Login]:
    """Creates an administrator per large tenant, who may open the plain panel too."""
    administration.provision_all()
    with connect_superset() as session:
        _plain.add_plain_panel(session)
    administration.provision_all()
    wanted = [
        (name, Login(name, f"dono@{name}.example.com", get_settings().derive(name)))
        for name in map(slug, range(1, count + 1))
    ]
    return administration.ensure_users(wanted)


@contextmanager
def chromium() -> Iterator[BrowserContext]:
    """Starts the system's or Playwright's Chromium with a profile, which keeps compiled scripts."""
    with TemporaryDirectory() as profile, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=["--no-sandbox"],
            viewport={"width": 1400, "height": 2400},  # a page draws what fits: all of the tab
            locale="pt-BR",
            timezone_id="America/Sao_Paulo",
            base_url=get_settings().superset_url,
        )
        yield browser
        browser.close()


def draw(
    browser: BrowserContext, login: Login, loads: int
) -> tuple[dict[str, list[float]], dict[str, list[PageRequest]]]:
    """Loads both pages in turns, after two loads of each that are not counted.

    Returns:
        The seconds of each load, and what one load asks of the server, by the page.

    """
    page = _sign_in(browser, login)
    requested: dict[str, list[PageRequest]] = {}
    for path in (PAGE, PLAIN):
        _load(page, path)
        requested[path] = _list_requests(page, path)
    drawn: dict[str, list[float]] = {PAGE: [], PLAIN: []}
    for _ in range(loads):
        for path, seconds in drawn.items():
            seconds.append(_load(page, path))
    return drawn, requested


def measure_slowest(
    requests: list[PageRequest], visitor: Visitor, repetitions: int, *, force: bool
) -> tuple[str, str]:
    """Returns the 95th percentile of the slowest chart, and of all charts together."""
    charts = [one for one in requests if one.path.startswith(_DATA)]
    for one in charts:
        one.repeat(visitor)
    spent = {one: [one.repeat(visitor, force=force) for _ in range(repetitions)] for one in charts}
    worst = max(compute_p95(seconds) for seconds in spent.values())
    together = compute_p95([s for seconds in spent.values() for s in seconds])
    return f"{1000 * worst:.0f} ms", f"{1000 * together:.0f} ms of all {len(charts)} together"


def download(visitor: Visitor) -> tuple[float, int]:
    """Downloads the list of some fifty thousand leads as the page's menu does.

    Returns:
        The seconds and the number of rows.

    """
    with connect_superset() as session:
        known = session.all("/api/v1/dataset/")
    number = next(row["id"] for row in known if row["table_name"] == "leads")
    filters = [
        {"col": "created_at", "op": "TEMPORAL_RANGE", "val": f"Last {_EXPORTED_DAYS} days"},
        {"col": "listed_as", "op": "IN", "val": ["Leads"]},
    ]
    body = {
        "datasource": {"id": number, "type": "table"},
        "queries": [{"columns": ["contact_name"], "filters": filters}],
        "result_format": "csv",
        "result_type": "full",
    }
    begun = time.perf_counter()
    answer = visitor.http.post("/api/v1/chart/data", data={"form_data": json.dumps(body)})
    spent = time.perf_counter() - begun
    assert answer.is_success, answer.text
    return spent, sum(1 for _ in csv.reader(io.StringIO(answer.text), delimiter=";")) - 1


def load_as_crowd(
    visitors: list[Visitor], page: list[PageRequest], seconds: float, *, think: float
) -> Crowd:
    """Loads the page as each user, repeatedly until the time is over."""
    result, until, new = Crowd(), time.monotonic() + seconds, set(visitors)

    def stay(visitor: Visitor) -> None:
        time.sleep(random.uniform(0, think))  # users start at random times
        with ThreadPoolExecutor(_AT_ONCE) as connections:
            while time.monotonic() < until:
                begun = time.perf_counter()
                try:
                    document, *others = (a for a in page if visitor in new or not a.is_cached)
                    new.discard(visitor)
                    result.requests.append(document.repeat(visitor))
                    result.requests += connections.map(lambda one: one.repeat(visitor), others)
                except (AssertionError, httpx2.HTTPError) as error:
                    result.errors.append(str(error))
                result.pages.append(time.perf_counter() - begun)
                time.sleep(random.uniform(0.5, 1.5) * think)

    with ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(stay, visitors))
    return result


def compute_p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def compute_p75(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=4)[-1]


def _sign_in(browser: BrowserContext, login: Login) -> Page:
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script("performance.setResourceTimingBufferSize(5000)")
    page.goto("/login/")
    page.fill("#username", login.email)
    page.fill("#password", login.password)
    page.click("button[type=submit]")
    page.wait_for_url("**/superset/dashboard/**", wait_until="commit")
    return page


def _load(page: Page, path: str) -> float:
    page.goto(path, wait_until="commit")
    milliseconds: float = page.wait_for_function(_DRAWN, arg=_CHARTS).json_value()
    page.wait_for_load_state("networkidle")
    return milliseconds / 1000


def _list_requests(page: Page, path: str) -> list[PageRequest]:
    """Returns the requests of one load without static files, which browsers cache for a year."""
    own = get_settings().superset_url
    requests: list[Request] = []

    def add_request(request: Request) -> None:
        requests.append(request)

    page.on("request", add_request)
    _load(page, path)
    page.remove_listener("request", add_request)
    cached_urls = set(page.evaluate(_CACHED))
    return [
        PageRequest(
            request.method,
            request.url.removeprefix(own),
            request.post_data_buffer,
            request.headers.get("content-type", ""),
            request.url in cached_urls,
        )
        for request in requests
        if request.url.startswith(own) and not request.url.startswith(f"{own}/static/")
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--loads", type=int, default=15)
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60)
    chosen = parser.parse_args()
    with open_five_million(chosen.conversations):
        main(chosen.loads, chosen.repetitions, chosen.users, chosen.seconds)
