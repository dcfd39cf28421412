"""Response processing: patched scripts, HTTP cache headers and Portuguese error pages."""

import re
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader

from geniai_superset import caches, patches
from geniai_superset.patch_types import ASSETS

_TEMPLATES = Path(__file__).parent / "templates"

# Descriptions of dashboards, translations and time ranges: a page requests them before its charts,
# and the browser caches them for the session's next pages.
_CACHEABLE = re.compile(
    r"/api/v1/dashboard/[\w-]+(/charts|/datasets)?|/api/v1/time_range/|/superset/language_pack/.*"
)
_ERROR_MESSAGES = {
    403: "Esta página não é para o seu perfil.",
    404: "Esta página não existe.",
    429: "Muitas tentativas de entrada. Espere um minuto e tente de novo.",
    500: "Algo deu errado. Tente de novo em um minuto.",
}


def install(app: Flask) -> None:
    """Registers the template folder and the response hooks."""
    loaders = [FileSystemLoader(_TEMPLATES), app.jinja_loader]
    app.jinja_loader = ChoiceLoader([loader for loader in loaders if loader])

    @app.after_request
    def send_patched_script(response: Response) -> Response:
        is_script = (response.mimetype or "").endswith("javascript")
        if is_script and request.path.startswith("/static/assets/"):
            script = _read_patched(Path(request.path).name)
            if script is not None and response.status_code == 200:
                response.direct_passthrough = False
                response.set_data(script)
        return response

    @app.after_request
    def set_cache_headers(response: Response) -> Response:
        """Lets browsers cache, per cookie, responses without rows, and nothing else."""
        if (
            request.method == "GET"
            and response.status_code == 200
            and _CACHEABLE.fullmatch(request.path)
        ):
            response.cache_control.private = True
            response.cache_control.max_age = caches.DESCRIPTION_SECONDS
            response.vary.add("Cookie")
        elif not request.path.startswith("/static/") and not response.cache_control.max_age:
            response.cache_control.no_store = True
        return response

    @app.after_request
    def send_error_page(response: Response) -> Response:
        """Superset's own page is in English and requests fonts from another host."""
        message = _ERROR_MESSAGES.get(response.status_code)
        if message and _is_page(request):
            response.direct_passthrough = False
            response.set_data(render_template("error.html", message=message))
            response.mimetype = "text/html"
        return response


def _is_page(current: Request) -> bool:
    in_browser = current.accept_mimetypes["text/html"] > 0
    return in_browser and not current.path.startswith(("/api/", "/static/"))


@cache
def _read_patched(name: str) -> str | None:
    """Returns a script of Superset with its patches; None if no patch applies."""
    path = ASSETS / name
    if not path.is_file():
        return None
    script = path.read_text(encoding="utf-8")
    patched = patches.patch_script(script)
    return patched if patched != script else None
