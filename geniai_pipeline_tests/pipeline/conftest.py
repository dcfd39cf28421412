"""Fixtures: a tenant whose threads are landed by hand, and a clock that its tests set."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.payloads import START


@pytest.fixture
def gym(database: str, make_tenant: MakeTenant) -> Iterator[LandedTenant]:
    yield LandedTenant(make_tenant("episodica", converted_labels=["matriculado"]))
    registry.remove_tenant("episodica")


@pytest.fixture
def set_clock(database: str) -> Iterator[Callable[[float], None]]:
    """Sets the clock of every process to so many seconds after START; teardown resets it."""

    def set_clock(seconds: float) -> None:
        with connect(admin_url()) as connection:
            connection.execute(
                "select ops.set_clock(to_timestamp(%s) - pg_catalog.now())", [START + seconds]
            )

    yield set_clock
    with connect(admin_url()) as connection:
        connection.execute("select ops.set_clock(%s)", [timedelta(0)])
