"""``geniai up``: starts all services and runs in the foreground until Ctrl-C.

Postgres -> migrations -> Dagster (code server, webserver, daemon), Superset and live, in parallel
         -> with --demo: the sample Chatwoot, its gyms as tenants, their first sync
         -> the tenants' dashboards
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx2
from rich.console import Console
from rich.table import Table

from geniai_pipeline import administration
from geniai_pipeline.administration import Login
from geniai_pipeline.dashboards.server import (
    initialise_command,
    serve_command,
    superset_environment,
)
from geniai_pipeline.disk import require_space
from geniai_pipeline.errors import GeniaiError, PermanentError
from geniai_pipeline.orchestration import dead_runs, sync
from geniai_pipeline.orchestration.instance import code_server_answers, make_workspace
from geniai_pipeline.services import postgres, sample
from geniai_pipeline.services.lock import lock_home
from geniai_pipeline.services.ports import (
    CODE_SERVER,
    EMBEDDED_POSTGRES,
    free_port,
    require_free,
)
from geniai_pipeline.services.supervisor import Say, Service, Supervisor
from geniai_pipeline.settings import ROOT, Settings, get_settings
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.migrations import list_newer, migrate

_DEAD_RUNS_SECONDS = 15
"""Interval between two checks for dead runs; two checks in a row must agree."""
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequestedError(Exception):
    """A signal requested a stop."""


def up(console: Console, *, demo: bool) -> None:
    """Starts all services, prints their addresses, supervises them, and stops them on a signal.

    Raises:
        GeniaiError: a port is taken, the database is unusable, or a service does not start.

    """
    settings = get_settings()
    started = time.monotonic()

    def say(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:6.1f} s[/]  {line}", highlight=False)

    with lock_home(settings.home), _stop_on_signals():
        supervisor = Supervisor(settings.home, say)
        supervisor.end_leftovers()
        _require_ports(settings, demo=demo)
        require_space()
        try:
            _start(settings, supervisor, console, say, demo=demo)
            _watch(supervisor, say)
        except (_StopRequestedError, KeyboardInterrupt):
            say("Stopping")
        finally:
            for number in _STOP_SIGNALS:  # a second Ctrl-C must not leave services running
                signal.signal(number, signal.SIG_IGN)
            supervisor.stop()
            say("Everything is stopped; the data is kept")


def _watch(supervisor: Supervisor, say: Say) -> None:
    """Supervises the services until a signal; prints once when the disk becomes full."""
    full = False
    while True:
        supervisor.watch()
        try:
            require_space()
        except PermanentError as error:
            if not full:
                say(f"[red]{error}[/]")
            full = True
        else:
            full = False
        time.sleep(1)


def _start(
    settings: Settings, supervisor: Supervisor, console: Console, say: Say, *, demo: bool
) -> None:
    _start_database(settings, supervisor, say)
    if orphans := dead_runs.fail_all_running():
        say(f"{orphans} interrupted runs are started again")
    start_dagster(settings, supervisor)
    for service in live_services(settings):
        supervisor.start(service)
    if demo:
        supervisor.start(_sample_chatwoot(settings))
    begin_superset(settings, supervisor)
    if demo:
        supervisor.wait_ready("chatwoot")
        say(f"The sample Chatwoot answers at {settings.demo_url}")
        sample.register_gyms(settings.demo_url)
    say(f"Dagster answers after {supervisor.wait_ready('dagster-webserver'):.1f} s more")
    if demo:
        _first_sync(supervisor, console, say)
    if not supervisor.has_ended("superset"):
        say("Superset makes its tables; the first time this takes about a minute")
        while not supervisor.has_ended("superset"):
            supervisor.watch()
            time.sleep(0.5)
    supervisor.start(superset_service(settings))
    say(f"Superset answers after {supervisor.wait_ready('superset'):.1f} s more")
    administration.provision_all()
    logins = administration.make_first_superadmin()
    if demo:
        logins += sample.make_users()
    say("Ready. Ctrl-C stops everything")
    console.print(_addresses(settings, logins))


def _start_database(settings: Settings, supervisor: Supervisor, say: Say) -> None:
    if settings.database_url is None:
        postgres.prepare(settings.home)
        supervisor.start(database_service(settings))
        say(f"Postgres answers after {supervisor.wait_ready('postgres'):.1f} s")
    applied = migrate()
    say(f"Database migrated: {', '.join(applied)}" if applied else "Database up to date")
    with connect(admin_url()) as connection:
        if later := list_newer(connection):
            say(f"[yellow]The database is of a newer version: it has {', '.join(later)}[/]")


def database_service(settings: Settings) -> Service:
    """Defines the embedded Postgres; its environment contains no setting of GeniAI."""
    return Service(
        name="postgres",
        command=postgres.command(settings.home, free_port(EMBEDDED_POSTGRES)),
        environment=settings.minimal_environment(),
        ready=_database_answers,
        run_as=postgres.run_as(postgres.server_user()),
        silence_seconds=None,  # a kill would prolong a recovery
        stop_signal=signal.SIGINT,  # the fast shutdown
    )


def start_dagster(settings: Settings, supervisor: Supervisor) -> None:
    """Starts Dagster's code server, which the others need, then its webserver and daemon.

    It also starts the periodic check for dead runs.
    """
    port = free_port(CODE_SERVER)
    workspace = make_workspace(port)
    code_server, *others = dagster_services(settings, port, workspace)
    supervisor.start(code_server)
    supervisor.wait_ready(code_server.name)
    for service in others:
        supervisor.start(service)
    supervisor.repeat("The look for dead runs", dead_runs.DeadRuns().fail, _DEAD_RUNS_SECONDS)


def dagster_services(settings: Settings, code_port: int, workspace: Path) -> Iterator[Service]:
    """Defines one shared code server, which also starts runs, the webserver and the daemon.

    Without a shared one, the webserver and the daemon each start their own, the daemon a new one
    every minute.
    """
    environment = settings.child_environment()
    yield Service(
        name="dagster-code-server",
        command=[
            sys.executable, "-m", "geniai_pipeline.orchestration.code_server",
            "-m", "geniai_pipeline.definitions", "--host", "127.0.0.1", "--port", str(code_port),
        ],
        environment=environment,
        ready=lambda: code_server_answers(code_port),
        working_directory=ROOT,
    )  # fmt: skip
    yield Service(
        name="dagster-webserver",
        command=[
            sys.executable, "-m", "geniai_pipeline.orchestration.webserver",
            "--workspace", str(workspace), "--port", str(settings.dagster_port),
        ],
        environment=environment,
        ready=lambda: _answers(f"{settings.dagster_url}/server_info"),
        working_directory=ROOT,
    )  # fmt: skip
    yield Service(
        name="dagster-daemon",
        command=[_program("dagster-daemon"), "run", "-w", str(workspace)],
        environment=environment,
        ready=lambda: True,
        working_directory=ROOT,
    )


def live_services(settings: Settings) -> Iterator[Service]:
    """Defines the worker that brings changes to the pages, and the receiver of webhooks."""
    yield Service(
        name="live",
        command=[sys.executable, "-m", "geniai_pipeline.live"],
        environment=settings.child_environment(),
        ready=lambda: True,
        working_directory=ROOT,
    )
    yield Service(
        name="webhooks",
        command=[sys.executable, "-m", "geniai_pipeline.live.receiver"],
        environment=settings.child_environment(),
        ready=lambda: _answers(f"{settings.live_url}/webhooks/health"),
        working_directory=ROOT,
    )


def begin_superset(settings: Settings, supervisor: Supervisor) -> None:
    """Starts the initialisation of Superset's tables, as the job ``superset``."""
    supervisor.begin("superset", initialise_command(), _superset_environment(settings))


def superset_service(settings: Settings) -> Service:
    """Defines Superset's server; it starts after the job ``superset`` has ended."""
    return Service(
        name="superset",
        command=serve_command(settings.superset_port),
        environment=_superset_environment(settings),
        ready=lambda: _answers(f"{settings.superset_url}/health"),
        silence_seconds=120,  # heavy charts may occupy all workers
    )


def _superset_environment(settings: Settings) -> dict[str, str]:
    return settings.child_environment(**superset_environment(settings))


def _sample_chatwoot(settings: Settings) -> Service:
    return Service(
        name="chatwoot",
        command=[
            sys.executable, "-m", "chatwoot_demo",
            "--port", str(settings.demo_port), "--data", str(settings.home / "demo"),
        ],
        environment=settings.child_environment(),
        ready=lambda: _answers(f"{settings.demo_url}/api"),
    )  # fmt: skip


def _first_sync(supervisor: Supervisor, console: Console, say: Say) -> None:
    """Syncs the tenants that have never been synced; the schedule takes care of the others."""
    slugs = [t["slug"] for t in runs.status() if t["active"] and t["last_success_at"] is None]
    if not slugs:
        return
    say(f"First sync of {len(slugs)} tenants, each a run in Dagster")
    outcomes = sync.launch(slugs, full=False)
    sync.follow(outcomes, console, check=supervisor.watch)
    console.print(sync.build_table(outcomes))
    for outcome in outcomes:
        if outcome.error:
            say(f"[red]{outcome.error}[/]")


def _addresses(settings: Settings, logins: list[Login]) -> Table:
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_row("[bold]Dashboards[/]", settings.visible_superset_url)
    shown.add_row("[bold]Dagster[/]", settings.dagster_url)
    for login in logins:
        shown.add_row(login.who, f"{login.email}  {login.password}")
    return shown


def _database_answers() -> bool:
    try:
        with connect(admin_url("postgres")):
            return True
    except GeniaiError:
        return False


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def _require_ports(settings: Settings, *, demo: bool) -> None:
    require_free(settings.dagster_port, user="Dagster", variable="GENIAI_DAGSTER_PORT")
    require_free(settings.superset_port, user="Superset", variable="GENIAI_SUPERSET_PORT")
    require_free(settings.live_port, user="the receiver", variable="GENIAI_LIVE_PORT")
    if demo:
        require_free(settings.demo_port, user="the sample Chatwoot", variable="GENIAI_DEMO_PORT")


def _program(name: str) -> str:
    """Returns the path of a program of this Python environment."""
    return str(Path(sys.executable).parent / name)


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _StopRequestedError

    before = {number: signal.signal(number, stop) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
