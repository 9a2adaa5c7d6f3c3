"""A page to read the description of the API and to try it: Swagger UI.

Its files come with the package ``flask-swagger-ui`` and are served from here; nothing is fetched
from anywhere else. An API key that a reader types in is kept by the page alone, until it is
closed.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from api.http.rest import BASE

blueprint = Blueprint("docs", __name__, url_prefix="/docs")

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
  <title>Valuemill API</title>
  <link rel="icon" type="image/png" href="{root}/docs/favicon-32x32.png">
  <link rel="stylesheet" href="{root}/docs/swagger-ui.css">
</head>
<body>
  <noscript>This page needs JavaScript; the description itself is at
    <a href="{description}">{description}</a>.</noscript>
  <div id="page"></div>
  <script src="{root}/docs/swagger-ui-bundle.js"></script>
  <script src="{root}/docs/start.js"></script>
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


def _where() -> dict[str, str]:
    """The addresses in the page, behind the prefix under which a proxy has it."""
    root = escape(request.script_root)
    return {"root": root, "description": f"{root}{BASE}/openapi.json"}


@blueprint.get("")
def page() -> Response:
    """The page."""
    response = Response(_PAGE.format(**_where()), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/start.js")
def start() -> Response:
    """What starts the page; a file of its own, as the policy allows no script in the page."""
    return Response(_START.format(**_where()), mimetype="text/javascript")


@blueprint.get("/<string:name>")
def asset(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in ASSETS:
        raise NotFound
    response = send_from_directory(str(files("flask_swagger_ui") / "dist"), name)
    response.headers["Cache-Control"] = "no-cache"  # kept, and asked for anew by its ETag
    return response
