"""Patches of Superset's compiled scripts: pattern, replacement and reason of each.

A script is patched as it is sent. A pattern finds its place by what the compiler keeps (strings,
property names), because names of variables change with every build.
"""

import re

from geniai_superset.patch_types import ScriptPatch

_DAYS = (
    '((a,b)=>{let d=x=>new Date(x).toLocaleDateString("pt-BR");'
    'return(a?d(a):"início")+" a "+(b?d(new Date(b)-1):"hoje")})'
)

DURATION = (
    's=>{let r=Math.round,m=r(s/60),h=r(s/3600),u=(n,of)=>n?" "+n+of:"";return s==null?"–":'
    'r(s)<60?"menos de 1 min":m<60?m+" min":m<1440?Math.floor(m/60)+" h"+u(m%60," min"):'
    'h<168?Math.floor(h/24)+(h<48?" dia":" dias")+u(h%24," h"):r(s/86400)+" dias"}'
)
"""Writes seconds as ``dashboards.duration`` does."""

_SEARCHED = (
    r't=>(/^[\\d\\s()+.-]+$/.test(t)?t.replace(/\\D/g,"").replace(/^0+/,""):'
    r't.normalize("NFD").replace(/[\\u0300-\\u036f]/g,"").trim()).replace(/[\\\\%]/g,"_")'
)
"""Writes what is searched for as ``dashboards.search_text`` does: no accents, or digits alone."""

SCRIPT_PATCHES: tuple[ScriptPatch, ...] = (
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
        "link of a tab",
        re.compile(
            r'(showShortLinkButton:)(\w)=!0(\}\)\{.{1,300}?className:"anchor-link-container")'
        ),
        r"\1\2=!1\3",
        "Each tab holds a button in English, which a tab may not hold.",
        test="test_a_dashboard_has_no_serious_barrier",
    ),
    ScriptPatch(
        "place of a tab",
        re.compile(r'"Tab "\.concat\((\w)," of "\)\.concat\((\w)\)'),
        r'"Aba ".concat(\1," de ").concat(\2)',
        "A screen reader is told the place of a tab in English.",
        test="test_focus_is_visible",
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
        "kinds of period",
        re.compile(r',\{value:"Advanced",label:\(0,\w\.t\)\("Advanced"\)\}'),
        "",
        "A period in Superset's own language, `DATEADD(...)`, is nothing for an owner.",
        test="test_the_menus_speak_portuguese",
    ),
    ScriptPatch(
        "days of a period",
        re.compile(
            r'showTime:!0(,defaultValue:\(0,\w\.Ab\)\(\w\),onChange:e=>\w\("(?:since|until)Datetime",e)'
            r"(?=\.format)"
        ),
        r'showTime:!1,format:"DD/MM/YYYY"\1.startOf("day")',
        "The days of a period are `2026-11-28 00:00:00`.",
        test="test_the_menus_speak_portuguese",
    ),
    ScriptPatch(
        "automatic refresh",
        re.compile(
            r'\{value:10,label:\(0,\w\.t\)\("10 seconds"\).{1,500}?\("24 hours"\)\}(.{1,1200}?)'
            r',\(0,\w\.Y\)\(\w\.\w,\{value:-1,children:.{1,500}?\("seconds"\)\}\)\]\}\)\}\)',
            re.DOTALL,
        ),
        r'{value:300,label:"5 minutos"},{value:1800,label:"30 minutos"},'
        r'{value:3600,label:"1 hora"}\1',
        "The choices of seconds ask the database for figures that change with a sync.",
        test="test_an_automatic_refresh_has_each_choice_once",
    ),
    ScriptPatch(
        "account",
        re.compile(
            r",\(0,\w\.Y\)\(\w\.Descriptions\.Item,\{label:\(0,\w\.t\)\(\"Is Active\?\"\).{1,400}?"
            r"children:\w\.loginCount\}\)"
        ),
        "",
        "The account page names the roles, and counts the sign-ins.",
        test="test_the_account_page_can_be_read_by_everybody",
    ),
    ScriptPatch(
        "heading of the account",
        re.compile(r"(\(0,(\w)\.Y\)\(\w,\{children:)(\(0,\w\.t\)\(\"Your user information\"\))"),
        r'\1(0,\2.Y)("h1",{style:{font:"inherit",margin:0},children:\3})',
        "The account page has no heading.",
        test="test_the_account_page_can_be_read_by_everybody",
    ),
    ScriptPatch(
        "return address",
        re.compile(r"(/login\?next=\$\{)(window\.location\.href)(?=\})"),
        r"\1encodeURIComponent(\2)",
        "After an expired session, an address returns without its second parameter.",
        test="test_a_session_that_expires_in_an_open_tab_comes_back_to_its_page",
    ),
    ScriptPatch(
        "empty chart",
        re.compile(
            r"(\b(\w)\.viz_type\|\|this\.props\.vizType,.{1,120}?,\w=)"
            r'(\(0,\w\.t\)\("No results were returned for this query"\))'
            r"(,\w=this\.props\.source===\w\.Explore\?.{1,200}?:)void 0"
        ),
        r"\1\2.empty_text&&!((\2.extra_form_data||{}).filters||[]).length?\2.empty_text:\3"
        r'\4\2.empty_text?"":void 0',
        "An empty chart blames the filters; without any, `empty_text` says what empty means.",
        test="test_a_tenant_without_conversations_sees_zeros_and_what_to_do",
    ),
    ScriptPatch(
        "change from nothing",
        re.compile(
            r"\((\w),(\w)\)=>\(\{valueDifference:\1-\2,percentDifferenceNum:"
            r"\1\|\|\2\?\1&&\2\?(\(\1-\2\)/Math\.abs\(\2\)):\1\?1:-1:0\}\)"
        ),
        r"(\1,\2)=>({valueDifference:\2?\1-\2:null,percentDifferenceNum:\2?\3:null})",
        "A figure that was zero has a change of +100%, or of +0%.",
        test="test_a_tenant_without_conversations_sees_zeros_and_what_to_do",
    ),
    ScriptPatch(
        "duration",
        re.compile(r'(\.registerValue\("DURATION",)\(0,\w\.\w\)\(\)(?=\))'),
        rf"\1window.writeDuration={DURATION}",
        "A duration is `1h 2m`, of milliseconds; the lists beside it say `1 h 2 min`.",
        test="test_a_duration_is_written_alike_in_lists_and_charts",
    ),
    ScriptPatch(
        "whole numbers",
        re.compile(
            r"(\{type:\w+\?\w+\.\w+\.Log:\w+\.\w+\.Value)"
            r"(?=\},void 0!==\w+.{1,300}?formatter:\w+\((?:\w+,){4}(\w+)\))"
        ),
        r'\1,minInterval:\2===",d"?1:0',
        "An axis of counts up to two is marked 0, 1, 1, 2, 2.",
        test="test_a_script_has_the_replacement",
    ),
    ScriptPatch(
        "meaning of a chart",
        re.compile(
            r'&&(\w)\.description_markdown&&(\(0,\w\.Y\)\("div",\{className:"slice_description).{1,60}?'
            r"(,ref:\w,)dangerouslySetInnerHTML:\{__html:\1\.description_markdown\}"
        ),
        r'&&\1.description&&\2"\3children:\1.description',
        "A chart's description is read from a property that it does not have.",
        test="test_each_chart_says_what_it_counts",
    ),
    ScriptPatch(
        "label of a chart",
        re.compile(r'(className:\w\(\)\("dashboard-chart"\)),"aria-label":\w\.description'),
        r"\1",
        "An element without a role has a label, which it may not have.",
        test="test_a_dashboard_has_no_serious_barrier",
    ),
    ScriptPatch(
        "empty cell",
        re.compile(r'(null===\w\.input\?\[!1,")N/A(?="\])'),
        r"\1–",
        "An empty cell is `N/A`.",
        test="test_a_tenant_without_conversations_sees_zeros_and_what_to_do",
    ),
    ScriptPatch(
        "refresh of a chart",
        re.compile(r"(refreshChart:\(\)=>(\w+),.{1,200}?\}\);)(?=var \w+=\w+\()"),
        r"\1window.refreshChart=\2;",
        "No script of ours can have a chart ask again: an open page shows who waited once.",
        test="test_who_begins_to_wait_is_shown_in_an_open_page",
    ),
    ScriptPatch(
        "state of the page",
        re.compile(r"(devTools:!1,enhancers:\[\w+\]\},\w+\)\)\}let \w+=)(?=\w+\(\)\})"),
        r"\1window.supersetStore=",
        "A chart that asks again must not show so: what it is told passes by our script.",
        test="test_who_begins_to_wait_is_shown_in_an_open_page",
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
