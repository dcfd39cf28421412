"""The catalogue holds what ``expected`` lists and breaks no rule; a new object cannot slip past."""

from geniai_pipeline_tests.isolation.canaries import Connection
from geniai_pipeline_tests.isolation.catalogue import broken_rules, unexpected_grants


def test_no_rule_is_broken(admin: Connection) -> None:
    assert broken_rules(admin) == []


def test_every_grant_is_expected_and_every_expected_grant_is_there(admin: Connection) -> None:
    assert unexpected_grants(admin) == []
