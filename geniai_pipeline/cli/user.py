"""``geniai user``: users of the dashboards."""

from dataclasses import asdict
from typing import Annotated

import typer

from geniai_pipeline.cli.output import (
    AsJson,
    console,
    print_json,
    print_login,
    read_password,
    table,
)

user_app = typer.Typer(help="Who may sign in to the dashboards.", no_args_is_help=True)


@user_app.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="Their e-mail address; they sign in with it.")],
    role: Annotated[str, typer.Option(help="viewer, admin or superadmin.")],
    tenant: Annotated[
        str | None, typer.Option(help="The user's tenant; not for superadmin.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a user; the password is read from stdin, or generated and printed once."""
    from geniai_pipeline import administration

    given = read_password()
    login = administration.add_user(email, role=role, tenant=tenant, password=given)
    print_login(login.email, None if given else login.password, as_json, role=role, tenant=tenant)


@user_app.command("list")
def user_list(as_json: AsJson = False) -> None:
    """Show who may sign in."""
    from geniai_pipeline import administration

    users = administration.list_users()
    if as_json:
        print_json([asdict(user) for user in users])
        return
    shown = table("e-mail", "role", "tenant", "active", "last sign-in")
    for u in users:
        shown.add_row(
            u.email, u.role or "", u.tenant or "", "yes" if u.active else "no",
            u.last_login or "never",
        )  # fmt: skip
    console.print(shown if users else "There are no users yet: `geniai user add` creates one.")


@user_app.command("change")
def user_change(
    email: str,
    role: Annotated[
        str | None, typer.Option(help="viewer, admin or superadmin. Default: unchanged.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(help="The user's tenant. Default: unchanged.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a user's role or tenant, and sign them out."""
    from geniai_pipeline import administration

    user = administration.change_user(email, role=role, tenant=tenant)
    if as_json:
        print_json({"email": user.email, "role": user.role, "tenant": user.tenant})
    else:
        console.print(f"{user.email}: {user.role}{f' of {user.tenant}' if user.tenant else ''}.")


@user_app.command("disable")
def user_disable(email: str, as_json: AsJson = False) -> None:
    """Disable a user at once."""
    from geniai_pipeline import administration

    administration.disable_user(email)
    if as_json:
        print_json({"email": email, "active": False})
    else:
        console.print(f"{email}: may no longer sign in.")


@user_app.command("remove")
def user_remove(email: str, as_json: AsJson = False) -> None:
    """Delete a user with all that is theirs; the audit log keeps what they did."""
    from geniai_pipeline import administration

    administration.remove_user(email)
    if as_json:
        print_json({"email": email, "removed": True})
    else:
        console.print(f"{email}: removed.")


@user_app.command("set-password")
def user_set_password(email: str, as_json: AsJson = False) -> None:
    """Set a user's password, from stdin or generated and printed once; sign them out."""
    from geniai_pipeline import administration

    given = read_password()
    login = administration.set_password(email, given)
    print_login(login.email, None if given else login.password, as_json)
