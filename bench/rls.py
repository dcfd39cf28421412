"""What row-level security costs on the dashboard's queries, in CPU time of the server's process.

The peer is the same query on the same rows by a superuser, whom no policy holds, with the tenant
named in the query as Superset names it for everybody. Both take turns, at random, in one run.

    python bench/rls.py                           # five million conversations, made once
    python bench/rls.py --conversations 200000    # the same with fewer
"""

import random
import statistics
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
from _five_million import TENANTS, five_million, options, slug

from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, role_url

QUERIES = {
    "figures, 30 days": "select sum(conversations), sum(leads), sum(visits) from dashboards.daily"
    " where tenant_id = {0} and day > current_date - 30",
    "leads a day, 90 days": "select day, sum(leads) from dashboards.daily"
    " where tenant_id = {0} and day > current_date - 90 group by 1",
    "funnel, a year": "select step, sum(reached) from dashboards.funnel"
    " where tenant_id = {0} and day > current_date - 365 group by 1",
    "scores, 90 days": "select lead_score, count(*) from dashboards.conversations"
    " where tenant_id = {0} and created_at > now() - interval '90 days' group by 1",
    "answers, 90 days": "select response_band, count(*) from dashboards.conversations"
    " where tenant_id = {0} and created_at > now() - interval '90 days' group by 1",
    "latest hundred": "select * from dashboards.leads"
    " where tenant_id = {0} order by created_at desc limit 100",
}
RANKS = (1, 20, TENANTS)
_LIMIT = 1.05


class Backend:
    """A connection, and the CPU time of the process that serves it."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        for setting in ("jit = off", "max_parallel_workers_per_gather = 0"):
            self.connection.execute(f"set {setting}")
        self._spent = Path(f"/proc/{self.connection.info.backend_pid}/schedstat")

    def time(self, sql: str) -> tuple[float, list[object]]:
        """Milliseconds of CPU, and the answer."""
        before = self._nanoseconds()
        rows = self.connection.execute(sql).fetchall()
        return (self._nanoseconds() - before) / 1e6, sorted(map(str, rows))

    def _nanoseconds(self) -> int:
        return int(self._spent.read_text().split()[0])


def measure(repetitions: int) -> tuple[float, float]:
    """Prints a line per query and tenant.

    Returns:
        The ratio of the sums, which is what the server's owner pays, and the geometric mean of the
        ratios, in which a query of a fifth of a millisecond counts as much as one of fifty.

    """
    numbers = {row["slug"]: row["tenant_id"] for row in registry.describe_tenants()}
    ratios, sums = [], [0.0, 0.0]
    print(f"{'query':24}{'tenant':>8}{'without, ms':>14}{'with, ms':>12}{'ratio':>8}")
    for rank in RANKS:
        timezone = "set timezone = 'America/Sao_Paulo'"
        without, under = Backend(admin_url()), Backend(role_url(login_name(slug(rank))))
        without.connection.execute(timezone)
        with closing(without.connection), closing(under.connection):
            for name, template in QUERIES.items():
                sql = template.format(numbers[slug(rank)])
                assert without.time(sql)[1] == under.time(sql)[1], "the answers differ"
                medians = _in_turns(
                    [without, under], lambda who, sql=sql: who.time(sql)[0], repetitions
                )
                ratios.append(medians[1] / medians[0])
                sums = [a + b for a, b in zip(sums, medians, strict=True)]
                print(f"{name:24}{rank:>8}{medians[0]:>14.2f}{medians[1]:>12.2f}{ratios[-1]:>8.2f}")
    return sums[1] / sums[0], statistics.geometric_mean(ratios)


def _in_turns(
    backends: list[Backend], once: Callable[[Backend], float], repetitions: int
) -> list[float]:
    spent: list[list[float]] = [[] for _ in backends]
    for _ in range(repetitions):
        for which in random.sample(range(len(backends)), len(backends)):
            spent[which].append(once(backends[which]))
    return [statistics.median(one) for one in spent]


if __name__ == "__main__":
    chosen = options(__doc__, repetitions=25)
    with five_million(chosen.conversations):
        total, mean = measure(chosen.repetitions)
    print(f"row-level security: {total:.3f} times the CPU of all together (goal: {_LIMIT});")
    print(f"{mean:.3f} in the mean of the queries; its own cost is some 0.1 ms a query")
