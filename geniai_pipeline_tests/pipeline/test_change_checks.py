"""Change checks: the requests and runs of a tick, counted at the Chatwoot."""

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import dagster as dg
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from chatwoot_demo.server import DemoServer
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.jobs import REREAD_RECENT
from geniai_pipeline.orchestration.schedules import every_six_hours
from geniai_pipeline.pipeline import change_checks
from geniai_pipeline.pipeline.change_checks import Verdict
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import live, runs
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.hostile import hostile_server
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.syncs import ALL, GYM, connection_settings

pytestmark = pytest.mark.usefixtures("embedded")


class Chatwoot:
    """The stand-in of the sample gyms; it counts requests, and fails with a ``status`` if set."""

    def __init__(self, server: DemoServer) -> None:
        self.world, self.url = server.world, server.url
        self.requests: list[str] = []
        self.status: int | None = None
        self.fails_on = ""
        """At the end of a path: it alone fails."""
        self.status_beside: int | None = None
        """Of all the others."""
        server.faults.append(self._answer)

    def _answer(self, request: Request) -> Response | None:
        self.requests.append(request.url.path)
        is_meant = request.url.path.endswith(self.fails_on)
        status = self.status if is_meant else self.status_beside
        return PlainTextResponse("Bad Gateway", status) if status else None


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


@pytest.fixture
def chatwoot(server: DemoServer) -> Iterator[Chatwoot]:
    yield Chatwoot(server)
    server.faults.clear()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


MakeGym = Any


@pytest.fixture
def make_gym(
    request: pytest.FixtureRequest, make_tenant: MakeTenant, chatwoot: Chatwoot
) -> MakeGym:
    def make(number: int = 0) -> Tenant:
        name = "".join(c for c in request.node.name.lower() if c.isalnum())
        return make_tenant(
            f"c{name[-26:]}{number}",
            **connection_settings(chatwoot.url),
        )

    return make


def sync(
    gym: Tenant, instance: dg.DagsterInstance, run_config: dict[str, Any] | None = None
) -> dg.ExecuteInProcessResult:
    """Runs a sync as a schedule does, not interactively.

    What landed was active long ago: what is younger than two days is read again at each check.
    """
    instance.add_dynamic_partitions("tenant", [gym.slug])
    done = dg.materialize(
        ALL,
        partition_key=gym.slug,
        instance=instance,
        resources=defs.resources,
        run_config=run_config,
        raise_on_error=False,
    )
    set_last_activity(gym, "3 days")
    return done


def set_last_activity(gym: Tenant, ago: str) -> None:
    """Puts back the last activity of what landed."""
    sql(gym, f"update core.conversations set last_activity_at = ops.now() - interval '{ago}'")


def sql(gym: Tenant, statement: str) -> list[tuple[Any, ...]]:
    with tenant_transaction(gym.tenant_id) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


def verdict(gym: Tenant) -> Verdict:
    (found,) = change_checks.check([gym.slug])
    return found.verdict


def status(gym: Tenant) -> dict[str, Any]:
    (found,) = (row for row in runs.status() if row["slug"] == gym.slug)
    return found


def test_checking_an_unchanged_tenant_takes_one_request_and_counts_as_a_sync(
    make_gym: MakeGym, chatwoot: Chatwoot, instance: dg.DagsterInstance
) -> None:
    gym = make_gym()
    assert sync(gym, instance).success
    before = status(gym)
    chatwoot.requests.clear()
    assert verdict(gym) is Verdict.UNCHANGED
    assert len(chatwoot.requests) == 1
    after = status(gym)
    assert after["last_run_status"] == "success"
    assert after["last_checked_at"] > before["last_checked_at"]
    assert after["complete_up_to"] > before["complete_up_to"]
    assert sql(gym, "select requests from ops.etl_control where kind = 'check'") == [(1,)]
    assert verdict(gym) is Verdict.UNCHANGED


def test_what_was_active_lately_is_read_again_whatever_webhooks_told(
    make_gym: MakeGym, chatwoot: Chatwoot, instance: dg.DagsterInstance
) -> None:
    gym = make_gym()
    assert sync(gym, instance).success
    assert verdict(gym) is Verdict.UNCHANGED
    with TenantSession(gym.tenant_id) as session:
        live.store_event(
            session, kind="message_created", conversation_id=1, contact_id=None, delivery_id="1"
        )
    set_last_activity(gym, "1 day")
    for status in ("success", "failed"):
        sql(gym, f"update ops.etl_control set status = '{status}' where kind <> 'check'")
        (found,) = change_checks.check([gym.slug])
        assert (found.verdict, found.misses_changes) == (Verdict.DUE, True), status
    talk = max(
        chatwoot.world.accounts[GYM.account_id].conversations.values(),
        key=lambda each: each.last_activity_at,
    )
    chatwoot.world.edit_message(talk.messages[-1], "mudou de ideia")
    for is_reread in (False, True):
        done = sync(gym, instance, REREAD_RECENT if is_reread else None)
        assert done.success
        text = sql(gym, "select 1 from raw.messages where payload ->> 'content' = 'mudou de ideia'")
        assert bool(text) == is_reread


def test_what_could_not_be_checked_is_read_again_too(
    make_gym: MakeGym,
    chatwoot: Chatwoot,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gyms = [make_gym(number) for number in range(2)]
    for gym in gyms:
        assert sync(gym, instance).success
    monkeypatch.setattr(change_checks, "_CHECK_SECONDS", -1.0)
    slugs = [gym.slug for gym in gyms]
    for due, misses_changes in ((None, True), ("Everything is read again each week.", False)):
        found = change_checks.check(slugs, due=due)
        assert [each.verdict for each in found] == [Verdict.DUE] * 2
        assert [each.misses_changes for each in found] == [misses_changes] * 2, due
        assert [each.reason == due for each in found] == [due is not None] * 2
    chatwoot.status = 502
    assert {each.verdict for each in change_checks.check(slugs)} == {Verdict.DOWN}
    chatwoot.status = None
    assert {each.slug for each in change_checks.check_recovered()} >= {*slugs}


def test_a_change_between_checks_is_due_and_never_skipped(
    make_gym: MakeGym, chatwoot: Chatwoot, instance: dg.DagsterInstance
) -> None:
    gym = make_gym()
    assert sync(gym, instance).success
    conversations = chatwoot.world.accounts[GYM.account_id].conversations
    for conversation in list(conversations.values())[:2]:
        assert verdict(gym) is Verdict.UNCHANGED
        chatwoot.world.add_message(conversation, "Bom dia, ainda tem vaga?")
        assert verdict(gym) is Verdict.DUE
        assert sync(gym, instance).success
    shown = sql(
        gym, "select count(*) from raw.messages where payload::text like '%ainda tem vaga%'"
    )
    assert shown == [(2,)]


SIGNS = {
    "it failed": (
        "update ops.etl_control set status = 'failed' where kind <> 'check'",
        "update ops.etl_control set status = 'success'",
    ),
    "another version made its tables": (
        "update ops.etl_control set code_version = code_version || 'x'",
        "update ops.etl_control set code_version = left(code_version, -1)",
    ),
    "Chatwoot counts another number": (
        "update ops.etl_control set count_gap = count_gap + 1",
        "update ops.etl_control set count_gap = count_gap - 1",
    ),
    "the clocks parted": (
        "update ops.etl_control set watermark_to = watermark_to - interval '1 day'",
        "update ops.etl_control set watermark_to = watermark_to + interval '1 day'",
    ),
    "a conversation landed without its messages": (
        "update raw.conversations set content_hash = content_hash || 'x'",
        "update raw.conversations set content_hash = left(content_hash, -1)",
    ),
    "messages could not be read": (
        "insert into ops.rejected_rows (tenant_id, source, key, reason, payload, run_id)"
        " select tenant_id, 'raw.messages', '5/', 'fails', '', 'r' from ops.etl_control limit 1",
        "delete from ops.rejected_rows where key = '5/'",
    ),
    "sales were imported": (
        "insert into core.sales (tenant_id, sale_key, email)"
        " select tenant_id, 'new', 'ana@example.com' from ops.etl_control limit 1",
        "delete from core.sales",
    ),
    "a list of members was imported": (
        "insert into core.member_lists (tenant_id, listed_at, members, tells_arrivals)"
        " select tenant_id, ops.now(), 1, false from ops.etl_control limit 1",
        "delete from core.member_lists",
    ),
    "lists of members were deleted": (
        "update ops.publications set listed_at = ops.now()",
        "update ops.publications set listed_at = null",
    ),
    "it still runs": (
        "update ops.etl_control set status = 'running' where kind <> 'check'",
        "update ops.etl_control set status = 'success'",
    ),
}
"""What makes a run due though nothing changed in Chatwoot, and the way back."""


def test_a_run_is_due_wherever_it_could_find_something_to_do(
    make_gym: MakeGym,
    make_tenant: MakeTenant,
    chatwoot: Chatwoot,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gym = make_gym()
    assert verdict(gym) is Verdict.DUE  # never synced
    conversations = chatwoot.world.accounts[GYM.account_id].conversations.values()
    chatwoot.world.add_message(next(iter(conversations)), "Olá")  # something in the window
    assert sync(gym, instance).success
    assert verdict(gym) is Verdict.UNCHANGED
    for sign, (change, undo) in SIGNS.items():
        sql(gym, change)
        assert verdict(gym) is Verdict.DUE, sign
        sql(gym, undo)
        assert verdict(gym) is Verdict.UNCHANGED, sign
    make_tenant(gym.slug, chatwoot_token=GYM.token, chatwoot_url=gym.chatwoot_url,
                chatwoot_account_id=GYM.account_id, analyzer="openai",
                external_analysis=True, monthly_budget_brl=10)  # fmt: skip
    assert verdict(gym) is Verdict.DUE
    assert sync(gym, instance).success
    sql(gym, "update core.conversation_analysis set fallback_reason = 'key'")
    assert verdict(gym) is Verdict.UNCHANGED  # it cannot be asked
    monkeypatch.setenv("OPENAI_API_KEY", "a key")
    get_settings.cache_clear()
    assert verdict(gym) is Verdict.DUE


def test_the_tick_launches_due_runs_and_marks_the_other_partitions(
    make_gym: MakeGym,
) -> None:
    synced, new = make_gym(1), make_gym(2)
    moment = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    partition = dg.AssetRecordsFilter(
        asset_key=dg.AssetKey("chatwoot_raw"), asset_partitions=[synced.slug]
    )
    with open_instance() as dagster:
        assert sync(synced, dagster).success
        context = dg.build_schedule_context(instance=dagster, scheduled_execution_time=moment)
        answers: list[Any] = list(every_six_hours(context))  # type: ignore[arg-type]
        (event,) = dagster.fetch_observations(partition, limit=10).records
    launched = {answer.partition_key for answer in answers}
    assert new.slug in launched
    assert synced.slug not in launched
    assert event.asset_observation is not None
    assert event.asset_observation.metadata["checked"].value == "unchanged"


@pytest.mark.parametrize("answers", [502, None])
def test_a_dead_host_is_asked_once_for_all_its_tenants_until_it_answers(
    answers: int | None,
    make_gym: MakeGym,
    make_tenant: MakeTenant,
    chatwoot: Chatwoot,
    instance: dg.DagsterInstance,
) -> None:
    gyms = [make_gym(number) for number in range(3)]
    slugs = [gym.slug for gym in gyms]
    assert sync(gyms[0], instance).success
    alive = chatwoot.url
    if answers is None:
        for slug in slugs:
            make_tenant(slug, chatwoot_url="http://127.0.0.1:9", chatwoot_token=GYM.token,
                        chatwoot_account_id=GYM.account_id)  # fmt: skip
    chatwoot.status = answers
    chatwoot.requests.clear()
    assert {found.verdict for found in change_checks.check(slugs)} == {Verdict.DOWN}
    assert len(chatwoot.requests) <= 2
    for gym in gyms:
        assert status(gym)["last_run_status"] == "failed"
        assert gym.slug in status(gym)["last_error"]
    assert change_checks.check_recovered() == []
    chatwoot.status = None
    for slug in slugs:
        make_tenant(slug, chatwoot_url=alive, chatwoot_token=GYM.token,
                    chatwoot_account_id=GYM.account_id)  # fmt: skip
    if answers is not None:
        found = {check.slug: check.verdict for check in change_checks.check_recovered()}
        assert found.keys() >= set(slugs)
        assert found[slugs[1]] is found[slugs[2]] is Verdict.DUE
    assert change_checks.check_recovered() == []


def test_a_scheduled_run_on_a_dead_host_ends_at_once_and_the_next_sends_no_request(
    make_gym: MakeGym, make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    gyms = [make_gym(1), make_gym(2)]
    url = f"http://127.0.0.1:{free_port()}"
    for gym in gyms:
        make_tenant(gym.slug, chatwoot_url=url)
    ended = [sync(gym, instance) for gym in gyms]
    for result in ended:
        assert not result.success
        assert not [e for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]
    assert "cannot be reached" in status(gyms[0])["last_error"]
    assert change_checks.AGAIN not in status(gyms[0])["last_error"]
    assert change_checks.AGAIN in status(gyms[1])["last_error"]


@pytest.mark.parametrize(
    ("due", "fails_on", "status"),
    [("Everything is read again.", "", 429), (None, "", 429), (None, "/conversations", 500)],
)
def test_a_host_at_its_request_limit_is_alive_and_blocks_no_other_tenant(
    due: str | None,
    fails_on: str,
    status: int,
    make_gym: MakeGym,
    chatwoot: Chatwoot,
    instance: dg.DagsterInstance,
) -> None:
    gym = make_gym()
    assert sync(gym, instance).success
    chatwoot.fails_on, chatwoot.status, chatwoot.status_beside = fails_on, status, 429
    (found,) = change_checks.check([gym.slug], due=due)
    assert found.verdict is Verdict.DUE


@pytest.fixture
def hostile() -> Iterator[str]:
    with hostile_server() as url:
        yield url


def test_a_tenant_that_fails_its_check_blocks_no_other_run(
    make_gym: MakeGym,
    make_tenant: MakeTenant,
    chatwoot: Chatwoot,
    hostile: str,
    instance: dg.DagsterInstance,
) -> None:
    well, token, clock, version = (make_gym(number) for number in range(4))
    for gym in (well, clock, version):
        assert sync(gym, instance).success
    make_tenant(token.slug, chatwoot_url=chatwoot.url, chatwoot_account_id=GYM.account_id,
                chatwoot_token="ção")  # fmt: skip
    for gym, url in ((clock, f"{hostile}/a"), (version, hostile)):
        make_tenant(gym.slug, chatwoot_url=url, chatwoot_account_id=GYM.account_id,
                    chatwoot_token=GYM.token)  # fmt: skip
        sql(gym, "update ops.etl_control set started_at = now()")

    slugs = [gym.slug for gym in (token, clock, version, well)]
    found = {each.slug: each for each in change_checks.check(slugs)}
    assert {slug: each.verdict for slug, each in found.items()} == {
        well.slug: Verdict.UNCHANGED,
        token.slug: Verdict.DUE,
        clock.slug: Verdict.DUE,
        version.slug: Verdict.DUE,
    }
    assert "access token" in found[token.slug].reason
    assert "Chatwoot counts" in found[clock.slug].reason
