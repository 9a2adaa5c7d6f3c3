"""The description of the API where programs of the published API fetch it, and as they read it."""

from __future__ import annotations

import json
from functools import lru_cache

import yaml
from flask import Blueprint, Flask, Response, request

from api.http.dialect import to_published
from api.http.rest import BASE, Api

PATH = "/dct/static/api-external.yaml"


def install(app: Flask, api: Api) -> None:
    """Serve it, without a key. Call after all routes are there."""
    blueprint = Blueprint("published", __name__)

    # It takes a tenth of a second to make. Whoever may choose the prefix is trusted.
    @lru_cache(maxsize=4)
    def describe(prefix: str) -> str:
        # By way of JSON, which knows neither enums nor parts that stand in several places.
        description = json.loads(json.dumps(api.spec.to_dict()))
        found = to_published(description, base=BASE, url=f"{prefix}{BASE}")
        # In ASCII, since not everybody asks in which encoding it is.
        return yaml.safe_dump(found, sort_keys=False, width=100)

    @blueprint.get(PATH)
    def read() -> Response:
        response = Response(
            describe(request.script_root), content_type="application/yaml; charset=utf-8"
        )
        response.headers["Cache-Control"] = "no-cache"  # kept, and asked for anew by its ETag
        response.add_etag()
        response.make_conditional(request)
        return response

    app.register_blueprint(blueprint)
