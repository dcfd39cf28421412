"""Doctor's checks of the service: bots registered as agents, weak secrets, readable files."""

import os
import subprocess
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from geniai_pipeline.doctor import service
from geniai_pipeline.doctor.service import check_files
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.findings import find_faults


def test_an_agent_that_answers_the_same_within_seconds_may_be_a_bot(
    embedded: None, make_tenant: MakeTenant
) -> None:
    gym = make_tenant("hasty")
    menu, thanks = "Olá! Digite 1 para planos", "Obrigada pelo contato!"
    rows = []
    for conversation in range(1, 7):
        for number, (seconds, kind, agent, text) in enumerate(
            [
                (0, 0, 0, "Oi"),
                (3, 1, 7, menu),  # a machine, by a person's token
                (60, 0, 0, "1"),
                (4000 if conversation > 2 else 65, 1, 8, thanks),  # a person, sometimes quick
                (4010, 0, 0, "Quanto custa?"),
                (4015, 1, 9, f"Custa R$ {conversation}"),  # quick, and never the same
            ]
        ):
            who = {"id": agent, "name": f"Pessoa {agent}", "type": "user"}
            payload = {"message_type": kind, "content": text, "private": False, "sender": who}
            payload["created_at"] = 1_780_000_000 + seconds
            rows.append((gym.tenant_id, conversation, conversation * 100 + number, Jsonb(payload)))
    with tenant_transaction(gym.tenant_id) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into raw.messages (tenant_id, conversation_id, message_id, payload,"
            " content_hash) values (%s, %s, %s, %s, '')",
            rows,
        )

    def list_bots() -> list[str]:
        return [finding.what for finding in service.check_bots() if finding.tenant == "hasty"]

    assert list_bots() == [
        "Pessoa 7 (agent 7) sent the same text within seconds in 6 conversations, as a bot does."
    ]
    registry.add_tenant("hasty", "Hasty", TenantConfig(bot_agents=["pessoa 7"]))
    assert list_bots() == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"GENIAI_SECRET_KEY": "changeme"}, "can be guessed"),
        ({"GENIAI_SECRET_KEY": "a" * 64}, "can be guessed"),
        ({"GENIAI_PUBLIC_URL": "https://painel.example.com"}, "was made by the first start"),
        ({"GENIAI_PUBLIC_URL": "http://painel.example.com"}, "a connection without encryption"),
        (
            {"GENIAI_PUBLIC_URL": "https://painel.example.com", "GENIAI_TRUSTED_PROXIES": "0"},
            "All users have the proxy's address",
        ),
    ],
)
def test_a_weak_secret_is_found(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], says: str
) -> None:
    for name in [name for name in os.environ if name == "GENIAI_SECRET_KEY"]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    assert find_faults(service.check_secrets, says)


def test_a_strong_secret_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENIAI_SECRET_KEY", "0123456789abcdef" * 4)
    get_settings.cache_clear()
    assert list(service.check_secrets()) == []


@pytest.mark.usefixtures("open_umask")
def test_the_doctor_finds_files_that_others_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").mkdir(mode=0o755)
    tmp_path.chmod(0o711)
    monkeypatch.setenv("GENIAI_HOME", str(tmp_path))
    get_settings.cache_clear()
    (finding,) = check_files()
    assert str(tmp_path / "logs") in finding.what
    subprocess.run(finding.mend.split(), check=True)
    assert list(check_files()) == []
