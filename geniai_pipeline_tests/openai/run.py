"""One tenant's analysis as a process of its own, for tests to kill."""

import sys

from geniai_pipeline import analyzers, pipeline
from geniai_pipeline.warehouse import registry

if __name__ == "__main__":
    tenant = registry.load_tenant(sys.argv[1])
    print("begun", flush=True)
    pipeline.analyse(tenant, "run", analyzers.of_tenant(tenant), report=lambda line: None)
