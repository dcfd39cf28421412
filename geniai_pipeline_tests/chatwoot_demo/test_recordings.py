"""The stand-in answers reading requests as the real Chatwoot did, in both recorded versions."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from chatwoot_demo.server import Server, application
from geniai_pipeline_tests.support.recordings import (
    TOKENS,
    Exchange,
    RecordedInstallation,
    Recording,
)

RECORDINGS = {version: Recording(version) for version in ("4.14.2", "4.2.0")}


def shape(value: Any, path: str = "") -> dict[str, str]:
    """The JSON type at each path of a value, without its contents; an int is no float."""
    types = {path: type(value).__name__}
    parts = value.items() if isinstance(value, dict) else ()
    for name, each in enumerate(value) if isinstance(value, list) else parts:
        types |= shape(each, f"{path}/{name}")
    return types


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """A server for each version."""
    old, new = (
        Server(application(RecordedInstallation(recording))) for recording in RECORDINGS.values()
    )
    with old, new:
        yield dict(zip(RECORDINGS, (old.url, new.url), strict=True))


@pytest.mark.parametrize(
    ("version", "exchange"),
    [
        pytest.param(version, exchange, id=f"{version}: {name}")
        for version, recording in RECORDINGS.items()
        for name, exchange in recording.exchanges.items()
    ],
)
def test_the_same_request_gets_the_same_status_envelope_keys_and_types(
    urls: dict[str, str], version: str, exchange: Exchange
) -> None:
    token = TOKENS.get(exchange.request["token"])
    answer = httpx2.request(
        exchange.request["method"],
        urls[version] + exchange.request["path"],
        headers={"Api-Access-Token": token} if token else {},
        json=exchange.request["body"],
    )
    real = exchange.response
    assert answer.status_code == real["status"]
    assert answer.headers["content-type"] == real["content_type"]
    if "text" in real:
        assert answer.text.startswith(real["text"])
    else:
        assert shape(answer.json()) == shape(real["json"])
    if real["status"] >= 400:
        assert answer.json() == real["json"]
