"""Operations on tenants, users and keys across the registry, Dagster and Superset.

The command line and the sample data both use this package. Each operation writes to the audit log.
"""

from geniai_pipeline.administration.keys import rotate_key
from geniai_pipeline.administration.members import import_members, remove_member_lists
from geniai_pipeline.administration.tenants import (
    AddedTenant,
    add_tenant,
    disable_tenant,
    provision_all,
    provision_if_running,
    remove_tenant,
    restore_tenant,
)
from geniai_pipeline.administration.users import (
    Login,
    add_user,
    change_user,
    disable_user,
    ensure_users,
    list_users,
    make_first_superadmin,
    remove_user,
    set_password,
)
from geniai_pipeline.administration.webhooks import Registration

__all__ = [
    "AddedTenant",
    "Login",
    "Registration",
    "add_tenant",
    "add_user",
    "change_user",
    "disable_tenant",
    "disable_user",
    "ensure_users",
    "import_members",
    "list_users",
    "make_first_superadmin",
    "provision_all",
    "provision_if_running",
    "remove_member_lists",
    "remove_tenant",
    "remove_user",
    "restore_tenant",
    "rotate_key",
    "set_password",
]
