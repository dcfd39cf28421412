"""Adding and disabling tenants, with interruptions."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import psycopg
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline import administration
from geniai_pipeline.doctor.service import check_chatwoots
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.partitions import read_partitions, remove_partition
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant

SAMPLE = GYMS[-1]


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


_STEPS = {
    "in the registry's transaction": "geniai_pipeline.warehouse.registry.make_logins",
    "before the partition": "geniai_pipeline.administration.tenants.add_partitions",
    "before Superset": "geniai_pipeline.administration.tenants.provision_if_running",
}
_KILLED = """
import os, sys
from unittest import mock
from geniai_pipeline import administration
from geniai_pipeline.warehouse.registry import TenantConfig
with mock.patch(sys.argv[1], lambda *a, **k: os.kill(os.getpid(), 9)):
    administration.add_tenant("killed", "Killed", TenantConfig(
        chatwoot_url=sys.argv[2], chatwoot_account_id=int(sys.argv[3]), chatwoot_token=sys.argv[4]))
"""


@pytest.mark.parametrize("step", _STEPS.values(), ids=_STEPS)
def test_an_interrupted_tenant_add_completes_when_repeated(
    embedded: None, chatwoot: DemoServer, step: str
) -> None:
    killed = subprocess.run(
        [
            sys.executable, "-c", _KILLED,
            step, chatwoot.url, str(SAMPLE.account_id), SAMPLE.token,
        ],
        env=get_settings().child_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    there = {t["slug"] for t in registry.describe_tenants()}
    assert ("killed" in there) == (step != _STEPS["in the registry's transaction"])
    try:
        config = TenantConfig(
            chatwoot_url=chatwoot.url,
            chatwoot_account_id=SAMPLE.account_id,
            chatwoot_token=SAMPLE.token,
        )
        administration.add_tenant("killed", "Killed", config)
        assert registry.load_tenant("killed").active
        with open_instance() as dagster:
            assert dagster.has_dynamic_partition("tenant", "killed")
        with connect(role_url(admin_login_name("killed"))) as connection:
            assert connection.execute("select slug from ops.tenants").fetchall() == [("killed",)]
    finally:
        registry.remove_tenant("killed")
        remove_partition("killed")


def test_tenant_add_and_doctor_report_names_unknown_to_the_account(
    embedded: None, chatwoot: DemoServer
) -> None:
    there = SAMPLE.converted_label.replace("-", " ").title()
    config = TenantConfig(
        chatwoot_url=chatwoot.url,
        chatwoot_account_id=SAMPLE.account_id,
        chatwoot_token=SAMPLE.token,
        converted_labels=[there, "Matrículado"],
        bot_agents=["Robô da Ana"],
    )

    def find_faults() -> list[str]:
        return [finding.what for finding in check_chatwoots() if finding.tenant == "labelled"]

    try:
        warnings = (
            "Its Chatwoot has no label 'Matrículado': nobody counts as a member by it.",
            "Its Chatwoot has no agent 'Robô da Ana': no message counts as a bot's by it.",
        )
        assert administration.add_tenant("labelled", "Labelled", config).warnings == warnings
        assert find_faults() == [*warnings]

        again = TenantConfig(converted_labels=["nenhum", there])
        assert len(administration.add_tenant("labelled", None, again).warnings) == 2
        members = TenantConfig(member_labels=["ninguém", there])
        assert len(administration.add_tenant("labelled", None, members).warnings) == 3
        assert len(find_faults()) == 3

        agents = chatwoot.world.accounts[SAMPLE.account_id].users
        mended = TenantConfig(
            converted_labels=[there],
            member_labels=[there],
            bot_agents=[agents[0].name.upper(), str(agents[1].id)],
        )
        assert administration.add_tenant("labelled", None, mended).warnings == ()
        assert registry.load_tenant("labelled").bot_agents == {*(mended.bot_agents or ())}
        assert find_faults() == []
    finally:
        registry.remove_tenant("labelled")
        remove_partition("labelled")


_IMPORTED = """
import sys
from geniai_pipeline.cli import main
try:
    main()
finally:
    print("imported", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("act", ["add", "disable", "remove"])
def test_tenant_commands_import_no_heavy_library(
    embedded: None, chatwoot: DemoServer, make_tenant: MakeTenant, act: str
) -> None:
    read_partitions()  # Dagster's tables are there, as in any installation that was started once
    make_tenant("light")
    arguments = {
        "add": ["--chatwoot-url", chatwoot.url, "--account-id", str(SAMPLE.account_id),
                "--token-stdin"],
        "remove": ["--yes"],
    }.get(act, [])  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-c", _IMPORTED, "tenant", act, "light", *arguments],
            input=SAMPLE.token, env=get_settings().child_environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        if act != "remove":
            registry.remove_tenant("light")
            remove_partition("light")
    assert done.returncode == 0, done.stderr
    imported = done.stderr.rpartition("imported")[2].split()
    heavy = {"dagster", "dagster_graphql", "superset", "openai", "pandas", "flask", "sqlalchemy"}
    assert "psycopg" in imported
    assert heavy.isdisjoint(imported), heavy & set(imported)


def test_a_disabled_tenants_running_query_is_ended(database: str, make_tenant: MakeTenant) -> None:
    make_tenant("cut-off")
    ended: list[BaseException] = []

    def work(login: str) -> None:
        try:
            with psycopg.connect(role_url(login)) as connection:
                connection.execute("select count(*) from generate_series(1, 10000000000)")
        except psycopg.Error as error:
            ended.append(error)

    at_work = [
        threading.Thread(target=work, args=[name("cut-off")])
        for name in (login_name, admin_login_name)
    ]
    for thread in at_work:
        thread.start()
    with connect(admin_url()) as connection:
        connection.autocommit = True
        while connection.execute(
            "select count(*) from pg_stat_activity where usename like 'bi\\__\\_cut-off'"
            " and query like '%generate_series%'"
        ).fetchone() != (2,):
            pass
    registry.set_active("cut-off", False)
    for thread in at_work:
        thread.join()

    assert [type(error) for error in ended] == [psycopg.errors.AdminShutdown] * 2
    for name in (login_name, admin_login_name):
        with (
            pytest.raises(PermanentError, match="not permitted to log in"),
            connect(role_url(name("cut-off"))),
        ):
            pass
