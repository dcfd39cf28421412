"""HTTP client of Superset with a session of its own."""

from typing import Any

import httpx2

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.gyms import PASSWORD


class Visitor:
    """A visitor with a session of their own, without a browser."""

    def __init__(self, email: str, password: str = PASSWORD, *, address: str | None = None) -> None:
        # it has no certificate to verify; reading those of all authorities takes 20 ms
        self.http = httpx2.Client(base_url=get_settings().superset_url, timeout=60, verify=False)
        if address:  # as a proxy tells it
            self.http.headers["X-Forwarded-For"] = address
        self.answer = self.sign_in(email, password)

    def sign_in(self, email: str, password: str) -> httpx2.Response:
        """Submits the sign-in form; without a name it only opens the page."""
        page = self.http.get("/login/")
        token = page.text.partition('id="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        self.http.headers |= {"X-CSRFToken": token, "Referer": str(self.http.base_url)}
        if not email:
            return page
        return self.http.post("/login/", data={"username": email, "password": password})

    def guess(self, path: str, name: str, address: str) -> int:
        """Submits a wrong password to the sign-in page or to the API.

        Args:
            path: the page's or the API's path.
            name: the user name.
            address: the client's address, as a proxy sends it.

        Returns:
            The status of the response.
        """
        body = {"username": name, "password": "falsa", "provider": "db"}
        content: dict[str, Any] = {"json": body} if path.startswith("/api/") else {"data": body}
        return self.http.post(path, headers={"X-Forwarded-For": address}, **content).status_code

    def ask(
        self,
        dataset: int,
        *,
        page: int | None = None,
        force: bool = False,
        seconds: int | None = None,
        **query: Any,
    ) -> httpx2.Response:
        """Requests a custom chart.

        Args:
            dataset: its id.
            page: the id of a dashboard, whose responses are cached; None: no dashboard.
            force: whether to bypass the caches.
            seconds: how long Superset caches the result; None: its default.
            query: fields that differ from an empty query.
        """
        body = {
            "force": force,
            "custom_cache_timeout": seconds,
            "datasource": {"id": dataset, "type": "table"},
            "queries": [{"metrics": [], "columns": [], "filters": [], "row_limit": 1000, **query}],
            "result_format": "json",
            "result_type": "full",
        }
        params = {"dashboard_id": page} if page else None
        return self.http.post("/api/v1/chart/data", json=body, params=params)

    def rows(self, dataset: int, **query: Any) -> list[dict[str, Any]]:
        """Returns the rows of such a chart."""
        response = self.ask(dataset, **query)
        assert response.status_code == 200, response.text
        rows: list[dict[str, Any]] = response.json()["result"][0]["data"]
        return rows
