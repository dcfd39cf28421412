"""Every way into Superset, asked as everybody, and every byte that comes back searched.

The staff asks first, so that the cache is warm with what others must not see, and to show that the
question, asked by one who may, does bring the words that are searched for.
"""

import json
from collections.abc import Callable

import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline_tests.browser.attacks import PATHS, POSTS, QUESTIONS, Question, hears, thieves
from geniai_pipeline_tests.browser.gyms import LEVE, STAFF, number
from geniai_pipeline_tests.browser.visitor import Visitor


@pytest.fixture(scope="session")
def staff(superset: Superset) -> Visitor:
    return Visitor(STAFF)


@pytest.fixture(scope="session", name="thieves")
def everybody(superset: Superset) -> dict[str, Visitor]:
    return thieves()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_no_chart_returns_data_of_another_tenant(
    staff: Visitor,
    thieves: dict[str, Visitor],
    dataset: Callable[[str], int],
    question: Question,
) -> None:
    body = question.asks(dataset)

    heard = hears(staff.http.post("/api/v1/chart/data", json=body))
    assert heard or not question.staff_hears, "without an answer this proves nothing"
    for who, thief in thieves.items():
        for answer in (
            thief.http.post("/api/v1/chart/data", json=body),
            thief.http.post("/api/v1/chart/data", json=body | {"force": True}),
            thief.http.post("/api/v1/chart/data", data={"form_data": json.dumps(body)}),
        ):
            assert not hears(answer, who), (who, answer.text)


def test_no_sample_and_no_list_of_values_returns_data_of_another_tenant(
    staff: Visitor, thieves: dict[str, Visitor], dataset: Callable[[str], int]
) -> None:
    leads = dataset("leads")
    values = f"/api/v1/datasource/table/{leads}/column/contact_name/values/"
    samples = f"/datasource/samples?force=false&datasource_type=table&datasource_id={leads}"

    assert staff.http.get(values).status_code == 403, "this address is shut to all"
    for who, thief in thieves.items():
        query = {"filters": [{"col": "tenant_id", "op": "==", "val": number(LEVE)}]}
        for answer in (
            thief.http.get(values),
            thief.http.post(samples, json=query),
            thief.http.post(samples, json={}),
        ):
            assert not hears(answer, who), (who, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["a viewer", "an administrator", "without a tenant",
                                 "with two tenants", "nobody", "a guest"])  # fmt: skip
def test_no_address_returns_data_of_another_tenant(thieves: dict[str, Visitor], who: str) -> None:
    http = thieves[who].http
    answers = [http.get(path) for path in PATHS]
    answers += [http.post(path, json=body) for path, body in POSTS.items()]

    assert [answer.url for answer in answers if hears(answer, who)] == []
    if who in ("nobody", "a guest"):
        opened = [a.url.path for a in answers if a.is_success and a.url.path.startswith("/api/v1/")]
        assert opened == []


def test_a_stored_filter_state_gives_no_access_to_data(
    thieves: dict[str, Visitor], dataset: Callable[[str], int]
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
    for who, thief in thieves.items():
        answer = thief.http.get(
            f"/api/v1/dashboard/{number_of_it}/filter_state/{filter_state.json()['key']}"
        )
        assert not hears(answer, who), (who, answer.text)
