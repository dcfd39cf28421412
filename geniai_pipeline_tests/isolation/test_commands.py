"""Every command on every relation as everybody: what ``expected`` allows works, all else is refused."""

from geniai_pipeline_tests.isolation.commands import leaks, relations
from geniai_pipeline_tests.isolation.house import House


def test_everybody_reaches_his_own_rows_and_nothing_else(house: House) -> None:
    tried = relations(house.admin)
    house.admin.rollback()  # its locks would hold the others up
    found = leaks(tried, house.act_as)
    assert found == []
