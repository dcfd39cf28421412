"""Superset's compiled pages: what no setting of its reaches, corrected as it is sent.

Each correction names the text it replaces in version 6.1.0. A version without that text is sent as
it is, and a test says that the correction is to be looked at.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from cachetools import TTLCache, cached
from flask import Flask, Request, Response, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader

# found, not imported: importing Superset reads the configuration this is a part of
PACKAGE = Path(str(getattr(find_spec("superset"), "origin", ""))).parent
_ASSETS = PACKAGE / "static" / "assets"
_TEMPLATES = Path(__file__).parent / "templates"

# What the dashboards are made of, the words and what "the last 30 days" are: a page asks for it on
# its way to the charts, and it stays for a session's next pages. A dashboard's datasets, which are
# the same for all who may open it and the most work of all, stay here, too.
_KEPT = re.compile(
    r"/api/v1/dashboard/[\w-]+(/charts|/datasets)?|/api/v1/time_range/|/superset/language_pack/.*"
)
_KEPT_SECONDS = 300

_EXCUSES = {
    403: "Esta página não é para o seu perfil.",
    404: "Esta página não existe.",
    429: "Muitas tentativas de entrada. Espere um minuto e tente de novo.",
    500: "Algo deu errado. Tente de novo em um minuto.",
}
_DAYS = (
    '((a,b)=>{let d=x=>new Date(x).toLocaleDateString("pt-BR");'
    'return(a?d(a):"início")+" a "+(b?d(new Date(b)-1):"hoje")})'
)
CORRECTIONS = {
    # A telemetry image is compiled in. The content policy stops it, and the console complains.
    "telemetry": (re.compile(r"https://apachesuperset\.gateway\.scarf\.sh/pixel/"), "data:,"),
    # The period filter's own words are "2026-10-24 ≤ col < 2026-11-23".
    "period in words": (
        re.compile(r"(`\$\{\w+\((\w+)\[0\],!0\)\} ≤ \$\{(\w+)\} < \$\{\w+\(\2\[1\]\)\}`)"),
        rf'("col"===\3?{_DAYS}(\2[0],\2[1]):\1)',
    ),
    # Its quick choices are months and quarters; 30 and 90 days are what an owner compares.
    "30 days": (re.compile(r'"Last month"(?=,label|\)\}|,"Last quarter")'), '"Last 30 days"'),
    "90 days": (re.compile(r'"Last quarter"(?=,label|\)\}|,"Last year")'), '"Last 90 days"'),
    # Every legend ends in two buttons in English.
    "legend buttons": (
        re.compile(r'selector:\["all","inverse"\],selectorLabel'),
        "selector:!1,selectorLabel",
    ),
    # The list is searched by columns' technical names, the first of them a link.
    "search": (
        re.compile(
            r'\.filter\(\w=>\(null==\w\?void 0:\w\.sortType\)==="alphanumeric"\)'
            r"\.map\(\w=>\(\{value:\w\.columnKey,label:\w\.columnKey\}\)\)"
        ),
        '.map(e=>({value:e.columnKey,label:{contact_name:"Nome",contact_phone:"Telefone",'
        'suggested_message:"Mensagem sugerida"}[e.columnKey]})).filter(e=>e.label)',
    ),
    # A click on a table's cell would filter the whole page by its words. Bars may, tables not.
    "tables filter nothing": (
        re.compile(r"emitCrossFilters:(\w),isUsingTimeComparison:"),
        r"_:\1,isUsingTimeComparison:",
    ),
    # Whoever finds a page open gives its owner no new password.
    "old password": (
        re.compile(
            r'(\(0,\w\.Y\)\(\w\.e,\{name:")password(",label:)\(0,\w\.t\)\("Password"\)'
            r'(,rules:\[\{required:!0,message:)\(0,\w\.t\)\("Password is required"\)'
            r'(\}\],children:\(0,\w\.Y\)\(\w\.Input\.Password,\{name:")password(",placeholder:)'
            r'\(0,\w\.t\)\("Enter the user\'s password"\)(\}\)\}\),)'
            r'(?=.{,30}name:"confirm_password")'
        ),
        r'\1current_password\2"Senha atual"\3"Informe a sua senha atual"'
        r'\4current_password\5"Digite a sua senha atual"\6\g<0>',
    ),
    "old password is asked for": (
        re.compile(r'\["password","confirm_password"\]'),
        '["current_password","password","confirm_password"]',
    ),
    # A dashboard has twelve columns however narrow the screen: on a phone a card takes all of
    # them, and a small one half.
    "phone": (
        re.compile(r"\b(\w)\.meta\.width\|\|(\w+\.tK)\b"),
        r"(innerWidth<768?(\1.meta.width<3?6:12):\1.meta.width||\2)",
    ),
}


def correct(script: str) -> str:
    """The script with every correction that applies to it."""
    for pattern, instead in CORRECTIONS.values():
        script = pattern.sub(instead, script)
    return script


def install(app: Flask) -> None:
    """Corrects scripts on their way out, puts our lines into every head, says what may be kept."""
    from superset.models.dashboard import Dashboard

    loaders = [FileSystemLoader(_TEMPLATES), app.jinja_loader]
    app.jinja_loader = ChoiceLoader([loader for loader in loaders if loader])
    Dashboard.datasets_trimmed_for_slices = cached(
        TTLCache(100, _KEPT_SECONDS),
        key=lambda dashboard: (dashboard.id, dashboard.changed_on),
        lock=Lock(),
    )(Dashboard.datasets_trimmed_for_slices)

    @app.after_request
    def send_corrected(response: Response) -> Response:
        is_script = (response.mimetype or "").endswith("javascript")
        if is_script and request.path.startswith("/static/assets/"):
            script = _corrected(Path(request.path).name)
            if script is not None and response.status_code == 200:
                response.direct_passthrough = False
                response.set_data(script)
        return response

    @app.after_request
    def keep(response: Response) -> Response:
        """Lets the browser keep, for this cookie, what has nobody's rows in it, and no other."""
        if (
            request.method == "GET"
            and response.status_code == 200
            and _KEPT.fullmatch(request.path)
        ):
            response.cache_control.private = True
            response.cache_control.max_age = _KEPT_SECONDS
            response.vary.add("Cookie")
        elif not request.path.startswith("/static/") and not response.cache_control.max_age:
            response.cache_control.no_store = True
        return response

    @app.after_request
    def excuse(response: Response) -> Response:
        """A page for people. Superset's own is in English and asks another host for letters."""
        excuse = _EXCUSES.get(response.status_code)
        if excuse and _is_page(request):
            response.direct_passthrough = False
            response.set_data(render_template("excuse.html", excuse=excuse))
            response.mimetype = "text/html"
        return response


def _is_page(asked: Request) -> bool:
    in_browser = asked.accept_mimetypes["text/html"] > 0
    return in_browser and not asked.path.startswith(("/api/", "/static/"))


@cache
def _corrected(name: str) -> str | None:
    """The script with its corrections; None when it needs none."""
    path = _ASSETS / name
    if not path.is_file():
        return None
    script = path.read_text(encoding="utf-8")
    corrected = correct(script)
    return corrected if corrected != script else None
