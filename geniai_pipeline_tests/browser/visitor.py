"""Somebody before Superset without a browser."""

from typing import Any

import httpx2

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.gyms import PASSWORD


class Visitor:
    """Somebody with a session of their own, as a browser has one."""

    def __init__(self, email: str, password: str = PASSWORD, *, address: str | None = None) -> None:
        self.http = httpx2.Client(base_url=get_settings().superset_url, timeout=60)
        if address:  # as a proxy tells it
            self.http.headers["X-Forwarded-For"] = address
        self.answer = self.sign_in(email, password)

    def sign_in(self, email: str, password: str) -> httpx2.Response:
        """Fills in the form of the sign-in page; without a name, it is only opened."""
        page = self.http.get("/login/")
        token = page.text.partition('id="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        self.http.headers |= {"X-CSRFToken": token, "Referer": str(self.http.base_url)}
        if not email:
            return page
        return self.http.post("/login/", data={"username": email, "password": password})

    def guess(self, path: str, name: str, address: str) -> int:
        """Tries a wrong password at the door of the page or of the API, and says what came of it.

        Args:
            path: that door.
            name: whose password.
            address: where they say they are, as a proxy would.

        Returns:
            The status of the answer.

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
        """Asks for a chart of their own making.

        Args:
            dataset: its number.
            page: as this dashboard asks, whose answers are kept as they were sent.
            force: anew, whatever is kept.
            seconds: how long Superset is to keep what it is made of; None: as long as it does.
            query: what differs from an empty one.

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
        """The rows of such a chart."""
        response = self.ask(dataset, **query)
        assert response.status_code == 200, response.text
        rows: list[dict[str, Any]] = response.json()["result"][0]["data"]
        return rows
