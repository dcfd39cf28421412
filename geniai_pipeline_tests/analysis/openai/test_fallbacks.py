"""Every failure of a provider, its cost, and the fallback to the rules with its reason."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import Response

from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.analysis.openai.models import Usage, build_shutdown_warning, find_model
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.analysis.openai.conftest import build_analyzer, build_transcript
from geniai_pipeline_tests.analysis.openai.provider import (
    Provider,
    completed,
    error,
    judgement,
    refusal,
    sane,
)

CONVERSATIONS = [build_transcript("Quanto custa o plano?", id=n) for n in range(1, 31)]
PAID = Decimal("5.40") * (900 * Decimal("0.10") + 200 * Decimal("0.50")) / 1_000_000


def play_first(*first: Response) -> Callable[[dict[str, Any]], Response]:
    """Plays these answers one after the other, then the sane part."""
    left = list(first)
    return lambda body: left.pop(0) if left else sane(body)


def list_reasons(analyzer: OpenAIAnalyzer, count: int = 1) -> list[str | None]:
    return [found.fallback_reason for found in analyzer.analyze(CONVERSATIONS[:count])]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal(), "refused"),
        (completed('{"evidence": [{"crit', status="incomplete"), "incomplete"),
        (completed("desculpe, não consigo"), "malformed"),
        (completed('{"evidence": []}'), "malformed"),
        (completed('{"evidence": [{"criterion": "vip", "quote": "Quanto"}]}'), "malformed"),
        (completed('{"evidence": "\x00\ud800"}'.encode("utf-8", "replace").decode()), "malformed"),
        (completed({**judgement({"input": [{"content": '{"contato": null, "mensagens": []}'}]}),
                    "evidence": [{"criterion": "visit", "quote": "nunca disse"}]}), "no_evidence"),
    ],
    ids=["refusal", "incomplete", "prose", "half", "unknown-criterion", "nul", "no-quote"],
)  # fmt: skip
def test_an_answer_of_no_use_is_paid_once_and_the_rules_speak(
    answer: Response, reason: str, provider: Provider
) -> None:
    provider.play = lambda body: answer
    analyzer = build_analyzer(provider)
    (found,) = analyzer.analyze(CONVERSATIONS[:1])
    assert (found.analyzer, found.fallback_reason) == ("rules", reason)
    assert len(provider.requests) == 1
    assert analyzer.bill.cost_brl > 0
    assert dict(analyzer.bill.fallbacks) == {reason: 1}


@pytest.mark.parametrize(
    "nonsense",
    [Response("<html>manutenção</html>"), Response(""), Response("[]"), Response('{"usage": 7}')],
    ids=["html", "empty", "list", "no-usage"],
)
def test_an_answer_without_usage_is_booked_at_its_worst_case(
    nonsense: Response, provider: Provider
) -> None:
    provider.play = lambda body: nonsense
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer) == ["malformed"]
    assert analyzer.bill.cost_brl > PAID


@pytest.mark.parametrize(
    ("answer", "reason", "says"),
    [
        (error(401, "invalid_api_key"), "unauthorized", "OPENAI_API_KEY"),
        (error(403), "unauthorized", "OPENAI_API_KEY"),
        (error(404, "model_not_found"), "model_gone", "OPENAI_MODEL"),
        (error(429, "insufficient_quota"), "quota", "credit"),
    ],
    ids=["401", "403", "404", "quota"],
)
def test_what_no_repetition_mends_stops_the_calls_at_once(
    answer: Response, reason: str, says: str, provider: Provider
) -> None:
    provider.play = lambda body: answer
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer, 30) == [reason] * 30
    assert len(provider.requests) < 30
    assert analyzer.bill.cost_brl == 0
    assert says in str(analyzer.bill.notice)


def test_limits_still_unknown_one_request_goes_first_and_alone(provider: Provider) -> None:
    provider.play = lambda body: error(401)
    list_reasons(build_analyzer(provider), 30)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 408, 409])
def test_what_passes_is_tried_again_and_then_answered(status: int, provider: Provider) -> None:
    provider.play = play_first(error(status, **{"retry-after": "0"}), error(status))
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer) == [None]
    assert len(provider.requests) == 3
    if status in (500, 503, 429, 409):  # nothing was done, so nothing is owed
        assert analyzer.bill.cost_brl == PAID


def test_retry_after_is_honoured_by_all(provider: Provider) -> None:
    provider.play = play_first(error(429, **{"retry-after": "1"}))
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer, 5) == [None] * 5
    assert provider.arrived[1] - provider.arrived[0] >= 1
    assert analyzer.bill.rate_limited == 1


def test_a_limit_used_up_for_an_hour_is_not_waited_for(provider: Provider) -> None:
    provider.play = lambda body: error(429, **{"retry-after": "3600"})
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer, 5) == ["rate_limited"] * 5
    assert len(provider.requests) == 1
    assert "60 minutes" in str(analyzer.bill.notice)


@pytest.mark.usefixtures("impatient")
def test_a_late_answer_is_booked_at_its_worst_case_and_not_waited_for(provider: Provider) -> None:
    late: list[int] = []

    async def play(body: dict[str, Any]) -> Response:
        late.append(1)
        if len(late) == 1:
            await asyncio.sleep(2)
        return sane(body)

    provider.play = play
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer) == [None]
    assert len(provider.requests) == 2
    assert analyzer.bill.cost_brl > 2 * PAID


def test_a_provider_that_stays_sick_is_left_alone(provider: Provider) -> None:
    provider.play = lambda body: error(500)
    analyzer = build_analyzer(provider)
    assert set(list_reasons(analyzer, 30)) == {"unreachable"}
    assert len(provider.requests) < 5 * 30
    assert "in a row" in str(analyzer.bill.notice)


def test_nobody_there_costs_nothing(provider: Provider) -> None:
    analyzer = build_analyzer(provider)
    analyzer._base_url = "http://127.0.0.1:9/v1"
    assert set(list_reasons(analyzer, 30)) == {"unreachable"}
    assert analyzer.bill.cost_brl == 0


def test_a_request_it_does_not_take_costs_that_conversation_alone(provider: Provider) -> None:
    provider.play = play_first(error(400, "context_length_exceeded"))
    assert list_reasons(build_analyzer(provider), 3) == ["rejected", None, None]


def test_a_budget_is_never_passed_and_its_last_cents_are_used(provider: Provider) -> None:
    analyzer = build_analyzer(provider, budget="0.02")
    found = list_reasons(analyzer, 30)
    assert analyzer.bill.cost_brl <= Decimal("0.02")
    assert analyzer.bill.cost_brl > Decimal("0.02") - Decimal("0.0055")
    assert found.count(None) == len(provider.requests)
    assert set(found) == {None, "budget"}
    assert "budget is spent" in str(analyzer.bill.notice)


def test_without_a_key_nothing_is_asked(provider: Provider) -> None:
    analyzer = build_analyzer(provider)
    analyzer._api_key = None
    assert list_reasons(analyzer, 3) == ["unauthorized"] * 3
    assert provider.requests == []
    assert "OPENAI_API_KEY" in str(analyzer.bill.notice)


def test_results_come_in_order_and_many_are_under_way(provider: Provider) -> None:
    async def slow(body: dict[str, Any]) -> Response:
        await asyncio.sleep(0.05 if len(provider.requests) % 3 else 0.2)
        return sane(body)

    provider.play = slow
    conversations = [build_transcript(f"Quanto custa o plano {n}?", id=n) for n in range(60)]
    found = list(build_analyzer(provider).analyze(conversations))
    assert [f.evidence[0].quote for f in found] == [c.messages[0].text for c in conversations]
    assert provider.most > 10


def test_conversations_are_read_as_they_are_needed(provider: Provider) -> None:
    from geniai_pipeline.analysis.openai import AT_ONCE

    read: list[int] = []

    def endless() -> Any:
        while True:
            read.append(1)
            yield build_transcript("oi", id=len(read))

    stream = build_analyzer(provider, budget="0.0001").analyze(endless())
    for _ in range(10):
        next(stream)
    assert len(read) <= AT_ONCE + 50
    stream.close()  # type: ignore[attr-defined]


def test_the_request_is_strict_tight_and_keeps_nothing_there(provider: Provider) -> None:
    list_reasons(build_analyzer(provider))
    (body,) = provider.requests
    assert body["store"] is False
    assert body["max_output_tokens"] == 450
    assert body["reasoning"] == {"effort": "none"}
    form = body["text"]["format"]
    assert (form["type"], form["strict"]) == ("json_schema", True)
    assert_strict(form["schema"])


def assert_strict(schema: dict[str, Any]) -> None:
    """What OpenAI demands of a strict schema: all required, nothing more."""
    if schema.get("type") == "object":
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
        for inner in schema["properties"].values():
            assert_strict(inner)
    if schema.get("type") == "array":
        assert_strict(schema["items"])


def test_a_model_that_does_not_reason_is_not_told_to(provider: Provider) -> None:
    list_reasons(build_analyzer(provider, model="gpt-4o-mini-2024-07-18"))
    (body,) = provider.requests
    assert "reasoning" not in body
    assert body["model"] == "gpt-4o-mini-2024-07-18"


def test_a_model_without_a_known_price_is_not_asked(provider: Provider) -> None:
    with pytest.raises(PermanentError, match="OPENAI_MODEL"):
        find_model("gpt-9")
    analyzer = build_analyzer(provider, model="gpt-9")
    assert list_reasons(analyzer, 2) == ["model_gone"] * 2
    assert provider.requests == []


def test_the_models_end_is_told_weeks_ahead(provider: Provider) -> None:
    assert build_shutdown_warning("gpt-4o-mini", date(2026, 9, 1)) is None
    warning = build_shutdown_warning("gpt-4o-mini-2024-07-18", date(2026, 12, 1))
    assert warning is not None
    assert "2027-01-14, in 44 days" in str(warning)
    assert "gpt-6-luna" in str(warning)
    assert "was shut down" in str(build_shutdown_warning("gpt-4o-mini", date(2027, 2, 1)))
    assert build_shutdown_warning("gpt-6-luna", date(2027, 2, 1)) is None
    announced = date(2027, 3, 1)
    assert "in 28 days" in str(build_shutdown_warning("gpt-6-luna", date(2027, 2, 1), announced))

    provider.announced = "2026-11-01"
    analyzer = build_analyzer(provider, now=datetime(2026, 11, 1, tzinfo=timezone.utc))
    list_reasons(analyzer)
    assert "was shut down" in str(analyzer.bill.warning)


def test_a_known_end_needs_no_answer_of_the_provider(provider: Provider) -> None:
    near = datetime(2026, 12, 1, tzinfo=timezone.utc)
    warnings = []
    for key, card in ((SecretStr("sk-test"), lambda: error(500)), (None, None)):
        provider.card = card
        analyzer = build_analyzer(provider, model="gpt-5-nano", now=near)
        analyzer._api_key = key
        list_reasons(analyzer)
        warnings.append(str(analyzer.bill.warning))
    stops = "The model gpt-5-nano stops on 2026-12-11, in 10 days. Set OPENAI_MODEL to gpt-6-luna."
    assert warnings == [stops] * 2


@pytest.fixture
def override_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Sets the operator's file of models."""

    def override(content: str) -> None:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.yaml"
        path.write_text(content, "utf-8")
        monkeypatch.setenv("GENIAI_OPENAI_MODELS", str(path))
        get_settings.cache_clear()

    yield override
    monkeypatch.undo()
    get_settings.cache_clear()


def test_an_operator_replaces_prices_and_ends_and_the_rest_stays(
    override_models: Callable[[str], None],
) -> None:
    before = find_model("gpt-4o-mini")
    override_models(
        "models: {gpt-9: {input: 1, cached: 0.5, output: 2}, gpt-6-luna: {input: 0.3, cached: 0.03,"
        " output: 1.5}}\nshutdowns: {gpt-6-luna: {day: 2027-06-01, successor: gpt-9}}"
    )
    used = Usage(input_tokens=1000, cached_tokens=400, written_tokens=0, output_tokens=100)
    assert find_model("gpt-9").cost_usd(used) == Decimal("0.001")
    assert find_model("gpt-6-luna").effort is None  # an entry is replaced as a whole
    assert find_model("gpt-4o-mini") == before
    warning = build_shutdown_warning("gpt-6-luna", date(2027, 5, 2))
    assert str(warning).endswith("in 30 days. Set OPENAI_MODEL to gpt-9.")
    assert build_shutdown_warning("gpt-4o-mini", date(2027, 1, 1)) is not None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("models: {gpt-9: {input: 1, cached: 0.5}}", "models.gpt-9.output"),
        ("models: {gpt-9: {input: -1, cached: 0.5, output: 1}}", "models.gpt-9.input"),
        ("prices: {}", "prices"),
        ("models: [", "no YAML"),
    ],
)
def test_an_unusable_file_of_models_is_named_and_the_rules_speak(
    content: str, fault: str, provider: Provider, override_models: Callable[[str], None]
) -> None:
    override_models(content)
    with pytest.raises(PermanentError, match=fault):
        find_model("gpt-6-luna")
    analyzer = build_analyzer(provider)
    assert list_reasons(analyzer) == ["model_gone"]
    assert fault in str(analyzer.bill.notice)
    assert provider.requests == []


@pytest.mark.parametrize(
    ("day", "warning"), [(date(2031, 2, 28), None), (date(2031, 3, 2), "in 60 days")]
)
def test_the_models_end_is_near_by_the_analyzers_clock(
    provider: Provider, day: date, warning: str | None
) -> None:
    provider.announced = "2031-05-01"
    analyzer = build_analyzer(
        provider, now=datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    )
    list_reasons(analyzer)
    assert (warning in str(analyzer.bill.warning)) if warning else analyzer.bill.warning is None
