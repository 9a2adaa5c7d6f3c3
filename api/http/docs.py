"""A page for each API, to read its description and to try it: Swagger UI.

Its files come with the package ``flask-swagger-ui`` and are served from here; nothing is fetched
from anywhere else. An API key that a reader types in is kept by the page alone, until it is
closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from api.http.surfaces import Surface

#: What the page needs of the package.
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")

#: Everything from this server; some pictures are in the style sheet, as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} API</title>
  <link rel="icon" type="image/png" href="{root}/docs/favicon-32x32.png">
  <link rel="stylesheet" href="{root}/docs/swagger-ui.css">
</head>
<body>
  <noscript>This page needs JavaScript; the description itself is at
    <a href="{description}">{description}</a>.</noscript>
  <div id="page"></div>
  <script src="{root}/docs/swagger-ui-bundle.js"></script>
  <script src="{root}{page}/start.js"></script>
</body>
</html>
"""

_START = """\
SwaggerUIBundle({{
  url: "{description}",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
}});
"""


def create_blueprint(pages: Mapping[str, Surface]) -> Blueprint:
    """The pages, and the files that they need.

    :param pages: below ``/docs``, each with the API that it shows; the empty one is at ``/docs``.
    """
    blueprint = Blueprint("docs", __name__, url_prefix="/docs")
    for path, surface in pages.items():
        _add_page(blueprint, f"/{path}" if path else "", surface)
    blueprint.add_url_rule("/<string:name>", view_func=asset)
    return blueprint


def _add_page(blueprint: Blueprint, path: str, surface: Surface) -> None:
    name = path.strip("/") or "page"

    def where() -> dict[str, str]:
        """The addresses in the page, behind the prefix under which a proxy has it."""
        root = escape(request.script_root)
        return {
            "root": root,
            "page": f"/docs{path}",
            "title": escape(surface.title),
            "description": f"{root}{surface.description_path}",
        }

    def page() -> Response:
        response = Response(_PAGE.format(**where()), mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def start() -> Response:
        # A file of its own, as the policy allows no script in the page.
        return Response(_START.format(**where()), mimetype="text/javascript")

    blueprint.add_url_rule(path, endpoint=name, view_func=page)
    blueprint.add_url_rule(f"{path}/start.js", endpoint=f"start_{name}", view_func=start)


def asset(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in ASSETS:
        raise NotFound
    response = send_from_directory(str(files("flask_swagger_ui") / "dist"), name)
    response.headers["Cache-Control"] = "no-cache"  # kept, and asked for anew by its ETag
    return response
