"""The webhooks of the stand-in's accounts, in the recorded answers of a real Chatwoot."""

import copy
import itertools
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geniai_pipeline_tests.support.deliveries import read_lines


class RecordedWebhooks:
    """A fault of the stand-in (``DemoServer.faults``) that answers all requests about webhooks."""

    def __init__(self, version: str = "4.14.2") -> None:
        self._recorded = {x["name"]: x["response"] for x in read_lines(version) if "response" in x}
        self._numbers = itertools.count(11)
        self.rows: list[dict[str, Any]] = []
        self.requests: list[str] = []
        """Methods of the requests about webhooks."""
        self.agents: set[str] = set()
        """Tokens that are agents'."""
        self.failure: int | None = None
        """The status that answers every request, the others' too."""

    async def __call__(self, request: Request) -> Response | None:
        if self.failure is not None:
            return Response(status_code=self.failure)
        parts = request.url.path.split("/")
        if "webhooks" not in parts:
            return None
        self.requests.append(request.method)
        if request.headers.get("api-access-token") in self.agents:
            return self._answer("webhook by an agent")
        if request.method == "POST":
            return self._add(await request.json())
        if request.method == "DELETE":
            return self._remove(int(parts[-1]))
        answer = copy.deepcopy(self._recorded["webhooks are listed"]["json"])
        answer["payload"]["webhooks"] = self.rows
        return JSONResponse(answer)

    def add_row(self, url: str, subscriptions: list[str]) -> dict[str, Any]:
        """Adds a webhook as somebody made it."""
        row: dict[str, Any] = copy.deepcopy(
            self._recorded["webhook is made"]["json"]["payload"]["webhook"]
        )
        row |= {"id": next(self._numbers), "url": url, "subscriptions": subscriptions}
        if "secret" in row:
            row["secret"] = f"secret-of-{row['id']}"
        self.rows.append(row)
        return row

    def _add(self, body: dict[str, Any]) -> Response:
        wanted = body["webhook"]
        if any(row["url"] == wanted["url"] for row in self.rows):
            return self._answer("webhook twice")
        row = self.add_row(wanted["url"], wanted["subscriptions"])
        return JSONResponse({"payload": {"webhook": row}})

    def _remove(self, number: int) -> Response:
        rows = [row for row in self.rows if row["id"] != number]
        if len(rows) == len(self.rows):
            return JSONResponse({"error": "Resource could not be found"}, 404)
        self.rows = rows
        return Response(status_code=200, media_type="application/json")

    def _answer(self, name: str) -> Response:
        recorded = self._recorded[name]
        return Response(
            json.dumps(recorded["json"]), recorded["status"], media_type="application/json"
        )
