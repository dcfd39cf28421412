"""The rules analyzer, built once for all tests of a file."""

import pytest

from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer


@pytest.fixture(scope="module")
def analyzer() -> RulesAnalyzer:
    return RulesAnalyzer()
