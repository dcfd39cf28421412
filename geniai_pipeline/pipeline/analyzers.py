"""Builds the analyzer that a tenant chose, or that an operator names."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from geniai_pipeline.analysis.base import Analysis, Analyzer, Transcript
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.analysis.openai.ledger import InMemoryLedger, Ledger
from geniai_pipeline.analysis.openai.models import find_model
from geniai_pipeline.analysis.openai.prompt import prepare_request
from geniai_pipeline.analysis.openai.rate_limiter import LocalRateLimiter, RateLimiter
from geniai_pipeline.analysis.openai.recordings import RecordedAnalyzer, RecordingLedger
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_facts import TenantFacts
from geniai_pipeline.tenants import ANALYZERS, Tenant
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.facts import load_facts
from geniai_pipeline.warehouse.llm import SharedRateLimiter, TenantLedger

PROVISIONAL = "live"
"""The reason of a fallback that stands until the next run."""


def build_for_tenant(tenant: Tenant, session: TenantSession) -> Analyzer:
    """Builds the analyzer the tenant chose; the rules if it forbids external analysis."""
    if tenant.analyzer == "openai" and tenant.external_analysis:
        return build_openai(session, only_unsure=tenant.openai_when == "unsure")
    return RulesAnalyzer()


class ProvisionalAnalyzer(RulesAnalyzer):
    """The local analyzer, for a moment in which OpenAI is not asked: a run replaces what it says.

    A message is on the pages at once, and a talk of twenty costs one question, not twenty.

    Args:
        only_unsure: whether the tenant asks OpenAI only where this analyzer is unsure.

    """

    def __init__(self, *, only_unsure: bool) -> None:
        super().__init__()
        self._only_unsure = only_unsure

    def analyze(self, conversations: Iterable[Transcript]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order; those for OpenAI are fallbacks."""
        for analysis in super().analyze(conversations):
            is_final = self._only_unsure and analysis.estimate.is_certain
            yield analysis if is_final else replace(analysis, fallback_reason=PROVISIONAL)


def build_for_live(tenant: Tenant) -> Analyzer:
    """Builds the analyzer that judges single messages as they come."""
    if tenant.analyzer == "openai" and tenant.external_analysis:
        return ProvisionalAnalyzer(only_unsure=tenant.openai_when == "unsure")
    return RulesAnalyzer()


def build_openai(session: TenantSession, *, only_unsure: bool = False) -> OpenAIAnalyzer:
    """Builds OpenAI's analyzer: the tenant's budget, the rate limit of all runs together."""
    settings = get_settings()
    service = f"{urlsplit(settings.openai_base_url).netloc} {settings.openai_model}"
    return _build_openai(
        TenantLedger(session),
        SharedRateLimiter(service),
        read_clock,
        load_facts(session),
        only_unsure=only_unsure,
    )


def build_by_name(name: str, budget_brl: Decimal, record: Path | None = None) -> Analyzer:
    """Builds the analyzer of that name for an operator's own act, without a tenant.

    Args:
        name: `rules` or `openai`.
        budget_brl: what the act may cost at most.
        record: a file to which the answers of OpenAI go; those that it has are not asked for again.

    Raises:
        PermanentError: there is none of that name, or it cannot be used now.

    """
    if name == "rules":
        return RulesAnalyzer()
    if name != "openai":
        raise PermanentError(
            f"There is no analyzer '{name}'.", mend=f"Use {' or '.join(ANALYZERS)}."
        )
    ledger = RecordingLedger(budget_brl, record) if record else InMemoryLedger(budget_brl)
    analyzer = _build_openai(
        ledger, LocalRateLimiter(), _read_machine_clock, TenantFacts(), only_unsure=False
    )
    require_usable(analyzer)
    return analyzer


def build_recorded(answers: Path) -> RecordedAnalyzer:
    """Builds the analyzer of recorded answers of OpenAI; it calls nobody.

    Raises:
        PermanentError: the file is of no use.

    """
    return RecordedAnalyzer(answers, get_settings().brl_per_usd)


def estimate_costs(
    conversations: Iterable[Transcript], analyses: Iterable[Analysis], model_name: str
) -> list[Decimal]:
    """Estimates what asking a model about each conversation costs, in reais.

    The tokens are counted, those of the answer assumed (`prompt.USUAL_OUTPUT_TOKENS`).

    Args:
        conversations: the conversations.
        analyses: their local analyses.
        model_name: the model.

    Raises:
        PermanentError: the model's price is not known.

    """
    model, brl_per_usd = find_model(model_name), get_settings().brl_per_usd
    costs = []
    for conversation, analysis in zip(conversations, analyses, strict=True):
        request = prepare_request(conversation, analysis, model, TenantFacts())
        usd = model.cost_usd(request.estimate_usage()) if request else Decimal(0)
        costs.append(usd * brl_per_usd)
    return costs


def require_usable(analyzer: Analyzer) -> None:
    """Checks that the analyzer can be used now.

    Raises:
        PermanentError: it cannot; says what to do about it.

    """
    if notice := analyzer.unavailable_reason():
        raise PermanentError(notice.what, mend=notice.mend)


def _build_openai(
    ledger: Ledger,
    rate_limiter: RateLimiter,
    read: Callable[[], datetime],
    facts: TenantFacts,
    *,
    only_unsure: bool,
) -> OpenAIAnalyzer:
    settings = get_settings()
    return OpenAIAnalyzer(
        model=settings.openai_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        brl_per_usd=settings.brl_per_usd,
        ledger=ledger,
        rate_limiter=rate_limiter,
        read_clock=read,
        facts=facts,
        only_unsure=only_unsure,
    )


def _read_machine_clock() -> datetime:
    """Reads the machine's clock: an operator's own act needs no database."""
    return datetime.now(timezone.utc)
