"""One run of one tenant as a process.

It prints ``begun`` when the work starts. It exits with 0, or with 1 and a line with the error and
its kind.
"""

import sys

from geniai_pipeline import chatwoot
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.errors import GeniaiError, TransientError
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.extract import extract_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry, runs
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter


def sync(slug: str, run_id: str, kind: str = "incremental") -> None:
    """Runs the five steps in order; a failure is recorded as Dagster's resources record it.

    Raises:
        GeniaiError: what failed.

    """
    tenant = registry.load_tenant(slug)
    rate_limiter = HostRateLimiter(tenant.chatwoot_url, get_settings().chatwoot_requests_per_minute)
    with TenantSession(tenant.tenant_id) as session:
        try:
            with chatwoot.Client.for_tenant(tenant, wait=rate_limiter.wait) as client:
                extract_conversations(
                    session, run_id, client, full=kind == "full", report=lambda line: None
                )
            transform_conversations(tenant, session, run_id, report=lambda line: None)
            analyze_conversations(session, run_id, RulesAnalyzer(), report=lambda line: None)
            publish_conversations(tenant, session)
            assert roll_up(tenant, session, run_id).agrees
        except GeniaiError as error:
            try:
                runs.fail_run(session, run_id, str(error))
            except GeniaiError:
                print("the failure could not be noted", flush=True)
            raise


if __name__ == "__main__":
    print("begun", flush=True)
    try:
        sync(*sys.argv[1:])
    except GeniaiError as failure:
        passing = isinstance(failure, TransientError)
        sys.exit(f"{'transient' if passing else 'permanent'}: {failure}")
