"""The commands with which an operator checks and compares the OpenAI analyzer."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from geniai_pipeline.doctor.analysis import check_openai
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline_tests.analysis.openai.conftest import MakeGym
from geniai_pipeline_tests.analysis.openai.provider import Provider, completed, error, judgement
from geniai_pipeline_tests.support.commands import GENIAI, read_error


def geniai(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GENIAI, *arguments], env={**os.environ}, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def write_conversations(folder: Path, count: int) -> str:
    file = folder / "conversas.jsonl"
    lines = [
        {"id": n, "messages": [{"from": "contact", "text": f"Quanto custa o plano {n}?"}]}
        for n in range(count)
    ]
    file.write_text("\n".join([json.dumps(line) for line in lines] + ["{nada", ""]))
    return str(file)


def test_a_file_is_analysed_in_order_within_a_budget_and_the_bill_is_told_apart(
    tmp_path: Path, provider: Provider
) -> None:
    done = geniai(
        "analyze", write_conversations(tmp_path, 20), "--analyzer", "openai", "--budget-brl", "0.01"
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [t["id"] for t in lines] == list(range(20))
    paid = [t["analyzer"] for t in lines].count("openai")
    assert 0 < paid == len(provider.requests) < 20
    assert f"OpenAI: {paid} calls, R$ 0.0" in done.stderr
    assert f"{20 - paid} judged by the rules instead: budget" in done.stderr
    assert "line 21" in done.stderr
    assert done.returncode == 1  # for the line that is no conversation


def test_without_a_key_it_says_so(tmp_path: Path, provider: Provider) -> None:
    del os.environ["OPENAI_API_KEY"]
    done = geniai("analyze", write_conversations(tmp_path, 1), "--analyzer", "openai")
    assert done.returncode == 1
    assert "Set OPENAI_API_KEY" in read_error(done)


def test_the_doctor_looks_at_openai_where_it_is_chosen(
    make_gym: MakeGym, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says() -> list[str]:
        return [f"{f.tenant}: {f.what}" for f in check_openai() if f.tenant in (None, *ours)]

    ours = ("by-rules", "healthy", "spent")  # there are those of other tests
    make_gym("by-rules", analyzer="rules", budget=0)
    make_gym("healthy")
    assert says() == []
    make_gym("spent", budget=0)
    assert says() == ["spent: The OpenAI budget is spent."]
    provider.announced = "2026-01-31"
    assert says()[0] == "None: The model gpt-6-luna was shut down on 2026-01-31."
    provider.card = lambda: error(401)
    assert says()[0] == "None: OpenAI rejects the key."
    provider.card = lambda: error(404)
    assert says()[0] == "None: OpenAI does not have the model for this key."
    monkeypatch.setenv("OPENAI_API_KEY", "")
    get_settings.cache_clear()
    assert says()[0] == "None: There is no OpenAI key."


def test_the_doctor_sees_a_models_end_by_the_shared_clock(
    make_gym: MakeGym, provider: Provider
) -> None:
    make_gym("far-ahead")
    provider.announced = "2099-01-31"
    with connect(admin_url()) as connection:
        connection.execute("select ops.set_clock('2099-01-01 00:00 UTC' - now())")
    try:
        warnings = [finding.what for finding in check_openai() if finding.tenant is None]
    finally:
        with connect(admin_url()) as connection:
            connection.execute("select ops.set_clock('0')")
    assert warnings == ["The model gpt-6-luna stops on 2099-01-31, in 30 days."]


def test_the_doctor_knows_an_end_without_a_key(
    make_gym: MakeGym, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_gym("old-model")
    for name, value in (("OPENAI_API_KEY", ""), ("OPENAI_MODEL", "gpt-5-nano")):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with connect(admin_url()) as connection:
        connection.execute("select ops.set_clock('2026-12-01 00:00 UTC' - now())")
    try:
        findings = [str(finding.what) for finding in check_openai() if finding.tenant is None]
    finally:
        with connect(admin_url()) as connection:
            connection.execute("select ops.set_clock('0')")
    assert findings == [
        "There is no OpenAI key.",
        "The model gpt-5-nano stops on 2026-12-11, in 10 days.",
    ]


def test_both_analyzers_are_shown_side_by_side(make_gym: MakeGym, provider: Provider) -> None:
    gym = make_gym("side-by-side", analyzer="rules")
    gym.put([f"Quanto custa o plano {n}?" for n in range(8)])
    provider.play = lambda body: completed(
        judgement(body, evidence=[{"criterion": "enrolment", "quote": "Quanto custa"}])
    )
    done = geniai("compare", "side-by-side", "--sample", "6", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["agreement"]["compared"] == 6
    assert set(result["agreement"]) >= {"lead", "score", "within_one", "visit", "kappa"}
    assert result["cost_brl"] == float(gym.booked) > 0
    assert result["monthly_cost_brl"] > result["cost_brl"]
    assert result["disagreements"][0]["openai"]["quotes"] == ["Quanto custa"]
    shown = geniai("compare", "side-by-side", "--sample", "6")
    assert "score within one" in shown.stdout
    assert "“Quanto custa”" in shown.stdout
    assert "6 answers paid before" in shown.stdout
    assert len(provider.requests) == 6


def test_a_comparison_that_may_not_be_made_says_why(make_gym: MakeGym, provider: Provider) -> None:
    make_gym("stays-in", analyzer="rules", external_analysis=False)
    assert "stays-in: The tenant forbids" in read_error(geniai("compare", "stays-in"))
    penniless = make_gym("no-budget", analyzer="rules", budget=0)
    with (
        TenantSession(penniless.tenant.tenant_id) as session,
        pytest.raises(PermanentError, match="--monthly-budget-brl"),
    ):
        analyzers.require_usable(analyzers.build_openai(session))
    empty = make_gym("empty", analyzer="rules")
    with pytest.raises(PermanentError, match="geniai sync empty"):
        empty.compare(10)
    assert provider.requests == []
