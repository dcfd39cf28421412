"""Fixtures: a tenant whose threads are landed by hand, and a clock that its tests set."""

from collections.abc import Callable, Iterator

import pytest

from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.clock import restore_clock
from geniai_pipeline_tests.support.clock import set_clock as set_instant
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import START


@pytest.fixture
def gym(database: str, make_tenant: MakeTenant) -> Iterator[LandedTenant]:
    yield LandedTenant(make_tenant("episodica", converted_labels=["matriculado"]))
    registry.remove_tenant("episodica")


@pytest.fixture
def set_clock(database: str) -> Iterator[Callable[[float], None]]:
    """Sets the clock of every process to so many seconds after START; teardown resets it."""

    with restore_clock():
        yield lambda seconds: set_instant(START + seconds)
