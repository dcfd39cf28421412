"""Loads the rows of ``load.py`` twice with dlt's merge and prints each load's seconds.

It runs in an interpreter that has dlt, and imports nothing of the product.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _rows import messages


def main(url: str, count: int) -> None:
    """Loads ``count`` rows twice."""
    import dlt  # type: ignore[import-not-found]

    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(url), progress=None)
    rows = [
        {"tenant_id": 1, "conversation_id": c, "message_id": m, "payload": p, "content_hash": h}
        for c, m, p, h in messages(count)
    ]
    for _ in range(2):
        started = time.perf_counter()
        pipeline.run(
            rows,
            table_name="messages",
            write_disposition={"disposition": "merge", "strategy": "upsert"},
            primary_key=["tenant_id", "conversation_id", "message_id"],
            columns={"payload": {"data_type": "json"}},
        )
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
