"""Checks of secrets, files, disk, Chatwoot accounts, bots, freshness and Dagster."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2

from geniai_pipeline.administration.tenants import find_mismatches
from geniai_pipeline.chatwoot import Client
from geniai_pipeline.disk import require_space
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.files import find_exposed_files
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import matches_agent
from geniai_pipeline.warehouse import core, registry, runs
from geniai_pipeline.warehouse.connections import TenantSession

_KEY_LENGTH = 32
_AT_ONCE = 8
_DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"
_CODE_SERVER = """
{ executionPlanOrError(mode: "default", pipeline: {
    repositoryLocationName: "geniai", repositoryName: "__repository__", pipelineName: "sync_tenant"
  }) { __typename ... on Error { message } } }
"""
"""The first query of a run's launch; only the code server can answer it."""


def check_secrets() -> Iterator[Finding]:
    """Checks the secret key's source and strength, TLS and the number of proxies."""
    settings = get_settings()
    in_production = settings.public_url is not None or settings.database_url is not None
    key, path = settings.secret_key, settings.local_key_path
    make_one = "Set GENIAI_SECRET_KEY to one of `openssl rand -hex 32`, then `geniai rotate-key`."
    if key is None:
        if in_production:
            yield Finding("The secret key was made by the first start, not by you.", make_one)
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(f"Others may read the secret key in {path}.", f"chmod 600 {path}")
    elif len(key.get_secret_value()) < _KEY_LENGTH or len(set(key.get_secret_value())) < 8:
        yield Finding(
            "The secret key can be guessed: it is short or has few different characters.", make_one
        )
    if settings.secret_key_old is not None:
        yield Finding(
            "GENIAI_SECRET_KEY_OLD is still set.",
            "Run `geniai rotate-key`, then remove it from the environment.",
        )
    if settings.public_url is not None and settings.public_url.startswith("http:"):
        yield Finding(
            f"People sign in over {settings.public_url}, a connection without encryption.",
            "Put a proxy with TLS before Superset and set GENIAI_PUBLIC_URL to its https address.",
        )
    if settings.public_url is not None and settings.trusted_proxies == 0:
        yield Finding(
            "All users have the proxy's address: thirty wrong passwords a minute lock all of them"
            " out, and the audit log does not have their addresses.",
            "Set GENIAI_TRUSTED_PROXIES to the number of proxies before Superset, mostly 1.",
        )


def check_files() -> Iterator[Finding]:
    """Checks that only the owner can access the data folder."""
    for path, mode in find_exposed_files(get_settings().home):
        yield Finding(f"Others may read {path}.", f"chmod {mode:o} {path}")


def check_disk() -> Iterator[Finding]:
    """Checks the free space of the data folder's disk."""
    require_space()
    yield from ()


def check_chatwoots() -> Iterator[Finding]:
    """Checks active tenants' tokens, and that Chatwoot has their labels and agents."""
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        for findings in workers.map(_ask_chatwoot, registry.read_active_slugs()):
            yield from findings


def check_bots() -> Iterator[Finding]:
    """Checks for agents that answer like a bot and are not set as one."""
    for slug in registry.read_active_slugs():
        tenant = registry.load_tenant(slug)
        named = tenant.bot_agents
        with TenantSession(tenant.tenant_id) as session:
            hasty = core.find_hasty_agents(session)
        for agent_id, name, conversations in hasty:
            if not matches_agent(named, agent_id, name):
                options = " ".join(f"--bot-agent '{each}'" for each in [*sorted(named), agent_id])
                yield Finding(
                    f"{name} (agent {agent_id}) sent the same text within seconds in"
                    f" {conversations} conversations, as a bot does.",
                    f"If it is one: `geniai tenant add {slug} {options}`.",
                    slug,
                )


def check_freshness() -> Iterator[Finding]:
    """Checks that no active tenant's dashboards are stale."""
    for tenant in runs.status():
        if not tenant["active"]:
            continue
        again, until = f"`geniai sync {tenant['slug']}`", tenant["complete_up_to"]
        if tenant["last_error"]:
            yield Finding(
                f"Its last run failed: {tenant['last_error']}", f"Correct that, then {again}.",
                tenant["slug"],
            )  # fmt: skip
        elif until is None:
            yield Finding("It has never been synced.", again, tenant["slug"])
        elif tenant["is_stale"]:
            yield Finding(
                f"Its dashboards end {until.astimezone():%d/%m %H:%M}.", again, tenant["slug"]
            )


def check_dagster() -> Iterator[Finding]:
    """Checks that Dagster's webserver, daemons and code server answer."""
    url = get_settings().dagster_url
    start = "Start it with `geniai up`, or look at its log."
    try:
        daemons, plan = (_ask_dagster(url, query) for query in (_DAEMONS, _CODE_SERVER))
    except (httpx2.HTTPError, ValueError) as error:
        yield Finding(f"Dagster does not answer at {url} ({error}).", start)
        return
    for daemon in daemons["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]:
        if daemon["required"] and not daemon["healthy"]:
            yield Finding(f"Dagster's {daemon['daemonType'].lower()} daemon does not run.", start)
    answer = (plan.get("data") or {}).get("executionPlanOrError") or plan["errors"][0]
    if "message" in answer:
        reason = answer["message"].strip().splitlines()[0]
        yield Finding(
            f"Dagster's code server does not answer, so no run can start ({reason}).",
            "`geniai up` starts it again within a minute; otherwise read its log.",
        )


def _ask_dagster(url: str, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx2.post(
        f"{url}/graphql", json={"query": query}, timeout=30, trust_env=False
    ).json()
    return answer


def _ask_chatwoot(slug: str) -> list[Finding]:
    try:
        tenant = registry.load_tenant(slug)
        with Client.for_tenant(tenant) as client:
            client.check()
            labels = tenant.converted_labels | tenant.member_labels
            missing = find_mismatches(client, labels, tenant.bot_agents)
    except GeniaiError as error:
        return [Finding(error.what, error.mend, slug)]
    return [
        Finding(what, f"Name it to `geniai tenant add {slug}` as it is written there.", slug)
        for what in missing
    ]
