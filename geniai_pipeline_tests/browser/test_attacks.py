"""Attacks on Superset: each request by each identity, and a search of every response.

Staff send each request first. That fills the cache with other tenants' data, and shows that the
request does return the words that are searched for.
"""

import json
from collections.abc import Callable

import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline_tests.browser.attacks import (
    PATHS,
    POSTS,
    QUESTIONS,
    Question,
    attackers,
    contains_other_tenant,
)
from geniai_pipeline_tests.browser.gyms import LEVE, STAFF, number
from geniai_pipeline_tests.browser.visitor import Visitor


@pytest.fixture(scope="session")
def staff(superset: Superset) -> Visitor:
    return Visitor(STAFF)


@pytest.fixture(scope="session", name="attackers")
def everybody(superset: Superset) -> dict[str, Visitor]:
    return attackers()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_no_chart_returns_data_of_another_tenant(
    staff: Visitor,
    attackers: dict[str, Visitor],
    dataset: Callable[[str], int],
    question: Question,
) -> None:
    body = question.asks(dataset)

    is_read = contains_other_tenant(staff.http.post("/api/v1/chart/data", json=body))
    assert is_read or not question.staff_reads, "without an answer this proves nothing"
    for who, attacker in attackers.items():
        for answer in (
            attacker.http.post("/api/v1/chart/data", json=body),
            attacker.http.post("/api/v1/chart/data", json=body | {"force": True}),
            attacker.http.post("/api/v1/chart/data", data={"form_data": json.dumps(body)}),
        ):
            assert not contains_other_tenant(answer, who), (who, answer.text)


def test_no_sample_and_no_list_of_values_returns_data_of_another_tenant(
    staff: Visitor, attackers: dict[str, Visitor], dataset: Callable[[str], int]
) -> None:
    leads = dataset("leads")
    values = f"/api/v1/datasource/table/{leads}/column/contact_name/values/"
    samples = f"/datasource/samples?force=false&datasource_type=table&datasource_id={leads}"

    assert staff.http.get(values).status_code == 403, "this address is shut to all"
    for who, attacker in attackers.items():
        query = {"filters": [{"col": "tenant_id", "op": "==", "val": number(LEVE)}]}
        for answer in (
            attacker.http.get(values),
            attacker.http.post(samples, json=query),
            attacker.http.post(samples, json={}),
        ):
            assert not contains_other_tenant(answer, who), (who, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["a viewer", "an administrator", "without a tenant",
                                 "with two tenants", "nobody", "a guest"])  # fmt: skip
def test_no_address_returns_data_of_another_tenant(attackers: dict[str, Visitor], who: str) -> None:
    http = attackers[who].http
    answers = [http.get(path) for path in PATHS]
    answers += [http.post(path, json=body) for path, body in POSTS.items()]

    assert [answer.url for answer in answers if contains_other_tenant(answer, who)] == []
    if who in ("nobody", "a guest"):
        opened = [a.url.path for a in answers if a.is_success and a.url.path.startswith("/api/v1/")]
        assert opened == []


def test_a_stored_filter_state_gives_no_access_to_data(
    attackers: dict[str, Visitor], dataset: Callable[[str], int]
) -> None:
    owner = Visitor(LEVE.viewer)
    number_of_it = owner.http.get("/api/v1/dashboard/painel").json()["result"]["id"]
    filter_state = owner.http.post(
        f"/api/v1/dashboard/{number_of_it}/filter_state", json={"value": '{"mine": "x"}'}
    )
    link = owner.http.post(
        f"/api/v1/dashboard/{number_of_it}/permalink", json={"dataMask": {}, "activeTabs": []}
    )
    assert filter_state.status_code == 201, filter_state.text
    assert link.status_code == 403, link.text
    for who, attacker in attackers.items():
        answer = attacker.http.get(
            f"/api/v1/dashboard/{number_of_it}/filter_state/{filter_state.json()['key']}"
        )
        assert not contains_other_tenant(answer, who), (who, answer.text)
