"""Audios that OpenAI writes down: what leaves, what it costs, and what stays unread."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatwoot_demo.records import DemoConversation, DemoMessage
from chatwoot_demo.server import SILENCE, DemoServer
from geniai_pipeline import administration, chatwoot
from geniai_pipeline.analysis.openai import transcriber
from geniai_pipeline.chatwoot import downloads
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline import transcribe
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.pipeline.transcribe import TranscriptionResult
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline.warehouse.transcriptions import find_pending_audios
from geniai_pipeline_tests.analysis.openai.provider import Provider, error, transcription
from geniai_pipeline_tests.support.syncs import GYM, connection_settings

SLUG = "falada"
FILE = "/rails/active_storage/disk/"


def ignore(_: str) -> None:
    pass


class Speaker:
    """A tenant in whose Chatwoot one contact speaks."""

    def __init__(self, server: DemoServer) -> None:
        self.server, self.world = server, server.world
        self.lead: DemoConversation
        self.audio: DemoMessage

    @property
    def tenant(self) -> Tenant:
        return registry.load_tenant(SLUG)

    def set(self, **config: Any) -> None:
        registry.add_tenant(SLUG, SLUG, TenantConfig(**config))

    def extract(self) -> None:
        with TenantSession(self.tenant.tenant_id) as session, self.connect() as client:
            extract_conversations(session, "run", client, full=False, report=ignore)

    def connect(self) -> chatwoot.Client:
        return chatwoot.Client.for_tenant(self.tenant)

    def transcribe(self) -> TranscriptionResult:
        tenant = self.tenant
        with TenantSession(tenant.tenant_id) as session:
            return transcribe.transcribe_audios(tenant, session, self.connect, report=ignore)

    def read_transcript(self) -> tuple[list[dict[str, Any]], int]:
        """Reads the transcript of the lead, and how many of its audios are unread."""
        with TenantSession(self.tenant.tenant_id) as session:
            transform_conversations(self.tenant, session, "run", report=ignore)
        ((transcript, unread),) = self.sql(
            "select transcript, unread_audios from core.conversations"
            f" where conversation_id = {self.lead.display_id}"
        )
        return transcript, unread

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with tenant_transaction(self.tenant.tenant_id) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def read_reasons(self) -> list[tuple[str, bool, int]]:
        return self.sql(
            "select reason, is_final, attempts from core.transcriptions"
            f" where conversation_id = {self.lead.display_id}"
        )


@pytest.fixture(scope="module")
def gym(embedded: None) -> Iterator[Speaker]:
    with DemoServer() as server:
        registry.add_tenant(SLUG, SLUG, TenantConfig(**connection_settings(server.url)))
        made = Speaker(server)
        made.extract()
        yield made
    registry.remove_tenant(SLUG)


@pytest.fixture
def speaker(gym: Speaker, provider: Provider) -> Iterator[Speaker]:
    """The tenant wants transcription; a new contact has just spoken, all others are given up."""
    gym.set(transcription=True, external_analysis=True, monthly_budget_brl=5)
    gym.sql("delete from core.transcriptions")
    gym.sql("update ops.llm_months set booked_brl = 0")
    with TenantSession(gym.tenant.tenant_id) as session:
        for audio in find_pending_audios(session):
            gym.sql(
                "insert into core.transcriptions (tenant_id, conversation_id, message_id,"
                " attachment_id, reason, is_final, model) values ((select sec.loading_tenant()),"
                f" {audio.conversation_id}, {audio.message_id}, {audio.attachment_id}, 'old',"
                " true, '')"
            )
    number = len(gym.world.accounts[GYM.account_id].conversations)
    gym.lead = gym.world.start_conversation(
        GYM.account_id, "Lia", f"+558598{number:07}", f"Oi, {number}"
    )
    gym.audio = gym.world.send_audio(gym.lead)
    gym.extract()
    yield gym
    gym.server.faults.clear()
    gym.set(transcription=False)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    headers = {"x-ratelimit-limit-requests": "6000", "x-ratelimit-limit-tokens": "9000000"}
    monkeypatch.setattr(transcriber.random, "uniform", lambda *_: 0.0)  # type: ignore[attr-defined]
    with Provider(headers=headers) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        get_settings.cache_clear()
        yield running


def answer_files(answer: Callable[[], Response]) -> Callable[[Request], Response | None]:
    """Builds a fault that answers for the stand-in's files."""
    return lambda request: answer() if request.url.path.startswith(FILE) else None


def test_an_audio_is_written_down_once_and_read_as_the_contacts_words(
    speaker: Speaker, provider: Provider
) -> None:
    provider.listen = lambda _: transcription("Quanto custa?\x00", (120, 20))
    done = speaker.transcribe()

    assert (done.written, done.unread, done.notices) == (1, {}, [])
    assert done.cost_brl == Decimal("5.40") * (120 * 3 + 20 * 5) / 1_000_000
    (sent,) = provider.audios
    assert (sent["model"], sent["language"]) == ("gpt-4o-mini-transcribe", "pt")
    assert (sent["file_name"], sent["file"]) == ("audio.ogg", SILENCE)
    transcript, unread = speaker.read_transcript()
    assert unread == 0
    words = {"from": "contact", "text": "Quanto custa?", "note": "áudio", "is_transcription": True}
    assert transcript[-1].items() >= words.items()
    assert speaker.sql("select sum(booked_brl) from ops.llm_months") == [(done.cost_brl,)]
    assert speaker.transcribe().written == 0
    assert len(provider.audios) == 1


def test_nothing_leaves_unless_the_tenant_wants_it(speaker: Speaker, provider: Provider) -> None:
    speaker.set(transcription=False)
    assert speaker.transcribe() == TranscriptionResult()
    speaker.set(transcription=True)
    administration.add_tenant(SLUG, SLUG, TenantConfig(external_analysis=False))
    assert not speaker.tenant.transcription
    assert speaker.transcribe() == TranscriptionResult()
    with pytest.raises(PermanentError, match="forbids external analysis"):
        administration.add_tenant(SLUG, SLUG, TenantConfig(transcription=True))
    with pytest.raises(PermanentError, match="needs a budget"):
        administration.add_tenant(
            SLUG, SLUG,
            TenantConfig(transcription=True, external_analysis=True, monthly_budget_brl=0),
        )  # fmt: skip
    assert provider.audios == []
    assert speaker.read_transcript()[1] == 1


def test_consent_that_ends_during_a_run_ends_its_calls(
    speaker: Speaker, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: Any) -> bytes:
        speaker.set(transcription=False, external_analysis=False)
        return SILENCE

    monkeypatch.setattr(transcribe, "_fetch_audio", forbid)
    assert "forbids external analysis" in speaker.transcribe().notices[0]
    assert provider.audios == []


def test_a_spent_budget_sends_nothing_and_leaves_the_audio_for_the_next_month(
    speaker: Speaker, provider: Provider
) -> None:
    speaker.set(monthly_budget_brl=0.01)  # less than the worst case of this audio
    (notice,) = speaker.transcribe().notices
    assert "budget is spent" in notice
    assert (provider.audios, speaker.read_reasons()) == ([], [])
    speaker.set(monthly_budget_brl=5)
    assert speaker.transcribe().written == 1


@pytest.mark.parametrize(
    ("status", "code", "notice"),
    [(401, "invalid_api_key", "rejects the key"), (429, "insufficient_quota", "no credit left")],
)
def test_a_refused_key_ends_the_run_after_one_call_and_costs_nothing(
    speaker: Speaker, provider: Provider, status: int, code: str, notice: str
) -> None:
    speaker.world.send_audio(speaker.lead)
    speaker.extract()
    provider.listen = lambda _: error(status, code)
    assert notice in speaker.transcribe().notices[0]
    assert (len(provider.audios), speaker.read_reasons()) == (1, [])
    assert speaker.sql("select sum(booked_brl) from ops.llm_months") == [(0,)]


@pytest.mark.parametrize(
    ("answer", "reason", "calls"),
    [
        (lambda: error(400, "audio_too_short"), ("rejected", True), 1),
        (lambda: Response("{}"), ("malformed", False), 1),
        (lambda: transcription(" "), ("silence", True), 1),
    ],
)
def test_an_audio_that_openai_does_not_write_down_stays_unread_with_the_reason(
    speaker: Speaker, provider: Provider, answer: Callable[[], Response], reason: Any, calls: int
) -> None:
    provider.listen = lambda _: answer()
    done = speaker.transcribe()
    assert (done.written, done.unread, done.notices) == (0, {reason[0]: 1}, [])
    assert len(provider.audios) == calls
    assert speaker.read_reasons() == [(*reason, 1)]
    assert speaker.read_transcript()[1] == 1


def test_an_outage_ends_the_run_and_uses_up_no_attempts(
    speaker: Speaker, provider: Provider
) -> None:
    for _ in range(4):
        speaker.world.send_audio(speaker.lead)
    speaker.extract()
    provider.listen = lambda _: error(500)
    done = speaker.transcribe()
    assert (done.unread, len(done.notices)) == ({"unreachable": 3}, 1)
    assert done.cost_brl == 0
    assert len(provider.audios) == 3 * 3
    provider.listen = lambda _: error(504)  # it may have been billed
    assert speaker.transcribe().cost_brl > 0
    assert len(provider.audios) == 3 * 3 + 3
    speaker.server.faults.append(answer_files(lambda: Response("", 503)))
    assert speaker.transcribe().unread == {"unreachable": 3}
    assert (speaker.read_reasons(), len(provider.audios)) == ([], 3 * 3 + 3)


def test_an_audio_that_fails_while_others_do_not_is_recorded(
    speaker: Speaker, provider: Provider
) -> None:
    speaker.world.send_audio(speaker.lead)
    speaker.extract()
    provider.listen = lambda _: error(500) if len(provider.audios) <= 3 else transcription("Oi")
    done = speaker.transcribe()
    assert (done.written, done.unread, done.notices) == (1, {"unreachable": 1}, [])
    assert sorted(speaker.read_reasons(), key=str) == [
        ("unreachable", False, 1), (None, True, 1),
    ]  # fmt: skip


def test_an_audio_is_tried_in_three_runs_at_most(speaker: Speaker, provider: Provider) -> None:
    provider.listen = lambda _: Response("{}")
    for _ in range(5):
        speaker.transcribe()
    assert speaker.read_reasons() == [("malformed", True, 3)]
    assert len(provider.audios) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda: Response(SILENCE * 3_400), ("too_large", True)),
        (lambda: Response("<html>", 404), ("gone", True)),
        (lambda: Response(""), ("empty", False)),
        (lambda: Response("<html>Loja</html>"), ("format", True)),
        (lambda: RedirectResponse("http://169.254.169.254/latest/"), ("private_address", True)),
        (lambda: RedirectResponse("ftp://example.com/a.ogg"), ("foreign_address", True)),
        (lambda: RedirectResponse(FILE + "x/y"), ("redirects", True)),
    ],
)
def test_a_file_that_cannot_be_had_is_not_sent(
    speaker: Speaker, provider: Provider, answer: Callable[[], Response], reason: Any
) -> None:
    speaker.server.faults.append(answer_files(answer))
    done = speaker.transcribe()
    assert done.unread == {reason[0]: 1}
    assert speaker.read_reasons() == [(*reason, 1)]
    assert provider.audios == []


def test_a_file_of_another_address_than_chatwoots_own_is_not_fetched(
    speaker: Speaker, provider: Provider
) -> None:
    speaker.audio.attachments[0]["data_url"] = "https://cdn.example.com/voz.ogg"
    assert speaker.transcribe().unread == {"foreign_address": 1}
    assert provider.audios == []


def test_the_token_is_not_sent_for_a_file(speaker: Speaker, provider: Provider) -> None:
    seen: list[Request] = []

    def watch(request: Request) -> None:
        if "/rails/" in request.url.path:
            seen.append(request)

    speaker.server.faults.append(watch)
    assert speaker.transcribe().written == 1
    assert len(seen) == 2
    assert not any("api-access-token" in request.headers for request in seen)


@pytest.mark.parametrize(
    ("address", "home", "is_refused"),
    [
        ("10.1.2.3", "8.8.8.8", True),
        ("::ffff:10.1.2.3", "8.8.8.8", True),
        ("169.254.169.254", "10.0.0.1", True),
        ("10.1.2.3", "10.0.0.1", False),
        ("8.8.4.4", "8.8.8.8", False),
    ],
)
def test_a_redirect_leads_to_no_private_address_unless_chatwoot_has_one(
    monkeypatch: pytest.MonkeyPatch, address: str, home: str, is_refused: bool
) -> None:
    hosts = {"chat.example.com": [home], "files.example.com": [address]}
    monkeypatch.setattr(downloads, "_resolve", hosts.__getitem__)
    with httpx2.Client() as client:
        arguments = client, "https://files.example.com:8443/a.ogg", "https://chat.example.com"
        if is_refused:
            with pytest.raises(downloads.DownloadError, match="private_address"):
                downloads._build_request(*arguments)
            return
        request = downloads._build_request(*arguments)
    assert (request.url.host, request.headers["host"]) == (address, "files.example.com:8443")
    assert request.extensions["sni_hostname"] == "files.example.com"


def test_the_words_go_with_their_audio(speaker: Speaker) -> None:
    assert speaker.transcribe().written == 1
    speaker.world.delete_message(speaker.audio)
    speaker.world.add_message(speaker.lead, "apaguei")
    speaker.extract()
    speaker.transcribe()
    assert speaker.read_reasons() == []
    assert "academia" not in json.dumps(speaker.read_transcript()[0])
