"""One tenant's analysis with OpenAI: what is stored, requested and paid again."""

import asyncio
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest
from starlette.responses import Response

from geniai_pipeline.analysis import openai
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration import assets
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import core, registry
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline_tests.analysis.openai.conftest import Gym, MakeGym, build_transcript
from geniai_pipeline_tests.analysis.openai.provider import (
    Provider,
    completed,
    error,
    judgement,
    refusal,
    sane,
)

TEXTS = [f"Quanto custa o plano {n}?" for n in range(12)]


@pytest.fixture
def gym(request: pytest.FixtureRequest, make_gym: MakeGym) -> Gym:
    made = make_gym("r" + "".join(c for c in request.node.name if c.isalnum())[-30:])
    made.put(TEXTS)
    return made


def test_every_conversation_is_asked_once_and_what_changed_once_more(
    gym: Gym, provider: Provider
) -> None:
    done = gym.analyse()
    assert (done.written, done.missing, done.notices) == (12, 0, [])
    assert gym.spoke == [("openai", None)] * 12
    assert len(provider.requests) == 12
    assert gym.booked == gym.bill.cost_brl
    assert gym.analyse().written == 0
    gym.put(["Mudei de ideia, tem pilates?"])
    assert gym.analyse().written == 1
    assert len(provider.requests) == 13
    assert set(gym.sql("select state, cost_brl < reserved_brl from ops.llm_calls")) == {
        ("answered", True)
    }


def test_a_fallback_is_marked_shown_and_tried_again(gym: Gym, provider: Provider) -> None:
    def declines_one(body: dict[str, Any]) -> Response:
        return refusal() if "plano 3?" in body["input"][-1]["content"] else sane(body)

    provider.play = declines_one
    gym.analyse()
    assert gym.spoke == [("openai", None)] * 3 + [("rules", "refused")] + [("openai", None)] * 8
    gym.publish()
    shown = "select analyzer, fallback_reason from analytics.conversations_analytics"
    assert gym.sql(f"{shown} where fallback_reason is not null") == [("rules", "refused")]
    provider.play = sane
    assert gym.analyse().written == 1
    assert len(provider.requests) == 13
    gym.publish()
    assert gym.sql(f"{shown} where fallback_reason is not null") == []


def test_what_is_refused_for_ever_is_not_paid_for_ever(gym: Gym, provider: Provider) -> None:
    provider.play = lambda body: refusal()
    for _ in range(6):
        gym.analyse()
    assert len(provider.requests) == 12 * 3
    assert gym.spoke == [("rules", "given_up")] * 12


def test_out_of_budget_the_rest_is_by_rules_and_nothing_is_asked_or_written_again(
    make_gym: MakeGym, provider: Provider
) -> None:
    gym = make_gym("poor", budget=0.01)
    gym.put(TEXTS)
    done = gym.analyse()
    count = len(provider.requests)
    assert 0 < count < 12
    assert gym.booked <= Decimal("0.01")
    assert [s for s in gym.spoke if s[0] == "rules"] == [("rules", "budget")] * (12 - count)
    assert done.missing == 0
    assert "budget is spent" in done.notices[0]
    assert gym.analyse().written == 0
    assert len(provider.requests) == count
    registry.add_tenant("poor", "poor", TenantConfig(monthly_budget_brl=1))
    assert gym.analyse().written == 12 - count
    assert gym.spoke == [("openai", None)] * 12


def test_a_key_that_is_refused_fails_no_sync_and_heals(gym: Gym, provider: Provider) -> None:
    provider.play = lambda body: error(401)
    done = gym.analyse()
    assert gym.spoke == [("rules", "unauthorized")] * 12
    assert len(provider.requests) == 1
    assert "OPENAI_API_KEY" in done.notices[0]
    provider.play = sane
    gym.analyse()
    assert gym.spoke == [("openai", None)] * 12


def test_an_answer_that_was_paid_is_used_though_the_run_died_before_it_was_stored(
    gym: Gym, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(core, "store_analyses", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            gym.analyse()
    assert gym.spoke == []
    paid = gym.booked
    gym.analyse()
    assert gym.spoke == [("openai", None)] * 12
    assert len(provider.requests) == 12
    assert gym.bill.reused == 12
    assert gym.booked == paid


def test_a_run_that_is_stopped_ends_its_calls_and_leaves_them_booked(
    gym: Gym, provider: Provider
) -> None:
    async def never(body: dict[str, Any]) -> Response:
        if len(provider.requests) > 5:
            await asyncio.sleep(60)
        return sane(body)

    provider.play = never
    with TenantSession(gym.tenant.tenant_id) as session:
        analyzer = analyzers.build_openai(session)
        stream = analyzer.analyze(build_transcript(text, id=n) for n, text in enumerate(TEXTS))
        first = next(stream)
        stream.close()  # type: ignore[attr-defined]
    assert first.analyzer == "openai"
    states = dict(gym.sql("select state, count(*) from ops.llm_calls group by 1"))
    assert states["answered"] >= 1
    assert gym.booked > 0


def test_another_version_judges_again_on_command_and_not_by_surprise(
    gym: Gym, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    gym.analyse()
    monkeypatch.setattr(openai.prompt, "VERSION", "2-new")
    monkeypatch.setattr(openai.prompt, "INSTRUCTIONS", "Outra instrução.")
    assert gym.analyse().written == 0
    assert len(provider.requests) == 12
    assert gym.analyse(reanalyze=True).written == 12
    assert len(provider.requests) == 24
    assert gym.analyse(reanalyze=True).written == 0
    assert set(gym.sql("select analyzer_version from core.conversation_analysis")) == {
        ("2-new gpt-6-luna",)
    }


def test_the_rules_never_take_the_place_of_an_answer(
    gym: Gym, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    gym.analyse()
    gym.put(["Mudei de ideia, tem pilates?"])
    monkeypatch.setattr(openai.prompt, "VERSION", "2-new")
    monkeypatch.setattr(openai.prompt, "INSTRUCTIONS", "Outra instrução.")
    provider.play = lambda body: error(401)
    gym.analyse(reanalyze=True)
    assert gym.spoke == [("rules", "unauthorized")] + [("openai", None)] * 11


def test_who_switches_openai_on_keeps_what_was_judged_until_they_say_so(
    make_gym: MakeGym, provider: Provider
) -> None:
    gym = make_gym("switches", analyzer="rules")
    gym.put(TEXTS)
    gym.analyse()
    registry.add_tenant("switches", "switches", TenantConfig(analyzer="openai"))
    assert gym.analyse().written == 0
    assert provider.requests == []
    gym.analyse(reanalyze=True)
    assert gym.spoke == [("openai", None)] * 12


def test_a_comparison_shows_the_differences_and_is_not_paid_twice(
    make_gym: MakeGym, provider: Provider
) -> None:
    gym = make_gym("compares", analyzer="rules")
    gym.put(TEXTS)
    provider.play = lambda body: completed(
        judgement(body, evidence=[{"criterion": "enrolment", "quote": "Quanto custa"}])
        if "plano 3?" in body["input"][-1]["content"]
        else judgement(body)
    )
    found = gym.compare(10)
    assert found.agreement.compared == 10
    assert found.bill.calls == 10
    assert gym.booked == found.bill.cost_brl > 0
    assert found.monthly_brl == pytest.approx(found.bill.cost_brl * Decimal("1.2"))
    for apart in found.disagreements:
        assert apart.rules["score"] != apart.openai["score"]
    again = gym.compare(10)
    assert (again.bill.calls, again.bill.reused) == (0, 10)
    assert again.agreement == found.agreement
    registry.add_tenant("compares", "compares", TenantConfig(analyzer="openai"))
    gym.analyse()
    assert len(provider.requests) == 12
    assert gym.spoke == [("openai", None)] * 12


def test_the_asset_tells_what_it_cost(make_gym: MakeGym, provider: Provider) -> None:
    gym = make_gym("bill", analyzer="rules", budget=0.01)
    gym.put(TEXTS)
    gym.analyse()
    registry.add_tenant("bill", "bill", TenantConfig(analyzer="openai"))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("tenant", ["bill"])
        result = dg.materialize(
            [assets.conversation_analysis], partition_key="bill", instance=instance,
            resources=defs.resources,
            run_config={"ops": {"conversation_analysis": {"config": {"reanalyze": True}}}},
        )  # fmt: skip
    assert result.success
    (event,) = result.asset_materializations_for_node("conversation_analysis")
    metadata: dict[str, Any] = {name: value.value for name, value in event.metadata.items()}
    assert metadata["calls"] == len(provider.requests) > 0
    assert metadata["cost_brl"] == pytest.approx(float(gym.booked))
    assert metadata["input_tokens"] == 900 * metadata["calls"]
    assert metadata["fallbacks"] == 12 - metadata["calls"]
    table = event.metadata["fallbacks_by_reason"]
    assert isinstance(table, dg.TableMetadataValue)
    (by_reason,) = table.records
    assert by_reason.data == {"reason": "budget", "conversations": 12 - metadata["calls"]}
    assert "budget is spent" in metadata["notice"]
    assert 0 <= metadata["agreement_with_rules"] <= 1
