"""One tenant's analysis as a process of its own, for tests to kill."""

import sys

from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.warehouse import registry

if __name__ == "__main__":
    tenant = registry.load_tenant(sys.argv[1])
    print("begun", flush=True)
    analyze_conversations(
        tenant, "run", analyzers.build_for_tenant(tenant), report=lambda line: None
    )
