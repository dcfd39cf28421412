"""Catalogue checks: every object follows the rules, every grant is expected."""

from geniai_pipeline_tests.isolation.canaries import Connection
from geniai_pipeline_tests.isolation.catalogue import broken_rules, unexpected_grants


def test_every_object_follows_the_catalogue_rules(admin: Connection) -> None:
    found = broken_rules(admin)
    assert not found, "\n".join(found)


def test_every_grant_is_expected_and_every_expected_grant_is_there(admin: Connection) -> None:
    found = unexpected_grants(admin)
    assert not found, "\n".join(found)
