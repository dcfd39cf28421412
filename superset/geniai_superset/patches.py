"""Run-time patches: table of the functions and scripts of Superset 6.1.0 that GeniAI replaces.

The replacing functions are in the modules of their subjects; patches of scripts are in
``script_patches``. ``geniai doctor`` and the tests report a target that a later version lacks.
Without the target of a patch that protects tenants or the server, Superset does not start.
"""

import logging

from geniai_pipeline.errors import PermanentError
from geniai_superset import (
    account,
    caches,
    exports,
    locale_pt_br,
    refusals,
    sessions,
    statements,
    tenancy,
)
from geniai_superset.patch_types import FunctionPatch, ScriptPatch
from geniai_superset.script_patches import SCRIPT_PATCHES

_log = logging.getLogger(__name__)

PATCHES: tuple[FunctionPatch | ScriptPatch, ...] = (
    # identity and caches
    FunctionPatch(
        "superset.models.core:create_engine",
        lambda _: tenancy.get_engine,
        "Superset creates an engine per query, which first sends six queries of its own.",
        test="test_a_login_has_one_engine",
    ),
    FunctionPatch(
        "superset.db_engine_specs.postgres:PostgresEngineSpec.get_impersonation_key",
        lambda _: tenancy.get_impersonation_key,
        "Chart results are cached per Postgres login and per sync, not per user's name.",
        test="test_a_result_cached_for_staff_is_not_served_to_a_tenant",
        upstream="apache/superset#23415",
        is_required=True,
    ),
    FunctionPatch(
        "superset.extensions:appbuilder.sm.lm._session_identifier_generator",
        lambda _: sessions.tab_identifier,
        "Flask-Login derives it from address and browser: all tabs of an office share one.",
        test="filters",
        is_required=True,
    ),
    FunctionPatch(
        "superset.models.dashboard:Dashboard.datasets_trimmed_for_slices",
        caches.cache_datasets,
        "A page's description of its datasets is its slowest request, and the same for all.",
        test="test_a_dashboards_datasets_are_described_once",
    ),
    # limits of queries
    FunctionPatch(
        "superset.common.query_context_factory:QueryContextFactory.create",
        lambda create: refusals.reject_malformed_form(statements.limit_queries(create)),
        "A request may hold any number of queries; a malformed one ends in a 500.",
        test="test_a_request_with_several_statements_is_rejected",
        is_required=True,
    ),
    FunctionPatch(
        "superset.db_engine_specs.postgres:PostgresEngineSpec.execute",
        statements.execute_as_cursor,
        "The final statement passes the allow-list, and is read through a cursor.",
        test="test_a_query_that_row_filters_do_not_cover_does_not_reach_postgres",
        is_required=True,
    ),
    FunctionPatch(
        "superset.db_engine_specs.postgres:PostgresEngineSpec.fetch_data",
        statements.limit_rows,
        "The driver holds a whole result in memory before its size is known.",
        test="test_a_result_over_the_byte_limit_is_rejected",
        is_required=True,
    ),
    FunctionPatch(
        "superset.utils.pandas_postprocessing:pivot",
        statements.limit_cells,
        "A pivot table of a small result may have any number of cells.",
        test="test_a_pivot_table_over_the_cell_limit_is_rejected",
        is_required=True,
    ),
    *(
        FunctionPatch(
            f"superset.utils.pandas_postprocessing:{operation}",
            lambda _: statements.reject_operation,
            "It creates any number of rows, and no chart of GeniAI uses it.",
            test="test_an_operation_on_a_result_is_rejected",
            is_required=True,
        )
        for operation in ("resample", "histogram", "prophet")
    ),
    # input validation
    FunctionPatch(
        "superset.commands.chart.data.get_data_command:ChartDataCommand.validate",
        refusals.reject_malformed_query,
        "A malformed query ends in a Python error, and in a 500.",
        test="malformed_requests",
    ),
    FunctionPatch(
        "superset.connectors.sqla.models:SqlaTable.get_query_str_extended",
        refusals.reject_malformed_query,
        "A malformed query ends in a Python error, and in a 500.",
        test="malformed_requests",
    ),
    FunctionPatch(
        "prison:loads",
        refusals.limit_nesting,
        "A chain of parentheses ends in a RecursionError, and in a 500.",
        test="test_a_deeply_nested_argument_is_malformed",
    ),
    FunctionPatch(
        "superset.views.api:Api.response_400",
        lambda _: refusals.respond_400,
        "The decorator of the view's arguments calls this method, which the view lacks.",
        test="malformed_requests",
        is_added=True,
    ),
    FunctionPatch(
        "superset.views.users.api:CurrentUserRestApi.current_user_put_schema",
        account.require_current_password,
        "A new password is taken without the current one.",
        test="test_a_new_password_requires_the_current_one",
        upstream="apache/superset#37700",
        is_required=True,
    ),
    # downloads
    FunctionPatch(
        "superset.charts.data.api:ChartDataRestApi._get_data_response",
        exports.answer_downloads,
        "A download is cut at the row limit, unnamed and without a byte order mark.",
        test="test_a_download_is_the_file_of_the_command_line_for_the_own_tenant",
        upstream="apache/superset#40801",
    ),
    FunctionPatch(
        "superset.common.query_context_processor:QueryContextProcessor.get_data",
        exports.write_tables,
        "A cell may be a formula, and keeps the markup of the page.",
        test="test_text_stays_text_in_the_csv_of_any_chart",
    ),
    # time ranges
    FunctionPatch(
        "superset.utils.date_parser:datetime_eval",
        locale_pt_br.serialize_calls,
        "Its pyparsing grammar is not thread-safe: some of a page's charts were refused.",
        test="test_a_serialized_function_runs_once_at_a_time",
        upstream="apache/superset#12489",
    ),
    FunctionPatch(
        "superset.views.api:get_since_until",
        locale_pt_br.use_relative_base,
        "Charts follow DEFAULT_RELATIVE_*_TIME; the label of the period filter does not.",
        test="test_a_time_ranges_label_ends_when_its_charts_do",
    ),
    *SCRIPT_PATCHES,
)


def install() -> None:
    """Applies the function patches; a second call in the same process changes nothing.

    Raises:
        PermanentError: the target of a required patch is gone.

    """
    for patch in PATCHES:
        if isinstance(patch, ScriptPatch) or patch.find_fault() is None:
            continue
        if patch.has_target():
            patch.apply()
        elif patch.is_required:
            raise PermanentError(
                f"This Superset lacks {patch.name}, which GeniAI must replace.",
                mend="Install the version of Superset that pyproject.toml names.",
            )
        else:
            _log.error("This Superset lacks %s, which GeniAI replaces", patch.name)


def patch_script(script: str) -> str:
    """Applies the script patches to a script of Superset."""
    for patch in PATCHES:
        if isinstance(patch, ScriptPatch):
            script = patch.target.sub(patch.replacement, script)
    return script


def find_faults() -> list[str]:
    """Lists every patch that is not in effect in this process, with the reason."""
    return [f"{patch.name}: {fault}" for patch in PATCHES if (fault := patch.find_fault())]
