"""A receiver of webhooks: a server that notes what is posted to it."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatwoot_demo.server import Server
from geniai_pipeline_tests.support.recordings import Delivery


class Receiver(Server):
    """Notes ``deliveries`` in the order in which they come; ``status`` and ``seconds`` answer."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.status = 200
        self.seconds = 0.0
        super().__init__(Starlette(routes=[Route("/{path:path}", self._note, methods=["POST"])]))

    async def _note(self, request: Request) -> Response:
        headers = {name.title(): value for name, value in request.headers.items()}
        self.deliveries.append(Delivery(headers, await request.body()))
        await asyncio.sleep(self.seconds)
        return Response(status_code=self.status)

    def take(self) -> list[Delivery]:
        """Returns what came since the last call."""
        taken, self.deliveries = self.deliveries, []
        return taken
