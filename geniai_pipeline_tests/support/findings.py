"""What a check of the doctor finds."""

from collections.abc import Callable, Iterator

from geniai_pipeline.doctor import Finding


def find_faults(check: Callable[[], Iterator[Finding]], about: str) -> list[str]:
    """Return what a check finds about a thing."""
    return [finding.what for finding in check() if about in finding.what]
