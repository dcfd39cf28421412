"""What Superset keeps of whoever asks."""

from collections.abc import Iterator

import httpx2

from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STAFF
from geniai_pipeline_tests.browser.probes import Probe, Scene
from geniai_pipeline_tests.browser.visitor import Visitor


def filters(scene: Scene) -> Iterator[str]:
    """Kept filters are found by the session that keeps them, though all come from one address."""
    owner, other = Visitor(LEVE.viewer), Visitor(FORTE.viewer)
    path = f"/api/v1/dashboard/{_number(scene)}/filter_state"
    kept = _keep(owner, path, "leve")
    if kept in (_keep(other, path, "forte"), _keep(Visitor(LEVE.viewer), path, "leve 2")):
        yield "two people keep their filters in one place"
    if other.http.get(f"{path}/{kept}").status_code != httpx2.codes.NOT_FOUND:
        yield "another gym's filters are found"
    other.http.put(f"{path}/{kept}?tab_id=7", json={"value": '{"mine": "forte"}'})
    other.http.delete(f"{path}/{kept}?tab_id=7")
    if owner.http.get(f"{path}/{kept}").json().get("value") != '{"mine": "leve"}':
        yield "one's own filters are changed by another"
    with connect(admin_url(SUPERSET)) as connection:
        latest = connection.execute(
            "select value from key_value where resource = 'superset_metastore_cache'"
            " order by id desc limit 1"
        ).fetchone()
    if latest is None or not latest[0].startswith((b"{", b'"')):
        yield "filters are kept in a form that can hold code"


PROBES: tuple[Probe, ...] = (filters,)


def _number(scene: Scene) -> int:
    answer = scene.visitor(STAFF).http.get("/api/v1/dashboard/painel").json()
    return int(answer["result"]["id"])


def _keep(who: Visitor, path: str, value: str) -> str:
    answer = who.http.post(f"{path}?tab_id=7", json={"value": f'{{"mine": "{value}"}}'})
    return str(answer.json()["key"])
