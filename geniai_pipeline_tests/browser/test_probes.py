"""Probes on the real configuration; ``test_mutations.py`` shows that each can fail."""

from collections.abc import Callable

import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline_tests.browser.probes import credentials, isolation, limits, rights, sign_in
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene


@pytest.fixture(scope="session")
def scene(superset: Superset, dataset: Callable[[str], int]) -> Scene:
    return Scene(dataset)


_MODULES = (isolation, rights, credentials, limits, sign_in)
_SLOW = {"password_guesses", "name_variants", "service_account", "forwarded_addresses"}


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(
            probe, id=probe.__name__, marks=[pytest.mark.slow] if probe.__name__ in _SLOW else []
        )
        for module in _MODULES
        for probe in module.PROBES
    ],
)
def test_the_probe_finds_no_fault(scene: Scene, probe: Probe) -> None:
    assert list(probe(scene)) == []
