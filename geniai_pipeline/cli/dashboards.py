"""``geniai dashboards``: export of dashboards that were edited in Superset."""

import typer

from geniai_pipeline.cli.output import AsJson, console, print_json

dashboards_app = typer.Typer(
    help="The dashboards as code, and changed in Superset.", no_args_is_help=True
)


@dashboards_app.command("export")
def dashboards_export(as_json: AsJson = False) -> None:
    """Write what was changed in Superset's pages into superset/assets, for `git diff`."""
    from geniai_pipeline.dashboards.asset_export import export_assets
    from geniai_pipeline.dashboards.client import connect_superset
    from geniai_pipeline.dashboards.provisioning import ASSETS

    with connect_superset() as superset:
        changed = export_assets(superset, ASSETS)
    names = [str(path.relative_to(ASSETS)) for path in changed]
    if as_json:
        print_json({"changed": names})
    else:
        console.print("\n".join(names) or "Nothing was changed.", highlight=False)


@dashboards_app.command("login")
def dashboards_login(as_json: AsJson = False) -> None:
    """Print who may change dashboards in Superset, and the password; it sees every tenant."""
    from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, service_password
    from geniai_pipeline.settings import get_settings

    login = {
        "url": get_settings().superset_url,
        "user": SERVICE_ACCOUNT,
        "password": service_password(),
    }
    if as_json:
        print_json(login)
    else:
        console.print("\n".join(login.values()), highlight=False)
