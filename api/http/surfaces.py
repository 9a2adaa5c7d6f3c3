"""The published APIs that are served side by side: where each lives, and how it speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.http.forms import PLAIN, ErrorForm


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """A published API.

    :param base: what all its paths begin with.
    :param prefix: of its settings and endpoints in Flask, where several APIs need such.
    :param title: the heading of its description.
    :param description: what a client has to know before all else.
    :param security: the ways to say who one is, as OpenAPI's security schemes; any one will do.
    :param form: how it tells errors.
    """

    base: str
    prefix: str
    title: str
    description: str
    security: Mapping[str, Mapping[str, str]]
    form: ErrorForm = field(default=PLAIN)

    def covers(self, path: str) -> bool:
        """Whether a path is its affair, be there something at it or not."""
        return path == self.base or path.startswith(f"{self.base}/")

    @property
    def description_path(self) -> str:
        """Where its description is."""
        return f"{self.base}/openapi.json"

    @property
    def description_endpoint(self) -> str:
        """The endpoint of that, which needs no key."""
        name = f"{self.prefix}_api-docs" if self.prefix else "api-docs"
        return f"{name.replace('_', '-').lower()}.openapi_json"


def surface_of(path: str, surfaces: Sequence[Surface]) -> Surface:
    """Whose affair a path is; that of the first where it is nobody's."""
    return next((each for each in surfaces if each.covers(path)), surfaces[0])


API_KEY = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`apk <id>.<secret>`, as `valuemill keys create` prints it.",
}

#: Value generation, and the jobs of it.
LISTS = Surface(
    base="/dct/v3",
    prefix="",
    title="Valuemill",
    security={"ApiKeyAuth": API_KEY},
    description="""\
Lists of distinct, plausible test data, made by a language model on your own servers.

Submit a request, poll its job until it is no longer `PENDING` or `STARTED`, then page through the
values of the job's `target_id` or download them as a file; values can be read while it works, too.

Every error has the form `{"error": "<code>", "error_description": "<what is wrong and how to mend
it>"}`. Fields and query parameters that are not described here are refused, and so is
`null` where a field must be given; elsewhere it is as if the field was left out.
Every answer carries an `X-Request-Id`: the one that came with the request, or a new one.

Lists come in pages. `next_cursor` and `prev_cursor` lead to the pages beside one; each is bound to
its list and brings sort and filter along, and rows that come or go meanwhile neither show a row
twice nor hide one.

Each API key may be used so often in so much time, as `X-RateLimit-Limit`, `X-RateLimit-Remaining`
and `X-RateLimit-Reset` (in seconds since 1970) say. What is polled has an `ETag`: send it back as
`If-None-Match`, and an answer that would be the same is a short 304.
""",
)
