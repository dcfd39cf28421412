"""What stands between gyms stands. ``test_mutations.py`` shows that each of these can fail."""

from collections.abc import Callable

import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline_tests.browser.probes import PROBES, Probe, Scene


@pytest.fixture(scope="session")
def scene(superset: Superset, dataset: Callable[[str], int]) -> Scene:
    return Scene(dataset)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_it_stands(scene: Scene, probe: Probe) -> None:
    assert list(probe(scene)) == []
