"""Cache backends: the file cache's size limit, and the cache of a dashboard's datasets."""

from pathlib import Path
from types import SimpleNamespace

from geniai_superset import caches


def test_a_file_cache_stays_within_its_size_limit(tmp_path: Path) -> None:
    most = 1_000_000
    cache = caches.BoundedFileCache(str(tmp_path), threshold=10_000, max_bytes=most)

    for n in range(100):
        cache.set(f"answer {n}", "x" * 100_000)

    taken = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert most / 2 < taken <= most * 1.2
    assert cache.get("answer 99") is not None, "the latest is kept"
    assert cache.get("answer 0") is None


def test_a_file_cache_counts_the_files_of_earlier_processes(tmp_path: Path) -> None:
    for n in range(20):
        (tmp_path / f"{n}").write_bytes(b"\0" * 100_000)

    caches.BoundedFileCache(str(tmp_path), max_bytes=500_000).set("answer", "x")

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 600_000


def test_a_dashboards_datasets_are_described_once() -> None:
    described: list[int] = []
    describe = caches.cache_datasets(lambda dashboard: described.append(dashboard.id))

    for number, changed_on in ((1, "monday"), (1, "monday"), (2, "monday"), (1, "tuesday")):
        describe(SimpleNamespace(id=number, changed_on=changed_on))

    assert described == [1, 2, 1]
