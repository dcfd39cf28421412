"""One tenant's analysis as a process of its own, for tests to kill."""

import sys

from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession

if __name__ == "__main__":
    tenant = registry.load_tenant(sys.argv[1])
    print("begun", flush=True)
    with TenantSession(tenant.tenant_id) as session:
        analyzer = analyzers.build_for_tenant(tenant, session)
        analyze_conversations(session, "run", analyzer, report=lambda line: None)
