"""The ``geniai`` command, for operators and cron. Each command calls one module."""

import errno
import logging
import os

import stamina
import typer

from geniai_pipeline.cli import (
    analysis,
    crm,
    dashboards,
    data,
    evaluation,
    health,
    operation,
    report,
    tenant,
    user,
)
from geniai_pipeline.cli.output import fail
from geniai_pipeline.errors import GeniaiError

app = typer.Typer(
    help="A gym's Chatwoot inbox becomes its dashboard of leads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for commands in (operation, analysis, evaluation, data, health):
    app.add_typer(commands.app)
app.add_typer(tenant.tenant_app, name="tenant")
app.add_typer(crm.crm_app, name="crm")
app.add_typer(user.user_app, name="user")
app.add_typer(report.report_app, name="report")
app.add_typer(dashboards.dashboards_app, name="dashboards")


def main() -> None:
    """Runs the command; an error becomes one line on standard error and exit code 1."""
    os.umask(0o077)  # files of every process are for their owner alone
    logging.basicConfig(level=logging.ERROR)  # libraries' warnings would hide the command's output
    stamina.instrumentation.set_on_retry_hooks(())
    try:
        app()
    except GeniaiError as error:
        fail(str(error))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        fail(f"The disk is full: {error.filename or 'a file'} could not be written. Free space.")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
