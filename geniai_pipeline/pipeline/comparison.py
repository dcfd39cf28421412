"""Compares both analyzers on one sample of a tenant's conversations."""

from dataclasses import dataclass
from decimal import Decimal

from geniai_pipeline.analysis.bill import Bill
from geniai_pipeline.analysis.evaluation.comparison import (
    Agreement,
    Disagreement,
    find_disagreements,
    measure_agreement,
)
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline.analyze import to_conversation
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, llm
from geniai_pipeline.warehouse.connections import TenantSession


@dataclass(frozen=True)
class AnalyzerComparison:
    """What both analyzers found in the same conversations, and what that cost."""

    agreement: Agreement
    disagreements: list[Disagreement]
    bill: Bill
    """Booked on the tenant's budget."""
    monthly_brl: Decimal | None
    """Cost of a month like the last; None: there never was an answer."""


def compare_analyzers(
    tenant: Tenant, session: TenantSession, openai: OpenAIAnalyzer, size: int
) -> AnalyzerComparison:
    """Analyzes the same conversations with OpenAI and the rules; stores nothing but the bill.

    Raises:
        PermanentError: there is no conversation to analyze yet.

    """
    sample = [to_conversation(row) for row in core.sample(session, size)]
    if not sample:
        raise PermanentError(
            "There are no conversations yet.",
            mend=f"Load them first: geniai sync {tenant.slug}",
            tenant=tenant.slug,
        )
    answered = [
        (conversation, (local, remote))
        for conversation, local, remote in zip(
            sample, RulesAnalyzer().analyze(sample), openai.analyze(sample), strict=True
        )
        if remote.analyzer == openai.name
    ]
    pairs = [pair for _, pair in answered]
    return AnalyzerComparison(
        agreement=measure_agreement(pairs),
        disagreements=find_disagreements([conversation for conversation, _ in answered], pairs),
        bill=openai.bill,
        monthly_brl=llm.monthly_cost(session, openai.model),
    )
