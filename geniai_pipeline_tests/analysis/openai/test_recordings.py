"""Answers are recorded once and scored as often as one likes, and only the unsure are sent."""

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from geniai_pipeline.analysis.files import parse_conversation
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.recordings import RecordedAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
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


def list_lines() -> list[str]:
    records = [
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
    return list(map(json.dumps, records))


def write_talks(folder: Path) -> str:
    file = folder / "talks.jsonl"
    file.write_text("\n".join(list_lines()), "utf-8")
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


def record(folder: Path) -> Path:
    """Records answers as the command does."""
    path = folder / "answers.jsonl"
    analyzer = analyzers.build_by_name("openai", Decimal(5), path)
    list(analyzer.analyze(parse_conversation(line) for line in list_lines()))
    return path


@pytest.fixture
def answers(tmp_path: Path, provider: Provider) -> Path:
    """A file of recorded answers."""
    provider.play = play
    return record(tmp_path)


def test_recorded_answers_give_the_same_figures_without_network_or_budget(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.play = play
    done = evaluate(tmp_path, "--analyzer", "openai", "--record", "answers.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    paid = json.loads(done.stdout)
    calls = len(provider.requests)
    assert calls == 4  # nobody is calls about a contact who wrote nothing
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    done = evaluate(tmp_path, "--answers", "answers.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    scored = json.loads(done.stdout)
    assert len(provider.requests) == calls
    assert scored == paid
    costs = scored["openai"]
    assert (costs["calls"], costs["input_tokens"], costs["fallbacks"]) == (4, 900, {"refused": 1})
    assert costs["brl_per_thousand"] == pytest.approx(1000 * costs["cost_brl"] / 4)
    assert scored["cascade"][10]["accuracy"] == scored["lead"]["accuracy"]
    fields = {field["field"]: field for field in scored["fields"]}
    assert fields["proposed_role"]["count"] == 3  # of those that it answered


def test_a_recording_has_no_conversation_and_no_personal_data(answers: Path) -> None:
    lines = answers.read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert {key for record in records for key in record} == {
        "content_hash", "model", "prompt_version", "outcome", "answer", "usage",
    }  # fmt: skip
    for private in ("Ana", "Souza", "98765", "asks", "greets"):
        assert not any(private in line for line in lines)
    assert any("[NOME_1]" in line for line in lines)
    assert [record["outcome"] for record in records].count("refusal") == 1


def test_what_is_recorded_is_not_paid_again(answers: Path, provider: Provider) -> None:
    record(answers.parent)
    assert len(provider.requests) == 5  # the one that was declined, once more
    assert len(answers.read_text("utf-8").splitlines()) == 5


def test_conversations_without_an_answer_are_counted_and_left_out(answers: Path) -> None:
    lines = answers.read_text("utf-8").splitlines()
    completed_lines = [line for line in lines if json.loads(line)["outcome"] == "completed"]
    answers.write_text("\n".join(completed_lines[1:]), "utf-8")
    done = evaluate(answers.parent, "--answers", answers.name)
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split())
    assert "2 conversations have no recorded answer, and are left out." in shown
    assert "3 conversations" in shown
    assert "both right" in shown
    assert "R$ 1.03 per 1,000 conversations. Tokens of a conversation: 900 in, 0 of" in shown


def test_answers_to_another_prompt_or_of_several_models_are_of_no_use(
    answers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = answers.read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    answers.write_text("\n".join([*lines, json.dumps({**first, "model": "gpt-4o-mini"})]), "utf-8")
    with pytest.raises(PermanentError, match=r"several models: gpt-4o-mini, gpt-6-luna"):
        RecordedAnalyzer(answers, Decimal(5))
    answers.write_text(f"{lines[0]}\n{{}}", "utf-8")
    with pytest.raises(PermanentError, match="line 2, is no recorded answer"):
        RecordedAnalyzer(answers, Decimal(5))
    answers.write_text(lines[0], "utf-8")
    monkeypatch.setattr(prompt, "VERSION", "3-new")
    with pytest.raises(PermanentError, match=f"prompt 3-new, but to {first['prompt_version']}"):
        RecordedAnalyzer(answers, Decimal(5))


def test_only_answers_of_openai_are_recorded(tmp_path: Path) -> None:
    for options in (("--record", "a"), ("--record", "a", "--answers", "b")):
        assert "Only answers of OpenAI are recorded" in read_error(evaluate(tmp_path, *options))
    assert "cannot be read" in read_error(evaluate(tmp_path, "--answers", "none.jsonl"))


SURE_TALK, UNSURE_TALK = "Quanto custa a mensalidade?", "a turma de quinta ainda tem vaga?"


def test_the_certainty_is_that_of_the_decision() -> None:
    sure, unsure, silent = RULES.analyze(
        [build_transcript(SURE_TALK), build_transcript(UNSURE_TALK), build_transcript()]
    )
    assert 0 <= unsure.certainty < sure.certainty <= 1
    assert [each.estimate.is_certain for each in (sure, unsure, silent)] == [True, False, True]


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
    gym = make_gym("paid-before")
    gym.put([SURE_TALK, UNSURE_TALK])
    gym.analyse()
    registry.add_tenant("paid-before", "paid-before", TenantConfig(openai_when="unsure"))
    gym.analyse(reanalyze=True)
    assert gym.spoke == [("openai", None)] * 2
    assert len(provider.requests) == 2
