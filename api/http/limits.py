"""Rate limits: how often an API key may be used, over all API processes together.

They keep one client's mistake from becoming everyone's, and are wide enough for clients that
poll.
"""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from api.http.counting import Counter, Standing

#: In the environment of a request: how its key stands, where it is counted already.
STANDING = "valuemill.standing"


def install(app: Flask, counter: Counter) -> None:
    """Count the requests of each API key. Call after ``auth.install``."""

    @app.before_request
    def count() -> None:
        if "api_key_id" not in g:
            return
        g.standing = request.environ.get(STANDING) or counter.count(str(g.api_key_id))
        if g.standing.breached:
            raise TooManyRequests(description=str(g.standing.item))

    app.after_request(_tell)


def write_headers(standing: Standing) -> list[tuple[str, str]]:
    """Tell a client how it stands."""
    return [
        ("X-RateLimit-Limit", str(standing.item.amount)),
        ("X-RateLimit-Remaining", str(standing.remaining)),
        ("X-RateLimit-Reset", str(standing.resets_at)),
    ]


def _tell(response: Response) -> Response:
    standing: Standing | None = g.get("standing")
    if standing is None:
        return response
    response.headers.extend(write_headers(standing))
    if standing.breached:
        wait = standing.resets_at - int(time.time())
        response.headers["Retry-After"] = str(max(1, wait))
    return response
