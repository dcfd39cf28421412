"""Measures the CPU time that row-level security adds to the dashboard's queries in Postgres.

The peer is the same query on the same rows by a superuser, to whom no policy applies; the query
names the tenant, as Superset's queries do for everybody. One server process answers both, so that
neither has the better place in memory: its user changes in between. The two run in pairs, in random
order, and a query's ratio is the median over its pairs: a shared machine's speed changes from one
pair to the next.

    python bench/rls.py                           # five million conversations, made once
    python bench/rls.py --conversations 200000    # the same with fewer
"""

import random
import statistics
from contextlib import closing
from pathlib import Path

import psycopg
from _five_million import TENANTS, ZONE, open_five_million, options, slug
from psycopg import sql

from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url

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
    """A connection, and the CPU time of its server process."""

    def __init__(self) -> None:
        self.connection = psycopg.connect(admin_url(), autocommit=True)
        for setting in (
            "jit = off",
            "max_parallel_workers_per_gather = 0",
            f"timezone = '{ZONE}'",
        ):
            self.connection.execute(f"set {setting}")
        self._spent = Path(f"/proc/{self.connection.info.backend_pid}/schedstat")

    def time(self, login: str, query: str) -> tuple[float, list[str]]:
        """Returns milliseconds of CPU and the result, as the login or as the superuser."""
        user = sql.Identifier(login) if login else sql.SQL("default")
        self.connection.execute(sql.SQL("set session authorization {}").format(user))
        before = self._nanoseconds()
        rows = self.connection.execute(query).fetchall()
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
        backend, login = Backend(), login_name(slug(rank))
        with closing(backend.connection):
            for name, template in QUERIES.items():
                query = template.format(numbers[slug(rank)])
                assert backend.time("", query)[1] == backend.time(login, query)[1], "they differ"
                spent, ratio = _compare(backend, login, query, repetitions)
                ratios.append(ratio)
                sums = [sums[0] + spent, sums[1] + spent * ratio]
                print(f"{name:24}{rank:>8}{spent:>14.2f}{spent * ratio:>12.2f}{ratio:>8.2f}")
    return sums[1] / sums[0], statistics.geometric_mean(ratios)


def _compare(backend: Backend, login: str, query: str, repetitions: int) -> tuple[float, float]:
    """Returns the superuser's median time, and the median ratio of the login's time to it."""
    alone, ratios = [], []
    for _ in range(repetitions):
        spent = {who: backend.time(who, query)[0] for who in random.sample(["", login], 2)}
        alone.append(spent[""])
        ratios.append(spent[login] / spent[""])
    return statistics.median(alone), statistics.median(ratios)


if __name__ == "__main__":
    chosen = options(__doc__, repetitions=60)
    with open_five_million(chosen.conversations):
        total, mean = measure(chosen.repetitions)
    print(f"row-level security: {total:.3f} times the CPU of all together (goal: {_LIMIT});")
    print(f"{mean:.3f} in the mean of the queries; its own cost is some 0.1 ms a query")
