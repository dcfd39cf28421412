"""Checks OpenAI for the tenants that use it: key, model, shutdown date and budget."""

from collections.abc import Iterator
from datetime import date

from geniai_pipeline.analysis.bill import Notice
from geniai_pipeline.analysis.openai.client import parse_shutdown_date
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback
from geniai_pipeline.analysis.openai.models import build_shutdown_warning, find_model
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.settings import Settings, get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.llm import TenantLedger

_SECONDS = 10.0


def check_openai() -> Iterator[Finding]:
    """Checks that OpenAI answers, and that the model has no shutdown date within 60 days."""
    who = [
        tenant
        for tenant in registry.describe_tenants()
        if tenant["active"] and (tenant["analyzer"] == "openai" or tenant["transcription"])
    ]
    if not who:
        return
    settings = get_settings()
    find_model(settings.openai_model)
    fault, announced = _ask_provider(settings)
    if fault:
        yield Finding(*fault)
    # the last days that are known need no answer of the provider
    if warning := build_shutdown_warning(settings.openai_model, read_clock().date(), announced):
        yield Finding(*warning)
    for tenant in who:
        with TenantSession(tenant["tenant_id"]) as session:
            reason = TenantLedger(session).unavailable_reason()
        if reason:
            yield Finding(*NOTICES[reason], tenant["slug"])


def _ask_provider(settings: Settings) -> tuple[Notice | None, date | None]:
    """Returns what keeps the model from being called, and the last day that its card names."""
    import openai  # slow to import, and few installations use it

    if settings.openai_api_key is None:
        return Notice("There is no OpenAI key.", "Set OPENAI_API_KEY."), None
    model, url = settings.openai_model, settings.openai_base_url
    key = settings.openai_api_key.get_secret_value()
    with openai.OpenAI(api_key=key, base_url=url, max_retries=0, timeout=_SECONDS) as client:
        try:
            return None, parse_shutdown_date(client.models.retrieve(model))
        except openai.AuthenticationError:
            return NOTICES[Fallback.UNAUTHORIZED], None
        except openai.NotFoundError:
            return NOTICES[Fallback.MODEL_GONE], None
        except openai.PermissionDeniedError:
            return None, None  # a key may allow calls to a model, and not to its card
        except openai.OpenAIError as error:
            return Notice(
                f"OpenAI does not answer at {url} ({error}).",
                "Check OPENAI_BASE_URL and the network; until then the rules analyze.",
            ), None
