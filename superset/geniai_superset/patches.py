"""Run-time patches: table of the functions and scripts of Superset 6.1.0 that GeniAI replaces.

The replacements are in the modules of their subjects. ``geniai doctor`` and the tests report a
target that a later version lacks. Without the target of a patch that protects tenants or the
server, Superset does not start.
"""

import logging
import re

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

_log = logging.getLogger(__name__)

_DAYS = (
    '((a,b)=>{let d=x=>new Date(x).toLocaleDateString("pt-BR");'
    'return(a?d(a):"início")+" a "+(b?d(new Date(b)-1):"hoje")})'
)

_SEARCHED = (
    r't=>(/^[\\d\\s()+.-]+$/.test(t)?t.replace(/\\D/g,"").replace(/^0+/,""):'
    r't.normalize("NFD").replace(/[\\u0300-\\u036f]/g,"").trim()).replace(/[\\\\%]/g,"_")'
)
"""Writes what is searched for as ``dashboards.search_text`` does: no accents, or digits alone."""

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
    # compiled scripts
    ScriptPatch(
        "telemetry",
        re.compile(r"https://apachesuperset\.gateway\.scarf\.sh/pixel/"),
        "data:,",
        "A telemetry image is compiled in; the content policy's refusal fills the console.",
        test="test_a_user_starts_on_the_figures_of_their_own_tenant_alone",
        upstream="apache/superset#32110",
    ),
    ScriptPatch(
        "period in words",
        re.compile(r"(`\$\{\w+\((\w+)\[0\],!0\)\} ≤ \$\{(\w+)\} < \$\{\w+\(\2\[1\]\)\}`)"),
        rf'("col"===\3?{_DAYS}(\2[0],\2[1]):\1)',
        "The period filter's own words are `2026-10-24 ≤ col < 2026-11-23`.",
        test="test_a_script_has_the_replacement",
        upstream="apache/superset#16462",
    ),
    ScriptPatch(
        "30 days",
        re.compile(r'"Last month"(?=,label|\)\}|,"Last quarter")'),
        '"Last 30 days"',
        "The quick choices are months and quarters; an owner compares 30 and 90 days.",
        test="test_the_period_filter_counts_todays_conversations_too",
    ),
    ScriptPatch(
        "90 days",
        re.compile(r'"Last quarter"(?=,label|\)\}|,"Last year")'),
        '"Last 90 days"',
        "The quick choices are months and quarters; an owner compares 30 and 90 days.",
        test="test_a_script_has_the_replacement",
    ),
    ScriptPatch(
        "legend buttons",
        re.compile(r'selector:\["all","inverse"\],selectorLabel'),
        "selector:!1,selectorLabel",
        "Every legend ends in two buttons in English.",
        test="test_a_script_has_the_replacement",
        upstream="apache/superset#26711",
    ),
    ScriptPatch(
        "search",
        re.compile(
            r'\.filter\(\w=>\(null==\w\?void 0:\w\.sortType\)==="alphanumeric"\)'
            r"\.map\(\w=>\(\{value:\w\.columnKey,label:\w\.columnKey\}\)\)"
        ),
        '.slice(0,1).map(()=>({value:"search_text",label:"Nome ou telefone"}))',
        "A list is searched by one column that it shows, under its technical name.",
        test="test_a_lead_is_found_by_name_or_phone",
    ),
    ScriptPatch(
        "search pattern",
        re.compile(r"val:`\$\{(\w\.searchText)\}%`"),
        rf"val:`%${{({_SEARCHED})(\1)}}%`",
        "A list is searched by how a text begins, with each accent and mark of a phone number.",
        test="test_a_lead_is_found_by_name_or_phone",
    ),
    ScriptPatch(
        "pages of a search",
        re.compile(r"(\.setCachedChanges\(\{\[\w\.slice_id\]:)(\w\.filters)\}\)"),
        r'\1\2&&\2.filter(e=>e.op!=="ILIKE")})',
        "A search counts as a change of the filters, at each page, and the first page comes again.",
        test="test_back_returns_to_the_lead_and_the_list_as_it_was",
    ),
    ScriptPatch(
        "empty search",
        re.compile(r"(initialSearchText:\(null==(\w)\?.{1,200}?noResults:)(\w+),"),
        r"\1()=>(\2||{}).searchText?`Nenhum lead encontrado com “${\2.searchText}”.`:\3(),",
        "A list that a server searches says that it is empty, whatever was searched for.",
        test="test_a_lead_is_found_by_name_or_phone",
    ),
    ScriptPatch(
        "saved state",
        re.compile(r"JSON\.stringify\((\w)\)(?=;if\(\(\w=\w&&\w&&\(yield)"),
        r'JSON.stringify(\1,(k,v)=>k==="clientView"?void 0:v)',
        "A chart's own state may hold all of its rows.",
        test="test_back_returns_to_the_lead_and_the_list_as_it_was",
    ),
    ScriptPatch(
        "saved state of charts",
        re.compile(
            r"(\((\w)=\(0,\w\.\w+\)\(e=>e\.dataMask\),\(0,\w\.useMemo\)\(\(\)=>Object\.values\(\2\)"
            r".{1,4000}?let \w=JSON\.stringify\()(\w)(\).{1,900}?\(\w,\w,\w,)\3(,\w\)\},\[)",
            re.DOTALL,
        ),
        r'\1\2,(k,v)=>k==="clientView"?void 0:v\4\2\5',
        "The address keeps filters alone: the page and search of a list are lost by going back.",
        test="test_back_returns_to_the_lead_and_the_list_as_it_was",
    ),
    ScriptPatch(
        "restored state of charts",
        re.compile(
            r"(\w)=\w\.data\.dataMask;.{1,500}?"
            r"\.startsWith\(\w\.\w+\)\|\|\((\w)\[null==\w\?void 0:\w\.id\]=\w\)\}\);"
        ),
        r"\g<0>Object.values(\1||{}).forEach(m=>{/^\\d+$/.test(m.id)&&(\2[m.id]=m)});",
        "The address keeps filters alone: the page and search of a list are lost by going back.",
        test="test_back_returns_to_the_lead_and_the_list_as_it_was",
    ),
    ScriptPatch(
        "clear",
        re.compile(
            r"(\(0,\w\.useCallback\)\(\(\)=>\{)(?=let \w=\w+\(\{\},\w\);\w\.forEach\("
            r"\w=>\{let\{id:\w,filterType:\w\}=\w;if.{1,120}?&&\((\w)\((\(0,\w+\.\w+\))\()"
        ),
        r"\1\2((d,g)=>Object.values(g().dataMask).forEach(e=>{(e.filterState||{}).selectedValues"
        r"&&d(\3(e.id,{filterState:{value:null,selectedValues:null},extraFormData:{}}))}));",
        "The button that clears all filters leaves those that a click on a bar has set.",
        test="test_a_click_on_a_bar_filters_by_what_it_stands_for",
    ),
    ScriptPatch(
        "cross-filters",
        re.compile(r"emitCrossFilters:(\w),isUsingTimeComparison:"),
        r"_:\1,isUsingTimeComparison:",
        "A click on a table's cell would filter the whole page; clicks on bars still do.",
        test="test_a_script_has_the_replacement",
    ),
    ScriptPatch(
        "clicked category",
        re.compile(r"\(null==\(\w=(\w)\.data\)\?void 0:\w\[0\]\)!=null&&(\w)\(\1\.data\[0\]\)"),
        r"\1.name&&\2(\1.name)",
        "A horizontal bar has its category second: a click would filter by the count.",
        test="test_a_click_on_a_bar_filters_by_what_it_stands_for",
    ),
    ScriptPatch(
        "clicked column",
        re.compile(r'\(e=>\{let (\w),(\w)=String\(e\)(,.{1,220}?\{col:)\w\.label(?=,op:"IN")'),
        r"(v=>{let \1,\2=String(v)\3e.xAxis",
        "A click would filter by a column's words, which another dataset has for another column.",
        test="test_a_click_on_a_score_filters_by_it",
    ),
    ScriptPatch(
        "downloads of a page",
        re.compile(r'(IG\.Download,type:"submenu",label:\w,disabled:\w,children:\w)(?=\})'),
        r"\1.filter(e=>!/^export-/.test(e.key))",
        "The menu offers the page's definition, which no tenant may read; nothing happens.",
        test="test_a_script_has_the_replacement",
    ),
    ScriptPatch(
        "tab title",
        re.compile(
            r"(\w)&&\(document\.title=\1\)"
            r"(?=\},\[\1\]\),.{,60}document\.title=\w\|\|\(null==(\w)\?void 0:\2\.brandAppName\))"
        ),
        r"\1&&(document.title=`${\1} · ${\2.brandAppName}`)",
        "A dashboard's tab has its title alone, the same for every tenant.",
        test="test_the_tab_has_the_gyms_name_and_icon",
    ),
    ScriptPatch(
        "current password",
        re.compile(
            r'(\(0,\w\.Y\)\(\w\.e,\{name:")password(",label:)\(0,\w\.t\)\("Password"\)'
            r'(,rules:\[\{required:!0,message:)\(0,\w\.t\)\("Password is required"\)'
            r'(\}\],children:\(0,\w\.Y\)\(\w\.Input\.Password,\{name:")password(",placeholder:)'
            r'\(0,\w\.t\)\("Enter the user\'s password"\)(\}\)\}\),)'
            r'(?=.{,30}name:"confirm_password")'
        ),
        r'\1current_password\2"Senha atual"\3"Informe a sua senha atual"'
        r'\4current_password\5"Digite a sua senha atual"\6\g<0>',
        "An open page must not let another person set a new password.",
        test="test_a_new_password_requires_the_current_one",
        upstream="apache/superset#37700",
    ),
    ScriptPatch(
        "current password in the form",
        re.compile(r'\["password","confirm_password"\]'),
        '["current_password","password","confirm_password"]',
        "The form sends the fields that are listed here.",
        test="test_a_new_password_requires_the_current_one",
        upstream="apache/superset#37700",
    ),
    ScriptPatch(
        "phone",
        re.compile(r"\b(\w)\.meta\.width\|\|(\w+\.tK)\b"),
        r"(innerWidth<768?(\1.meta.width<3?6:12):\1.meta.width||\2)",
        "A dashboard has twelve columns on any screen; on a phone a card takes all or half.",
        test="test_every_page_fits_a_phone",
        upstream="apache/superset#37141",
    ),
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
