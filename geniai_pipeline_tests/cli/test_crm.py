"""``geniai crm members``: what it prints, and its exit code."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from geniai_pipeline.cli import app
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.warehouse import registry
from geniai_pipeline_tests.conftest import MakeTenant


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_a_list_of_members_is_imported_and_shown(
    embedded: None, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    make_tenant("listing")
    file = tmp_path / "alunos.csv"
    active = "".join(f"119876543{number};Ativo\n" for number in range(10, 16))
    try:
        assert json.loads(run("tenant", "show", "listing", "--json").stdout)["members_list"] is None
        file.write_text(f"celular;situação\n{active}11987654399;Cancelado\n")
        first = run("crm", "members", "listing", file)
        assert first.exit_code == 0, first.output
        assert "6 members, 6 of them new; 0 have left. 1 lines are not of members." in first.output
        assert "it enrols nobody without a date" in first.output
        assert "members_list 6 people, 20" in " ".join(
            run("tenant", "show", "listing").output.split()
        )

        file.write_text(f"celular;situação\n{active}12;Ativo\n11987654398;Biometria\n")
        second = run("crm", "members", "listing", file, "--json")
        assert second.exit_code == 1
        assert json.loads(second.stdout) == {
            "tenant": "listing", "members": 7, "joined": 1, "left": 0, "inactive": 0,
            "rejected": 1, "unknown_statuses": {"biometria": 1},
        }  # fmt: skip
        assert "listing: alunos.csv, line 8: no telephone number" in second.stderr
        tenant = json.loads(run("tenant", "show", "listing", "--json").stdout)
        assert tenant["members_list"]["members"] == 7

        file.write_text("celular\n11987654310\n")
        refused = run("crm", "members", "listing", file)
        assert isinstance(refused.exception, PermanentError)
        assert "6 of the 7 members of the list before" in str(refused.exception)
        confirmed = run("crm", "members", "listing", file, "--yes", "--json")
        assert json.loads(confirmed.stdout)["left"] == 6

        assert run("crm", "remove-members", "listing").exit_code == 1  # nobody confirms it
        removed = run("crm", "remove-members", "listing", "--yes")
        assert "listing: 3 lists of members removed." in removed.output
        assert json.loads(run("tenant", "show", "listing", "--json").stdout)["members_list"] is None
        again = run("crm", "remove-members", "listing", "--yes", "--json")
        assert json.loads(again.stdout) == {"tenant": "listing", "removed": 0}
    finally:
        registry.remove_tenant("listing")


def test_a_list_of_no_tenant_is_refused(embedded: None, tmp_path: Path) -> None:
    refused = run("crm", "members", "nobody", tmp_path / "alunos.csv")
    assert "There is no tenant 'nobody'" in str(refused.exception)
