"""A simulated server of the Responses and transcription APIs; functions give its answers."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Play = Callable[[dict[str, Any]], Response | Awaitable[Response]]
"""From a request's body to what the provider answers."""


def talk(body: dict[str, Any]) -> dict[str, Any]:
    """The conversation as the model got it."""
    data: dict[str, Any] = json.loads(body["input"][-1]["content"])
    return data


def judgement(body: dict[str, Any], **other: Any) -> dict[str, Any]:
    """What a sane model answers: the contact asks about something, in their own first words."""
    texts = [m["texto"] for m in talk(body)["mensagens"] if m["de"] == "contato"]
    return {
        "evidence": [{"criterion": "question", "quote": texts[0] if texts else ""}],
        "visit_agreement": None,
        "role": "prospect",
        "name": talk(body)["contato"],
        "condition": None,
        "goal": None,
        "reasoning": "O contato pergunta sobre a academia e quer saber mais.",
        "suggested_message": f"Oi, {talk(body)['contato']}! Que dia você pode vir conhecer?",
        **other,
    }


def completed(
    answer: dict[str, Any] | str, *, used: tuple[int, int] = (900, 200), status: str = "completed"
) -> JSONResponse:
    """A response with that text and usage."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return response([{"type": "output_text", "text": text, "annotations": []}], used, status)


def refusal() -> JSONResponse:
    """A response of a model that declines."""
    return response([{"type": "refusal", "refusal": "I can't help with that."}], (900, 12))


def response(
    content: list[dict[str, Any]], used: tuple[int, int], status: str = "completed"
) -> JSONResponse:
    reason = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return JSONResponse(
        {
            "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": status,
            "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": status,
                        "content": content}],
            "incomplete_details": reason, "error": None, "parallel_tool_calls": True,
            "tool_choice": "auto", "tools": [],
            "usage": {
                "input_tokens": used[0], "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": used[1], "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": sum(used),
            },
        },
        headers={"x-request-id": "req_1"},
    )  # fmt: skip


def error(status: int, code: str | None = None, **headers: str) -> JSONResponse:
    """An error as OpenAI words it."""
    error = {"message": "no", "type": code or "error", "code": code, "param": None}
    return JSONResponse({"error": error}, status, headers=headers)


def transcription(words: str, used: tuple[int, int] = (120, 20)) -> JSONResponse:
    """What was spoken in an audio."""
    usage = {"type": "tokens", "input_tokens": used[0], "output_tokens": used[1],
             "total_tokens": sum(used)}  # fmt: skip
    return JSONResponse({"text": words, "usage": usage}, headers={"x-request-id": "req_2"})


def sane(body: dict[str, Any]) -> Response:
    """The part of a provider that answers every request well."""
    return completed(judgement(body))


@dataclass
class Provider:
    """The running server: its requests, and the part it plays."""

    play: Play = sane
    listen: Play = lambda fields: transcription("Quero conhecer a academia")
    """From the fields of a request about an audio to what the provider answers."""
    audios: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    in_flight: int = 0
    most: int = 0
    announced: str | None = None
    """The model's end, by its card."""
    card: Callable[[], Response] | None = None
    """What is answered instead of the card."""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        app = Starlette(
            routes=[
                Route("/v1/responses", self._answer, methods=["POST"]),
                Route("/v1/audio/transcriptions", self._transcribe, methods=["POST"]),
                Route("/v1/models/{model}", self._model),
            ]
        )
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def __enter__(self) -> "Provider":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.force_exit = self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    async def _answer(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.arrived.append(time.monotonic())
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            played = self.play(body)
            answer = played if isinstance(played, Response) else await played
        finally:
            self.in_flight -= 1
        answer.headers.update(self.headers)
        return answer

    async def _transcribe(self, request: Request) -> Response:
        form = await request.form()
        fields: dict[str, Any] = dict(form)
        file = fields["file"]
        fields |= {"file": await file.read(), "file_name": file.filename}
        self.audios.append(fields)
        played = self.listen(fields)
        answer = played if isinstance(played, Response) else await played
        answer.headers.update(self.headers)
        return answer

    async def _model(self, request: Request) -> Response:
        await asyncio.sleep(0)
        if self.card is not None:
            return self.card()
        return JSONResponse(
            {"id": request.path_params["model"], "object": "model", "created": 1, "owned_by": "x",
             "shutdown_date": self.announced}
        )  # fmt: skip
