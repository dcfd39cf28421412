"""The server: its throttle, faults on demand, and the command that starts it."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import (
    ANCHOR,
    wait_for_room_in_the_minute,
)


def test_the_throttle_answers_429_in_plain_text(tmp_path: Path) -> None:
    with DemoServer(seed=3, anchor=ANCHOR, requests_per_minute=5) as server:
        wait_for_room_in_the_minute()
        answers = [httpx2.get(f"{server.url}/api") for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert answers[-1].text == "Retry later\n"
        assert answers[-1].headers["content-type"].startswith("text/plain")
        assert "retry-after" not in answers[-1].headers
        assert httpx2.get(f"{server.url}/health").status_code == 200


def test_faults_can_answer_break_off_and_delay(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    requests: list[str] = []

    def poisoned(request: Request) -> Response | None:
        requests.append(request.url.path)
        return Response("<h1>", 502) if request.query_params.get("page") == "2" else None

    async def slow(request: Request) -> Response | None:
        await asyncio.sleep(0.2)
        return None

    def torn(request: Request) -> Response:
        return Response(b'{"data"', headers={"content-length": "900"})

    server.faults.append(poisoned)
    assert client.get("/conversations", params={"page": 1}).status_code == 200
    assert client.get("/conversations", params={"page": 2}).status_code == 502
    assert len(requests) == 2
    server.faults[:] = [slow]
    with pytest.raises(httpx2.ReadTimeout):
        client.get("/agents", timeout=0.05)
    server.faults[:] = [torn]
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/agents")
    server.faults.clear()
    assert client.get("/agents").status_code == 200


def test_the_command_serves_and_the_world_ticks(tmp_path: Path) -> None:
    port = 21090
    command = [sys.executable, "-m", "chatwoot_demo", "--port", str(port), "--data",
               str(tmp_path), "--seed", "9", "--pace", "0.05"]  # fmt: skip
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    assert httpx2.get(f"{url}/health").status_code == 200
                    break
                except httpx2.ConnectError:
                    time.sleep(0.1)
            journal = tmp_path / "journal.jsonl"
            for _ in range(100):
                if journal.read_text().count('"tick"') > 3:
                    break
                time.sleep(0.1)
            assert journal.read_text().count('"tick"') > 3
        finally:
            process.terminate()
    assert process.returncode in (0, -15)
