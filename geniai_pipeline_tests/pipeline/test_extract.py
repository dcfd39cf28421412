"""Extraction into the database when Chatwoot counts conversations that it does not show."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chatwoot_demo import queries, serializers
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline.chatwoot import Client, KnownConversations
from geniai_pipeline.chatwoot.walk import list_all
from geniai_pipeline.pipeline.extract import ExtractResult, extract_conversations
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.syncs import ANCHOR, GYM, connection_settings

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Retries as in production, without the pauses between them."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


class Gym:
    """A tenant at a stand-in of its own, and its extractions."""

    def __init__(self, tenant: Tenant, server: DemoServer) -> None:
        self.tenant, self.server = tenant, server
        self.requests: list[str] = []
        server.faults.append(self._count)

    def extract(self, *, full: bool = False, reread_recent: bool = False) -> ExtractResult:
        self.requests.clear()
        run_id = uuid.uuid4().hex
        with (
            Client(self.server.url, GYM.account_id, GYM.token, tenant=self.tenant.slug) as client,
            TenantSession(self.tenant.tenant_id) as session,
        ):
            got = extract_conversations(
                session,
                run_id,
                client,
                full=full,
                reread_recent=reread_recent,
                report=lambda line: None,
            )
            runs.finish_run(session, run_id)
        return got

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with tenant_transaction(self.tenant.tenant_id) as connection:
            return connection.execute(query.encode()).fetchall()

    def landed(self) -> set[int]:
        rows = self.sql("select conversation_id from raw.conversations where deleted_at is null")
        return {found for (found,) in rows}

    def rejected(self) -> set[str]:
        return {key for (key,) in self.sql("select key from ops.rejected_rows")}

    def notice(self) -> str | None:
        (found,) = [row["notice"] for row in runs.status() if row["slug"] == self.tenant.slug]
        return None if found is None else str(found)

    def count_threads(self) -> int:
        """Counts the requests for messages in the last extraction."""
        return sum(path.endswith("/messages") for path in self.requests)

    @property
    def conversations(self) -> dict[int, DemoConversation]:
        return self.server.world.accounts[GYM.account_id].conversations

    def _count(self, request: Request) -> None:
        self.requests.append(request.url.path)


@pytest.fixture
def gym(request: pytest.FixtureRequest, make_tenant: MakeTenant) -> Iterator[Gym]:
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as server:
        slug = "x" + "".join(c for c in request.node.name if c.isalnum())[-30:]
        tenant = make_tenant(
            slug,
            **connection_settings(server.url),
        )
        yield Gym(tenant, server)


def hide_conversations(server: DemoServer, hidden: set[int]) -> Any:
    """Makes Chatwoot count conversations that it shows nowhere."""

    def hide(request: Request) -> Response | None:
        account, user = server.world.accounts[GYM.account_id], server.world.users[GYM.token]
        if request.url.path.endswith("/filter"):
            return JSONResponse({"meta": {"all_count": 0}, "payload": []})
        if any(request.url.path.endswith(f"/conversations/{number}") for number in hidden):
            return JSONResponse({"error": "Resource could not be found"}, 404)
        if not request.url.path.endswith("/conversations"):
            return None
        now = server.world.now()
        found, counts = queries.list_page(account, user, request.query_params, now)
        rows = [
            serializers.conversation(each, now) for each in found if each.display_id not in hidden
        ]
        return JSONResponse({"data": {"meta": counts, "payload": rows}})

    return hide


def test_an_incomplete_sweep_deletes_nothing_is_reported_and_repeated(gym: Gym) -> None:
    everyone = set(gym.conversations)
    gym.extract()
    hide = hide_conversations(gym.server, {7, 8})
    gym.server.faults.append(hide)
    got = gym.extract(full=True)
    assert (got.deleted, got.missing) == (0, 2)
    assert gym.landed() == everyone
    notice = gym.notice()
    assert notice is not None
    assert "counts 2 conversations more" in notice
    again = gym.extract()
    assert (again.deleted, again.missing) == (0, 2), "the next run looks again"
    assert gym.notice() == notice

    gym.server.faults.remove(hide)
    gym.server.world.delete_conversation(gym.conversations[9])
    healed = gym.extract()
    assert (healed.deleted, healed.missing) == (1, 0)
    assert gym.landed() == everyone - {9}
    assert gym.notice() is None
    gym.extract()
    assert len(gym.requests) == 3, "and then no more"


def test_the_run_after_an_incomplete_sweep_sweeps_again(gym: Gym) -> None:
    gym.extract()
    hide = hide_conversations(gym.server, {7})
    gym.server.faults.append(hide)
    assert gym.extract(full=True).missing == 1
    gym.server.faults.remove(hide)

    orphan = gym.conversations[5]
    orphan.is_orphan = True
    gym.sql(
        "insert into ops.rejected_rows (tenant_id, source, key, reason, payload, run_id)"
        " values (sec.loading_tenant(), 'raw.conversations', '5', 'fails', '', 'r') returning key"
    )
    gym.server.world.add_message(orphan, "ainda tem vaga?")
    gym.server.world.delete_conversation(gym.conversations[9])
    got = gym.extract()
    assert (got.deleted, got.missing) == (1, 0)
    assert gym.rejected() == {"5"}


def test_what_was_active_lately_is_read_again_and_nothing_else(gym: Gym) -> None:
    gym.extract()
    gym.extract(reread_recent=True)
    recent = gym.count_threads()
    assert 0 < recent < len(gym.conversations) / 2
    gym.server.world.delete_conversation(gym.conversations[9])
    assert gym.extract(reread_recent=True).deleted == 1, "the count tells it: all are listed"
    assert gym.count_threads() == recent
    gym.server.faults.append(hide_conversations(gym.server, {7, 8}))
    assert gym.extract(full=True).missing == 2
    talk = max(gym.conversations.values(), key=lambda each: each.last_activity_at)
    gym.server.world.edit_message(talk.messages[-1], "mudou de ideia")
    assert gym.extract(reread_recent=True).missing == 2, "it is listed anew each time"
    assert 0 < gym.count_threads() <= recent
    assert gym.sql("select from raw.messages where payload ->> 'content' = 'mudou de ideia'")


def test_a_chatwoot_without_counts_is_not_swept_each_time(gym: Gym) -> None:
    def hide_count(request: Request) -> Response | None:
        account, user = gym.server.world.accounts[GYM.account_id], gym.server.world.users[GYM.token]
        if not request.url.path.endswith("/conversations"):
            return None
        now = gym.server.world.now()
        found, _ = queries.list_page(account, user, request.query_params, now)
        rows = [serializers.conversation(each, now) for each in found]
        return JSONResponse({"data": {"meta": {}, "payload": rows}})

    gym.server.faults.append(hide_count)
    gym.extract()
    assert gym.landed() == set(gym.conversations)
    gym.extract()
    assert len(gym.requests) == 3


def test_a_notice_is_appended_to_earlier_notices_of_the_run(gym: Gym) -> None:
    gym.server.faults.append(hide_conversations(gym.server, {7}))
    got = gym.extract()
    assert got.missing == 1
    (run_id,) = gym.sql("select run_id from ops.etl_control order by started_at desc limit 1")[0]
    with TenantSession(gym.tenant.tenant_id) as session:
        for _ in range(2):
            runs.add_notice(session, run_id, "The budget is spent.")
    notice = gym.notice() or ""
    assert notice.startswith("Chatwoot counts 1 ")
    assert notice.count("The budget is spent.") == 1


def test_a_deleted_contact_rejects_its_conversation_and_no_other(
    gym: Gym,
) -> None:
    everyone, world = set(gym.conversations), gym.server.world
    gym.extract()
    orphan, other = gym.conversations[5], gym.conversations[6]
    for conversation in (orphan, other):
        world.add_message(conversation, "ainda tem vaga?")
    world.delete_contact(orphan)
    assert gym.extract().deleted == 0
    assert gym.landed() == everyone
    assert gym.rejected() == {"5"}
    counts = gym.sql("select count(*) from raw.messages where conversation_id = 6")
    assert counts == [(len(other.messages),)]

    world.add_message(other, "oi?")
    gym.extract()
    assert len(gym.requests) <= 15
    assert not any(path.endswith("/conversations/5") for path in gym.requests)
    counts = gym.sql("select count(*) from raw.messages where conversation_id = 6")
    assert counts == [(len(other.messages),)]
    full = gym.extract(full=True)
    assert (full.deleted, full.missing) == (0, 0)
    assert gym.rejected() == {"5"}

    world.delete_conversation(orphan)
    assert gym.extract().deleted == 1
    assert gym.landed() == everyone - {5}
    assert gym.rejected() == set()


def test_a_full_sweep_requests_rejected_conversations_again(gym: Gym) -> None:
    gym.conversations[5].is_orphan = gym.conversations[6].is_orphan = True
    gym.extract()
    assert gym.rejected() == {"5", "6"}
    gym.conversations[6].is_orphan = False
    gym.extract(full=True)
    assert gym.rejected() == {"5"}
    assert gym.landed() == set(gym.conversations) - {5}


def test_a_deleted_rejected_conversation_hides_no_new_one(gym: Gym) -> None:
    world, landed = gym.server.world, frozenset(gym.conversations)
    world.delete_conversation(gym.conversations[5])
    new = world.start_conversation(GYM.account_id, "Lia", "+5585987650011", "Oi!").display_id
    world.delete_contact(gym.conversations[new - 1])
    known = KnownConversations(landed - {5}, {5: "fails"})
    with Client(gym.server.url, GYM.account_id, GYM.token, tenant="t") as client:
        pages = list(list_all(client, known))
    assert {row["id"] for page in pages for row in page.rows} == landed - {5, new - 1} | {new}
    assert [rejected.key for page in pages for rejected in page.rejected] == [str(new - 1)]


def test_a_conversation_that_is_readable_again_is_no_longer_rejected(gym: Gym) -> None:
    conversation = gym.conversations[5]
    gym.server.world.add_message(conversation, "ainda tem vaga?")
    gym.extract()
    conversation.is_orphan = True
    gym.extract()
    assert gym.rejected() == {"5"}
    conversation.is_orphan = False
    gym.extract()
    assert gym.rejected() == set()


def test_a_conversation_that_only_the_count_reveals_lands_in_the_next_run(gym: Gym) -> None:
    hide = hide_conversations(gym.server, {30})
    gym.server.faults.append(hide)
    gym.extract()
    assert gym.landed() == set(gym.conversations) - {30}
    gym.server.faults.remove(hide)
    gym.extract()
    assert gym.landed() == set(gym.conversations)


def test_a_deleted_conversation_leaves_no_message_text(gym: Gym) -> None:
    gone, old = gym.conversations[5], gym.conversations[6]
    for conversation in (gone, old):
        gym.server.world.add_message(conversation, "meu CPF é 111.444.777-35")
        conversation.contact.name = "Filomena Pacheco"
    gym.extract()
    gym.sql(
        "insert into ops.rejected_rows (tenant_id, source, key, reason, payload, run_id)"
        " select tenant_id, source, key, 'odd', 'Filomena Pacheco', 'a-run' from ops.tenants,"
        " (values ('raw.messages', '5/1'), ('core.conversations', '5'), ('raw.conversations', '5'))"
        " as rejected (source, key) where tenant_id = sec.loading_tenant() returning key"
    )
    # What was deleted before this was done lies there still.
    gym.sql("update raw.conversations set deleted_at = now() where conversation_id = 6 returning 1")
    del gym.conversations[6]
    gym.server.world.delete_conversation(gone)
    assert gym.extract(full=True).deleted == 1
    assert gym.landed() == set(gym.conversations)
    for table in ("raw.conversations", "raw.messages", "ops.rejected_rows"):
        assert gym.sql(f"select from {table} t where t::text ~ 'Filomena|111.444'") == []
    assert gym.sql("select from raw.messages where conversation_id in (5, 6)") == []

    gym.conversations[5] = gone
    gym.extract(full=True)
    assert gym.sql(
        "select payload #>> '{meta,sender,name}' from raw.conversations"
        " where conversation_id = 5 and deleted_at is null"
    ) == [("Filomena Pacheco",)]
    counts = gym.sql("select count(*) from raw.messages where conversation_id = 5")
    assert counts == [(len(gone.messages),)]


def test_a_conversation_that_returns_without_its_messages_lands(gym: Gym) -> None:
    gym.extract()
    gone = gym.conversations.pop(5)
    assert gym.extract(full=True).deleted == 1
    gym.conversations[5] = gone
    gym.server.faults.append(
        lambda request: Response("", 503) if "/5/messages" in request.url.path else None
    )
    gym.extract(full=True)
    ((payload,),) = gym.sql(
        "select payload from raw.conversations where conversation_id = 5 and deleted_at is null"
    )
    assert payload["id"] == 5


def test_messages_that_could_not_be_read_are_read_in_the_next_run(gym: Gym) -> None:
    gym.extract()
    conversation, world = gym.conversations[5], gym.server.world
    world.add_message(conversation, "ainda tem vaga?")
    world.advance(1200)

    def fail(request: Request) -> Response | None:
        return Response("", 503) if "/5/messages" in request.url.path else None

    gym.server.faults.append(fail)
    gym.extract()
    assert gym.rejected() == {"5/"}
    world.advance(1200)  # out of the window, and of its overlap
    gym.extract()
    assert gym.rejected() == {"5/"}, "it is asked for, and fails as before"
    world.advance(1200)
    gym.server.faults.remove(fail)
    gym.extract()
    assert gym.rejected() == set()
    counts = gym.sql("select count(*) from raw.messages where conversation_id = 5")
    assert counts == [(len(conversation.messages),)]
    gym.extract()
    assert len(gym.requests) == 3
