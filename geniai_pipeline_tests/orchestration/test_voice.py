"""Voice messages after a run: what a transcription says is read."""

import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline.orchestration import assets
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.analysis.openai.provider import Provider, transcription
from geniai_pipeline_tests.orchestration.conftest import MakeGym
from geniai_pipeline_tests.support.syncs import ANCHOR, GYM, SyncedTenant

pytestmark = pytest.mark.usefixtures("embedded")

SPOKEN = "Oi, quanto custa a mensalidade? Quero muito fazer uma aula experimental"


def read_page(gym: SyncedTenant, conversation: int, column: str) -> str:
    with connect(admin_url()) as connection:
        ((shown,),) = connection.execute(
            f"select {column} from dashboards.lead"
            " where tenant_id = %s and conversation_id = %s".encode(),
            [gym.tenant.tenant_id, conversation],
        ).fetchall()
    return str(shown)


def test_a_transcription_is_read_scored_and_shown_as_one(make_gym: MakeGym) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym, world = make_gym("voices", server), server.world
        lead = world.start_conversation(GYM.account_id, "Lia", "+5585987650021", "Oi")
        world.send_audio(lead, SPOKEN)
        silent = world.send_audio(lead)
        assert gym.sync().success
        assert "1 áudio não lido" in read_page(gym, lead.display_id, "summary")
        silent.attachments[0]["transcribed_text"] = "Pode ser de manhã"
        world.add_message(lead, "oi?")
        assert gym.sync().success
        assert "áudio" not in read_page(gym, lead.display_id, "summary")

    ((score, message),) = gym.sql(
        "select lead_score, suggested_message from analytics.conversations_analytics"
        " join analytics.conversation_texts using (tenant_id, conversation_id, episode)"
        f" where conversation_id = {lead.display_id}"
    )
    assert score >= 3
    assert "áudio" not in message
    assert f"<small>Contato</small> (transcrição) {SPOKEN}" in read_page(
        gym, lead.display_id, "talk"
    )
    assert "“Oi, quanto custa a mensalidade?”" in read_page(gym, lead.display_id, "verdict")


def test_what_openai_wrote_down_is_shown_and_its_failure_costs_no_sync(
    make_gym: MakeGym, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **options: object) -> None:
        raise RuntimeError(SPOKEN)

    with DemoServer() as server, Provider() as provider:
        monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        get_settings.cache_clear()
        provider.listen = lambda _: transcription(SPOKEN)
        gym, world = make_gym("written-down", server), server.world
        registry.add_tenant(
            gym.tenant.slug, "", TenantConfig(transcription=True, monthly_budget_brl=5)
        )
        lead = world.start_conversation(GYM.account_id, "Lia", "+5585987650022", "Oi")
        world.send_audio(lead)
        with monkeypatch.context() as patch:
            patch.setattr(assets, "transcribe_audios", fail)
            failed = gym.sync()
        assert failed.success
        assert gym.row(failed)["notice"] == "Audios stay unread: RuntimeError"
        assert "1 áudio não lido" in read_page(gym, lead.display_id, "summary")
        assert gym.sync().success

    assert f"(transcrição) {SPOKEN}" in read_page(gym, lead.display_id, "talk")
    assert "áudio" not in read_page(gym, lead.display_id, "summary")
    assert all(audio["file"].startswith(b"OggS") for audio in provider.audios)
    ((booked, calls),) = gym.sql(
        "select booked_brl, (select sum(cost_brl) from ops.llm_calls) from ops.llm_months"
    )
    assert booked == calls > 0
