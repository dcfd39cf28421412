"""Rotation of the secret key."""

from collections.abc import Iterator

import pytest

from geniai_pipeline import administration
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry, webhooks
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect, role_url
from geniai_pipeline.warehouse.webhooks import Webhook
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.members import load_key


@pytest.fixture
def changed_key(embedded: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sets another secret key; teardown restores the server's own."""
    was = get_settings().local_key_path.read_text()

    def use(new: str, old: str | None) -> None:
        monkeypatch.setenv("GENIAI_SECRET_KEY", new)
        if old:
            monkeypatch.setenv("GENIAI_SECRET_KEY_OLD", old)
        else:
            monkeypatch.delenv("GENIAI_SECRET_KEY_OLD", raising=False)
        get_settings.cache_clear()

    use("n" * 20 + "another-key", None)
    yield
    use(was, "n" * 20 + "another-key")
    administration.rotate_key()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_the_secret_key_is_rotated(
    embedded: None, make_tenant: MakeTenant, request: pytest.FixtureRequest
) -> None:
    tenant_id = make_tenant("rotated", chatwoot_token="kept through it").tenant_id
    with TenantSession(tenant_id) as session:
        hash_key = load_key(session)
        webhooks.store_webhook(session, Webhook("of its address", "that signs", 7))
    with TenantSession(make_tenant("unsigned").tenant_id) as session:
        webhooks.store_webhook(session, Webhook("of another", None, 7))
    old = [role_url(login) for login in ("etl_writer", "superset", "bi_t_rotated", "gatekeeper")]
    request.getfixturevalue("changed_key")
    with pytest.raises(PermanentError, match="refused the login"), connect(role_url("etl_writer")):
        pass

    assert administration.rotate_key() >= 1
    administration.rotate_key()

    assert registry.load_tenant("rotated").chatwoot_token == "kept through it"
    with TenantSession(tenant_id) as session:
        assert load_key(session) == hash_key, "the hashes stay"
        assert webhooks.load_webhook(session, "rotated") == Webhook(
            "of its address", "that signs", 7
        )
    with connect(admin_url()) as connection:
        stored = connection.execute(
            "select chatwoot_token, hash_key, token, secret from ops.tenant_configs"
            " join ops.member_keys using (tenant_id) join ops.webhooks using (tenant_id)"
            " where tenant_id = %s",
            [tenant_id],
        ).fetchone() or ("", "")
    newest = get_settings().cipher()._fernets[0]
    decrypted = [newest.decrypt(secret.encode()) for secret in stored]
    expected = [b"kept through it", hash_key, b"of its address", b"that signs"]
    assert decrypted == expected, "by the new key alone"
    for url in old:
        with pytest.raises(PermanentError, match="refused the login"), connect(url):
            pass
    for login in ("bi_t_rotated", "bi_a_rotated", "gatekeeper", "bi_none"):
        with connect(role_url(login)):
            pass
    with connect(admin_url()) as connection:
        acts = connection.execute("select act from ops.audit_logs where act = 'key.rotate'")
        assert len(acts.fetchall()) >= 1
