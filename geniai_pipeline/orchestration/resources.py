"""Dagster resources: a partition's tenant, its Chatwoot client and its analyzer."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from geniai_pipeline import chatwoot
from geniai_pipeline.analysis.base import Analyzer
from geniai_pipeline.errors import DatabaseDownError, GeniaiError, TransientError
from geniai_pipeline.pipeline import analyzers, change_checks
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import hosts, registry, runs
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter

INTERACTIVE_TAG = "geniai/interactive"
"""Tag of a run that a person waits for: it fails at once, because they can repeat it."""

_STEP_RETRIES, _STEP_WAIT_SECONDS, _DATABASE_SECONDS = 2, 60, 10


class TenantResource(dg.ConfigurableResource):
    """The tenant whose partition a step runs."""

    @contextmanager
    def load(self, context: dg.AssetExecutionContext) -> Iterator[tuple[Tenant, TenantSession]]:
        """Opens a session of the partition's tenant, and translates the block's errors for Dagster.

        The run's row gets the reason. A transient error repeats the step, except in an interactive
        run; a permanent error never does. A lost database repeats it in every run, because it is
        usually back within seconds.
        """
        slug = context.partition_key
        tenant: Tenant | None = None
        try:
            tenant = registry.load_tenant(slug)
            with TenantSession(tenant.tenant_id) as session:
                yield tenant, session
        except GeniaiError as error:
            error.tenant = error.tenant or slug
            if tenant is not None:
                _note_failure(tenant, context, str(error))
            if isinstance(error, DatabaseDownError):
                raise dg.RetryRequested(_STEP_RETRIES, _DATABASE_SECONDS) from error
            if isinstance(error, chatwoot.UnreachableError):
                # the sensor for recovered hosts requests another run
                raise dg.Failure(str(error), allow_retries=False) from error
            if isinstance(error, TransientError) and INTERACTIVE_TAG not in context.run.tags:
                raise dg.RetryRequested(_STEP_RETRIES, _STEP_WAIT_SECONDS) from error
            raise dg.Failure(str(error), allow_retries=False) from error
        except Exception as error:
            if tenant is not None:
                _note_failure(
                    tenant, context, f"{slug}: {type(error).__name__}; the run's log has the rest."
                )
            raise


class ChatwootResource(dg.ConfigurableResource):
    """Access to tenants' Chatwoots, within each host's rate limit."""

    @contextmanager
    def connect(
        self, tenant: Tenant, context: dg.AssetExecutionContext
    ) -> Iterator[chatwoot.Client]:
        """Opens a client for one tenant's account.

        Scheduled runs send nothing to a host that is down until ``change_checks`` gets an answer;
        an interactive run tries.

        Raises:
            UnreachableError: the host does not answer.

        """
        host = hosts.parse_host(tenant.chatwoot_url)
        if INTERACTIVE_TAG not in context.run.tags and (error := hosts.read_down().get(host)):
            raise change_checks.store_down(tenant, error)
        rate_limiter = HostRateLimiter(
            tenant.chatwoot_url, get_settings().chatwoot_requests_per_minute
        )
        try:
            with chatwoot.Client.for_tenant(tenant, wait=rate_limiter.wait) as client:
                try:
                    yield client
                except chatwoot.UnansweredError:
                    client.require_server()
                    raise
        except chatwoot.UnreachableError as error:
            hosts.mark_down(host, error.what)
            raise


class AnalyzerResource(dg.ConfigurableResource):
    """Access to tenants' analyzers."""

    def build(self, tenant: Tenant, session: TenantSession) -> Analyzer:
        """Builds the analyzer that a tenant has chosen."""
        return analyzers.build_for_tenant(tenant, session)


def _note_failure(tenant: Tenant, context: dg.AssetExecutionContext, error: str) -> None:
    try:
        with TenantSession(tenant.tenant_id) as session:
            runs.fail_run(session, context.run.run_id, error)
    except GeniaiError as another:  # the database itself may be what failed
        context.log.warning(f"The failure could not be recorded: {another}")
