"""Findings of a doctor check."""

from collections.abc import Callable, Iterator

from geniai_pipeline.doctor import Finding


def find_faults(check: Callable[[], Iterator[Finding]], about: str) -> list[str]:
    """Returns the findings of a check that name a subject."""
    return [finding.what for finding in check() if about in finding.what]
