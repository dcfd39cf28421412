"""The routing of one public address, as docs/operations.md gives it, in Debian's nginx."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chatwoot_demo.server import Server
from geniai_pipeline.live.receiver import HEALTH
from geniai_pipeline.settings import ROOT, Settings
from geniai_pipeline.warehouse import webhooks
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.webhooks import Webhook
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.deliveries import sign
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.receiver_process import run_receiver
from geniai_pipeline_tests.support.waiting import wait_until

NGINX = Path("/usr/sbin/nginx")
SECRET, TOKEN, SLUG = "that signs", "of-the-address" * 3, "atras-do-proxy"
BODY = b'{"event": "message_created", "conversation": {"id": 4}}'
_BLOCK = re.compile(r"^ *```nginx\n(.+?)^ *```$", re.DOTALL | re.MULTILINE)
_FRAME = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
{block}
    }}
}}
"""

pytestmark = pytest.mark.skipif(not NGINX.exists(), reason="Debian's nginx-light is missing")


async def _repeat_headers(request: Request) -> Response:
    return JSONResponse({"path": request.url.path, **request.headers})


class Proxy:
    """An nginx before a receiver and a server in the place of Superset."""

    def __init__(self, folder: Path, live_port: int, superset_port: int) -> None:
        self.folder = folder
        port = free_port()
        self.host = f"127.0.0.1:{port}"
        (block,) = _BLOCK.findall((ROOT / "docs/operations.md").read_text())
        for setting, used in (("live_port", live_port), ("superset_port", superset_port)):
            documented = f"127.0.0.1:{Settings.model_fields[setting].default};"
            assert block.count(documented) == 1
            block = block.replace(documented, f"127.0.0.1:{used};")
        configuration = folder / "nginx.conf"
        configuration.write_text(_FRAME.format(folder=folder, port=port, block=block))
        self.process = subprocess.Popen(
            [NGINX, "-p", folder, "-c", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, describe=(folder / "error.log").read_text)

    def request(self, method: str, path: str, **options: object) -> httpx2.Response:
        """Sends a request to the public address."""
        url = f"http://{self.host}{path}"
        return httpx2.request(method, url, trust_env=False, timeout=30, **options)  # type: ignore[arg-type]

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/").status_code == 200
        except httpx2.HTTPError:
            return False


@pytest.fixture(scope="module")
def proxy(
    embedded: None, make_tenant: MakeTenant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    tenant = make_tenant(SLUG)
    with TenantSession(tenant.tenant_id) as session:
        webhooks.store_webhook(session, Webhook(TOKEN, SECRET, 1))
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    port = free_port()
    superset = Server(
        Starlette(routes=[Route("/{path:path}", _repeat_headers, methods=["GET", "POST"])]), port
    )
    with run_receiver(folder / "receiver.log") as receiver, superset:
        proxy = Proxy(folder, receiver.port, port)
        try:
            yield proxy
        finally:
            proxy.process.terminate()
            proxy.process.wait(timeout=10)


def _deliver(proxy: Proxy, token: str = TOKEN, body: bytes = BODY) -> int:
    headers = sign(body, SECRET, time.time(), str(uuid4()))
    path = f"/webhooks/{SLUG}/{token}"
    return proxy.request("POST", path, content=body, headers=headers).status_code


def test_webhooks_reach_the_receiver(proxy: Proxy) -> None:
    assert proxy.request("GET", "/webhooks/health").json() == HEALTH
    assert _deliver(proxy) == 200
    assert _deliver(proxy, token="x" * 42) == 404
    assert _deliver(proxy, body=b"{") == 400
    assert _deliver(proxy, body=b" " * (2**20 + 1)) == 413


def test_everything_else_reaches_superset(proxy: Proxy) -> None:
    for path in ("/", "/superset/dashboard/painel/", "/login/", "/webhooksx", "/x/webhooks/health"):
        answer = proxy.request("GET", path).json()
        assert answer["path"] == path
        assert answer["x-forwarded-proto"] == "http"
        assert answer["x-forwarded-host"] == answer["host"] == proxy.host
        assert answer["x-forwarded-for"] == "127.0.0.1"


def test_no_token_is_in_a_log_of_nginx(proxy: Proxy) -> None:
    _deliver(proxy)
    _deliver(proxy, body=b" " * (2**20 + 1))
    proxy.request("GET", "/written")
    wait_until(lambda: "/written" in (proxy.folder / "access.log").read_text())
    for log in proxy.folder.glob("*.log"):
        assert TOKEN not in log.read_text()
