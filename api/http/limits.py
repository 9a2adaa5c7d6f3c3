"""Rate limits: how often an API key is used, or a user asks, over all API processes together.

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
    """Count the requests of each key or user, ``g.counted_as``. Call after ``auth.install``."""

    @app.before_request
    def count() -> None:
        if "counted_as" not in g:
            return
        g.standing = request.environ.get(STANDING) or counter.count(g.counted_as)
        if g.standing.breached:
            wait = g.standing.resets_at - int(time.time())
            raise TooManyRequests(description=str(g.standing.item), retry_after=max(1, wait))

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
    if standing is not None:
        response.headers.extend(write_headers(standing))
    return response
