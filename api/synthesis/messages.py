"""The form in which this API tells errors: ``ApplicationMessage``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from api.http.forms import CODES, MAX_DESCRIPTION, MEANINGS, ErrorForm, Problem, tidy

#: Most sentences in a body; of more things that are wrong, the first are told.
MAX_SENTENCES = 100

#: What to do next, by the status. Others: to send another request.
_ACTIONS = {401: "sign_in", 429: "wait", 503: "wait", 500: "report"}

_KIND = "error"

#: Trying again helps.
_PASSES = frozenset({429, 503})

_TITLES = {
    400: "The request cannot be met",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Body too large",
    415: "Not JSON",
    422: "Validation error",
    429: "Too many requests",
    500: "Internal error",
    503: "Service unavailable",
}


class ApplicationMessageSchema(Schema):
    """What is wrong and how to mend it. Every field is always there."""

    id = fields.String(
        required=True,
        metadata={"description": "The `X-Request-Id` of the answer; the log has it too."},
    )
    code = fields.String(
        required=True,
        validate=validate.OneOf(list(CODES.values())),
        metadata={"description": "For programs; stays as it is."},
    )
    title = fields.String(required=True, metadata={"minLength": 1, "maxLength": 100})
    body = fields.List(
        fields.String(metadata={"minLength": 1, "maxLength": MAX_DESCRIPTION}),
        required=True,
        metadata={
            "minItems": 1,
            "maxItems": MAX_SENTENCES,
            "description": "What is wrong and how to mend it; of each field that is wrong, with "
            "its name in front.",
        },
    )
    kind = fields.String(required=True, validate=validate.Equal(_KIND), metadata={"enum": [_KIND]})
    durability = fields.String(
        required=True,
        validate=validate.OneOf(["transient", "permanent"]),
        metadata={"description": "Whether the same request may go well a little later."},
    )
    duration = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Seconds to wait before it is tried again, where that helps."},
    )
    details = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": 'The status: `{"status": 422}`.'},
    )
    payload = fields.Dict(
        required=True, allow_none=True, metadata={"description": "Of an error there is none."}
    )
    action = fields.String(
        required=True,
        validate=validate.OneOf(["change_request", *dict.fromkeys(_ACTIONS.values())]),
        metadata={"description": "What to do next."},
    )


def write(problem: Problem) -> dict[str, Any]:
    """Make the body of an answer that tells an error."""
    known = problem.status if problem.status in CODES else 500 if problem.status >= 500 else 400
    return {
        "id": problem.trace_id,
        "code": problem.code,
        "title": _TITLES[known],
        "body": [tidy(each) for each in problem.descriptions[:MAX_SENTENCES]],
        "kind": _KIND,
        "durability": "transient" if known in _PASSES else "permanent",
        "duration": problem.retry_after,
        "details": {"status": problem.status},
        "payload": None,
        "action": _ACTIONS.get(known, "change_request"),
    }


#: What is said where a page of elsewhere had a browser send a request.
ELSEWHERE = (
    "this came from a page of another origin, in a browser that may have signed in; send it from "
    "this service's own page, or from a program, without Origin"
)

MESSAGES = ErrorForm(
    schema=ApplicationMessageSchema,
    write=write,
    invalid=422,
    meanings={
        **MEANINGS,
        401: (
            "No session and no API key, or none that is valid",
            "nobody is signed in; log in using POST /api/v1/auth/, or send an API key as "
            "'Authorization: apk <id>.<secret>'",
        ),
        403: ("From a page of another origin", ELSEWHERE),
        422: (
            "Validation error",
            "key_generation_method: must be one of duplicate, hash, generate",
        ),
        429: (
            "Too many requests with this API key or of this user, or as much in use as the "
            "account may have",
            MEANINGS[429][1],
        ),
    },
)
