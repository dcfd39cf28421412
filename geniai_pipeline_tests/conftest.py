"""Shared fixtures: a data folder of the tests and real Postgres servers in it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from geniai_pipeline_tests.support.ports import free_port

# before anything of ours is imported: the settings are read once
_HOME = Path(tempfile.mkdtemp(prefix="geniai-tests-"))
_HOME.chmod(0o755)
_LOG = _HOME / "postgres.log"
for _name in [name for name in os.environ if name.startswith(("GENIAI_", "OPENAI_"))]:
    del os.environ[_name]
os.environ |= {
    "GENIAI_HOME": str(_HOME / "home"),
    "GENIAI_DAGSTER_PORT": str(free_port()),
    "GENIAI_SUPERSET_PORT": str(free_port()),
    "GENIAI_LIVE_PORT": str(free_port()),
    "GENIAI_DEMO_PORT": str(free_port()),
    "GENIAI_TRUSTED_PROXIES": "1",  # the tests say where they are as a proxy does
}

from geniai_pipeline.services import postgres  # noqa: E402
from geniai_pipeline.settings import get_settings  # noqa: E402
from geniai_pipeline.tenant_settings import TenantConfig  # noqa: E402
from geniai_pipeline.tenants import Tenant  # noqa: E402
from geniai_pipeline.warehouse import registry  # noqa: E402
from geniai_pipeline.warehouse.connections import admin_url  # noqa: E402
from geniai_pipeline.warehouse.migrations import migrate  # noqa: E402
from geniai_pipeline_tests.support import clock  # noqa: E402
from geniai_pipeline_tests.support.postgres import run_server  # noqa: E402

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class _ByServer(LoadScopeScheduling):  # type: ignore[misc]
    """Scheduler: the tests of one server run in one process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "superset" if "/browser/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Returns the scheduler for every ``--dist``."""
    return _ByServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest file first, so that no process waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_stack.py")


def pytest_unconfigure() -> None:
    """Deletes the data folder."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def _read_settings_anew() -> Iterator[None]:
    """After monkeypatch has restored the environment: no test gets another one's settings."""
    yield
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def embedded() -> Iterator[None]:
    """The embedded server, migrated."""
    home = get_settings().home
    postgres.prepare(home)
    with run_server(postgres.command(home, free_port()), _LOG, lambda: admin_url("postgres")):
        migrate()
        yield


@pytest.fixture(scope="module")
def blank_server() -> Iterator[None]:
    """An empty embedded server of the module, which the settings name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENIAI_HOME", tempfile.mkdtemp(prefix="blank-", dir=_HOME))
        get_settings.cache_clear()
        home = get_settings().home
        postgres.prepare(home)
        with run_server(postgres.command(home, free_port()), _LOG, lambda: admin_url("postgres")):
            yield
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def own_server() -> Iterator[str]:
    """An operator's own server, Debian's, by its address."""
    if not _DEBIAN:
        pytest.skip("no other Postgres on this machine")
    binaries = _DEBIAN[-1].parent
    data = Path(tempfile.mkdtemp(prefix="geniai-debian-", dir=_HOME))
    if user := postgres.server_user():
        os.chown(data, pwd.getpwnam(user).pw_uid, -1)
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "operator", "--auth", "trust"],
        **postgres.run_as(user),
        check=True,
        capture_output=True,
        cwd="/",
    )
    port = free_port()
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"]
    url = f"postgresql://operator@127.0.0.1:{port}/geniai"
    command += ["-c", "unix_socket_directories="]
    with run_server(command, _LOG, lambda: url.replace("/geniai", "/postgres")):
        yield url


@pytest.fixture(params=["embedded", "own_server"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each kind of server in turn, migrated, which the settings name."""
    server = request.getfixturevalue(request.param)
    if request.param == "own_server":
        monkeypatch.setenv("GENIAI_DATABASE_URL", server)
        get_settings.cache_clear()
        migrate()
    yield request.param
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def advance_clock(database: str) -> Iterator[Callable[[timedelta], None]]:
    """Sets the clock of every process to so long after the machine's; teardown resets it."""
    with clock.restore_clock():
        yield clock.advance_clock


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The usual umask of a shell: private files must not rely on it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


MakeTenant = Callable[..., Tenant]


@pytest.fixture(scope="session")
def make_tenant() -> MakeTenant:
    """Registers a tenant and returns it as a run reads it."""

    def make(slug: str, **config: object) -> Tenant:
        values = {
            "chatwoot_url": "http://127.0.0.1:1",
            "chatwoot_account_id": 1,
            "chatwoot_token": f"token of {slug}",
            **config,
        }
        registry.add_tenant(slug, slug.title(), TenantConfig(**values))  # type: ignore[arg-type]
        return registry.load_tenant(slug)

    return make
