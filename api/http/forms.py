"""The forms in which errors are told: an API that is published elsewhere has its own.

What is said is the same in each: what is wrong, and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from api.http.answers import ErrorSchema
from shared.text import replace_hidden

CODES = {
    400: "invalid_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "validation_error",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What came of a request that did not go well.

    :param descriptions: what is wrong and how to mend it, a sentence or more for each thing.
    :param retry_after: seconds to wait before the same is tried again; None: that helps nothing.
    :param trace_id: what the request is found by in the log.
    """

    status: int
    descriptions: tuple[str, ...]
    retry_after: int | None = None
    trace_id: str = ""

    @property
    def code(self) -> str:
        """For programs."""
        return CODES.get(self.status) or CODES[500 if self.status >= 500 else 400]


@dataclass(frozen=True, kw_only=True)
class ErrorForm:
    """How an API tells errors.

    :param write: makes the body, which is of ``schema``.
    :param invalid: the status of a request that is not as it should be.
    :param meanings: for each status that any path may answer, or any that takes a body, what it
        means and an example of what is said.
    """

    schema: type[Schema]
    write: Callable[[Problem], dict[str, Any]]
    invalid: int
    meanings: Mapping[int, tuple[str, str]]

    def example(self, status: int, description: str) -> dict[str, Any]:
        """A body for the description of the API."""
        problem = Problem(status=status, descriptions=(description,), trace_id="5f0c7d0a")
        return self.write(problem)


#: Longest description, in characters.
MAX_DESCRIPTION = 1024


def tidy(description: str) -> str:
    """Make it fit for any reader, whatever parts of the request it repeats."""
    text = replace_hidden(description)
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"


def _write(problem: Problem) -> dict[str, Any]:
    return {"error": problem.code, "error_description": tidy("; ".join(problem.descriptions))}


#: How a body that is not as it should be is told of, for example.
INVALID = "limit: must be a whole number from 1 to 1000"

MEANINGS = {
    401: (
        "No API key, or not a valid one",
        "the API key is not valid; send 'Authorization: apk <id>.<secret>'",
    ),
    413: (
        "The body is too large",
        "the request body may have at most 1048576 bytes; make it smaller",
    ),
    415: (
        "The body is not JSON in UTF-8, or compressed",
        "the request body must be JSON; send it with 'Content-Type: application/json'",
    ),
    429: (
        "Too many requests with this API key, or as much in use as its account may have",
        "too many requests with this API key (the limit is 6000 per 1 minute); wait as many "
        "seconds as Retry-After says",
    ),
    500: (
        "A mistake of ours",
        "something went wrong on our side, not with the request; report it with the id 5f0c7d0a",
    ),
    503: (
        "A service that is needed does not answer",
        "the database does not answer; try again shortly",
    ),
}

#: ``{"error": "<code>", "error_description": "<sentence>"}``.
PLAIN = ErrorForm(
    schema=ErrorSchema,
    write=_write,
    invalid=400,
    meanings={400: ("Something in the request is not valid", INVALID), **MEANINGS},
)
