"""Answers are recorded once and scored as often as one likes, and only the unsure are sent."""

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.recordings import RecordedAnalyzer
from geniai_pipeline.analysis.openai.run import SURE
from geniai_pipeline.errors import PermanentError
from geniai_pipeline_tests.analysis.openai.conftest import (
    RULES,
    MakeGym,
    build_analyzer,
    build_transcript,
)
from geniai_pipeline_tests.analysis.openai.provider import (
    Provider,
    completed,
    judgement,
    refusal,
    sane,
    talk,
)
from geniai_pipeline_tests.support.commands import GENIAI, read_error

TALKS = {
    "asks": ("Oi, aqui é a Ana Souza, 11 98765-4321. Quanto custa o plano?", "prospect", 3),
    "member": ("Sou aluna e meu boleto não chegou", "member", 1),
    "greets": ("oi", "unknown", 1),
    "declined": ("Tem pilates de manhã?", "prospect", 3),
    "silent": ("", "unknown", 1),
}


def write_talks(folder: Path) -> str:
    lines = [
        {
            "id": name,
            "contact_name": "Ana Souza",
            "messages": [
                {"from": "agent", "at": "2026-03-11T18:20", "text": "Oi! Como ajudo?"},
                {"from": "contact", "at": "2026-03-11T18:22", "text": text},
            ],
            "label": {
                "role": role, "is_lead": score >= 2, "score": score, "visit_scheduled": False,
            },
        }
        for name, (text, role, score) in TALKS.items()
    ]  # fmt: skip
    file = folder / "talks.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return str(file)


def evaluate(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [GENIAI, "eval", write_talks(folder), *options], cwd=folder, env={**os.environ},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def play(body: dict[str, Any]) -> Any:
    """Declines one, and takes the greeting for a prospect's."""
    text = talk(body)["mensagens"][-1]["texto"]
    if "pilates" in text:
        return refusal()
    if text == "oi":
        return completed(judgement(body, evidence=[]))
    return sane(body)


@pytest.fixture
def recorded(tmp_path: Path, provider: Provider) -> dict[str, Any]:
    """The figures of a run that recorded its answers in `answers.jsonl`."""
    provider.play = play
    done = evaluate(tmp_path, "--analyzer", "openai", "--record", "answers.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def test_recorded_answers_give_the_same_figures_without_network_or_budget(
    tmp_path: Path, provider: Provider, recorded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = len(provider.requests)
    assert asked == 4  # nobody is asked about a contact who wrote nothing
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    done = evaluate(tmp_path, "--answers", "answers.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    scored = json.loads(done.stdout)
    assert len(provider.requests) == asked
    assert scored == recorded
    assert scored["openai"]["calls"] == 4
    assert scored["openai"]["input_tokens"] == 900
    assert scored["openai"]["brl_per_thousand"] == pytest.approx(
        1000 * scored["openai"]["cost_brl"] / 4
    )
    assert scored["openai"]["fallbacks"] == {"refused": 1}
    assert scored["cascade"][10]["accuracy"] == scored["lead"]["accuracy"]
    fields = {field["field"]: field for field in scored["fields"]}
    assert fields["proposed_role"]["count"] == 3  # of those that it answered


def test_a_recording_has_no_conversation_and_no_personal_data(
    tmp_path: Path, recorded: dict[str, Any]
) -> None:
    lines = (tmp_path / "answers.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert {key for record in records for key in record} == {
        "content_hash", "model", "prompt_version", "outcome", "answer", "usage",
    }  # fmt: skip
    for private in ("Ana", "Souza", "98765", "asks", "greets"):
        assert not any(private in line for line in lines)
    assert any("[NOME_1]" in line for line in lines)
    assert [record["outcome"] for record in records].count("refusal") == 1


def test_what_is_recorded_is_not_paid_again(
    tmp_path: Path, provider: Provider, recorded: dict[str, Any]
) -> None:
    done = evaluate(tmp_path, "--analyzer", "openai", "--record", "answers.jsonl", "--json")
    again = json.loads(done.stdout)
    assert len(provider.requests) == 5  # the one that was declined, once more
    assert again["openai"]["reused"] == 3
    assert again["lead"] == recorded["lead"]


def test_conversations_without_an_answer_are_counted_and_left_out(
    tmp_path: Path, recorded: dict[str, Any]
) -> None:
    answers = tmp_path / "answers.jsonl"
    lines = answers.read_text("utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["outcome"] == "completed"][1:]
    answers.write_text("\n".join(kept), "utf-8")
    done = evaluate(tmp_path, "--answers", "answers.jsonl")
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split())
    assert "2 conversations have no recorded answer, and are left out." in shown
    assert "3 conversations" in shown
    assert "both right" in shown
    assert "R$ 1.03 per 1,000 conversations. Tokens of a conversation: 900 in, 0 of" in shown


def test_answers_to_another_prompt_or_of_several_models_are_of_no_use(
    tmp_path: Path, recorded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = tmp_path / "answers.jsonl"
    lines = answers.read_text("utf-8").splitlines()
    other = json.dumps({**json.loads(lines[0]), "model": "gpt-4o-mini"})
    answers.write_text("\n".join([*lines, other]), "utf-8")
    with pytest.raises(PermanentError, match=r"several models: gpt-4o-mini, gpt-6-luna"):
        RecordedAnalyzer(answers, Decimal(5))
    answers.write_text(f"{lines[0]}\n{{}}", "utf-8")
    with pytest.raises(PermanentError, match="line 2, is no recorded answer"):
        RecordedAnalyzer(answers, Decimal(5))
    answers.write_text(lines[0], "utf-8")
    monkeypatch.setattr(prompt, "VERSION", "3-new")
    with pytest.raises(
        PermanentError,
        match=f"to the prompt 3-new, but to {json.loads(lines[0])['prompt_version']}",
    ):
        RecordedAnalyzer(answers, Decimal(5))


def test_only_answers_of_openai_are_recorded(tmp_path: Path) -> None:
    for options in (("--record", "a"), ("--record", "a", "--answers", "b")):
        assert "Only answers of OpenAI are recorded" in read_error(evaluate(tmp_path, *options))
    assert "cannot be read" in read_error(evaluate(tmp_path, "--answers", "none.jsonl"))


SURE_TALK, UNSURE_TALK = "Quanto custa a mensalidade?", "pessoal da prefeitura tem desconto?"


def test_the_certainty_is_that_of_the_decision() -> None:
    sure, unsure, silent = RULES.analyze(
        [build_transcript(SURE_TALK), build_transcript(UNSURE_TALK), build_transcript()]
    )
    assert 0 <= unsure.certainty < SURE < sure.certainty <= 1
    assert silent.certainty == 1


def test_where_it_is_sure_the_local_analysis_stands(provider: Provider) -> None:
    talks = [build_transcript(SURE_TALK, id=1), build_transcript(UNSURE_TALK, id=2)]
    analyzer = build_analyzer(provider, only_unsure=True)
    sure, unsure = analyzer.analyze(talks)
    assert (sure.analyzer, unsure.analyzer) == ("rules", "openai")
    assert sure.fallback_reason is None
    assert [talk(body)["mensagens"][0]["texto"] for body in provider.requests] == [UNSURE_TALK]
    assert analyzer.bill.fallbacks == {}
    assert analyzer.version != build_analyzer(provider).version
    (rules,) = RULES.analyze([talks[1]])
    assert unsure.certainty == rules.certainty


def test_a_tenant_that_asks_about_the_unsure_pays_for_them_alone(
    make_gym: MakeGym, provider: Provider
) -> None:
    gym = make_gym("unsure", openai_when="unsure")
    gym.put([SURE_TALK, UNSURE_TALK])
    gym.analyse()
    assert gym.spoke == [("rules", None), ("openai", None)]
    assert len(provider.requests) == 1
    gym.put([f"{SURE_TALK} E o horário?"])
    assert gym.analyse().written == 1
    assert gym.spoke == [("rules", None), ("openai", None)]
    assert len(provider.requests) == 1


def test_an_answer_that_was_paid_for_is_used_though_the_rules_are_sure(
    make_gym: MakeGym, provider: Provider
) -> None:
    from geniai_pipeline.tenant_settings import TenantConfig
    from geniai_pipeline.warehouse import registry

    gym = make_gym("paid-before")
    gym.put([SURE_TALK, UNSURE_TALK])
    gym.analyse()
    registry.add_tenant("paid-before", "paid-before", TenantConfig(openai_when="unsure"))
    gym.analyse(reanalyze=True)
    assert gym.spoke == [("openai", None)] * 2
    assert len(provider.requests) == 2
