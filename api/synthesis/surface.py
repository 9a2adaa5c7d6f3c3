"""The second published API: database synthesis, under ``/api/v1``."""

from __future__ import annotations

from api.http.surfaces import API_KEY, Surface
from api.synthesis.messages import MESSAGES

#: The cookie of a session.
COOKIE = "sessionid"

SYNTHESIS = Surface(
    base="/api/v1",
    prefix="SYNTHESIS",
    title="Valuemill synthesis",
    form=MESSAGES,
    security={
        "sessionid": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "Log in using the `POST /api/v1/auth/` endpoint.",
        },
        "ApiKeyAuth": API_KEY,
    },
    description="""\
Safe copies of databases: an engine reads a source and fills a target of the same schema, with keys
intact and nothing personal left.

Sign in with `POST /api/v1/auth/`, which answers with the cookie `sessionid`; a session ends with
`DELETE /api/v1/auth/`, or when it was not used for as long as `session_timeout` says. An API key in
`Authorization: apk <id>.<secret>`, the same as for lists of values, does as well on every path, and
counts where both come. With a cookie, a request that changes something may have no `Origin` but
this service's own, as browsers send it.

Every path ends with a slash. Every error of a request that can be read has the form of
`ApplicationMessage`: `code` is for programs and stays as it is, `body` tells what is wrong and how
to mend it, a sentence for each thing. A request that is not as described is a 422 with the code
`validation_error`, be it for a field that is not known, a value out of bounds, or JSON that is
none. What belongs to another account looks like what there is not: 404. Every answer carries an
`X-Request-Id`: the one that came with the request, or a new one.

Each API key, and each user, may ask so often in so much time, as `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` (in seconds since 1970) say.
""",
)
