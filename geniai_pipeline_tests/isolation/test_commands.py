"""Every command on every relation as everybody: what was granted works, all else is refused."""

from geniai_pipeline_tests.isolation.commands import calls, functions, leaks, relations
from geniai_pipeline_tests.isolation.house import House


def test_each_identity_reaches_its_own_rows_and_nothing_else(house: House) -> None:
    tried = relations(house.admin)
    house.admin.rollback()  # its locks would hold the others up
    found = leaks(tried, house.act_as)
    assert not found, "\n".join(found)


def test_no_function_returns_data_of_another_tenant(house: House) -> None:
    found = calls(functions(house.admin), house.act_as)
    assert not found, "\n".join(found)
