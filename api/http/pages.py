"""Pages of a list: how many items, in which order, and where to start."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, validate
from marshmallow.fields import String

from api.http.auth import account
from api.http.cursors import MAX_LENGTH, Cursors
from api.http.fields import QueryNumber, Text
from api.http.schemas import RequestSchema
from api.parts import parts
from shared.db.listing import Slice, Wanted
from shared.filters import Field, parse

R = TypeVar("R")

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


class PageQuerySchema(Schema):
    """What every list takes. A list that sorts adds its ``sort``."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - typed by its base
        "unknown": "is not a parameter here; check its spelling, or leave it out"
    }

    limit = QueryNumber(
        minimum=1,
        maximum=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many items to return at most.", "example": 50},
    )
    cursor = String(
        validate=validate.Length(
            min=1, max=MAX_LENGTH, error="must have {min} to {max} characters"
        ),
        metadata={
            "format": "cursor",
            "description": "The `prev_cursor` or `next_cursor` of another page of the same list "
            "with the same filter in the same order.",
        },
    )


class SearchBodySchema(RequestSchema):
    """Which items; without a filter expression, all."""

    may_be_missing = True

    filter_expression = Text(
        min_length=5,
        max_length=50_000,
        metadata={
            "format": "filter-expression",
            "description": "A condition on the fields that `x-filterable` of this path lists, such "
            "as `status EQ 'FAILED' AND NOT name CONTAINS 'test'`. "
            "`EQ NE GT GE LT LE` compare with a value, `IN ['a', 'b']` with several, `CONTAINS` "
            "finds a part of a text, `SEARCH 'text'` looks at all fields. Combine with `NOT`, "
            "`AND`, `OR` and parentheses. `NIL` is no value. Strings have quotes of either kind, "
            "date-times (RFC 3339) none. `tags CONTAINS {key EQ 'a' AND value EQ 'b'}` asks for "
            "one tag that is so. Keywords may be in any case.",
        },
    )


def cursors() -> Cursors:
    """Cursors under this deployment's key."""
    return Cursors(parts().settings.secret_key)


def scope_of(*parts: object, filter_expression: str | None = None) -> str:
    """What a cursor is bound to: a list of one account, in one order, under one filter."""
    digest = "" if filter_expression is None else _digest(filter_expression)
    return ":".join(map(str, (*parts, digest)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def wanted_page(query: Mapping[str, Any], *, scope: str) -> Wanted:
    """The page that a query asks for.

    :raises InvalidRequest: when its cursor is not one of this scope.
    """
    anchor, backward = None, False
    if "cursor" in query:
        anchor, backward = cursors().read(query["cursor"], scope=scope)
    return Wanted(
        sort=query.get("sort") or "", limit=query["limit"], anchor=anchor, backward=backward
    )


def read_page(
    path: str,
    query: Mapping[str, Any],
    expression: str | None = None,
    *,
    fields: Sequence[Field],
    search: Callable[..., Slice[R]],
    render: Callable[[R], Any],
) -> dict[str, Any]:
    """A page of what the account has in a table, or of what an expression selects of it.

    :param path: what cursors are bound to besides account, order and expression.
    :param search: reads it; takes ``account_id``, ``wanted`` and ``condition``.
    :raises FilterError: when the expression is none over these fields.
    :raises InvalidRequest: as :func:`wanted_page`.
    """
    condition = None if expression is None else parse(expression, fields)
    scope = scope_of(path, account().id, query["sort"], filter_expression=expression)
    wanted = wanted_page(query, scope=scope)
    found = search(account_id=account().id, wanted=wanted, condition=condition)
    return render_page(found, scope=scope, render=render)


def part_of(
    items: Sequence[R],
    query: Mapping[str, Any],
    *,
    scope: str,
    key: Callable[[R], Any],
) -> Slice[R]:
    """A page of a short list that is read as a whole, ordered by a unique key.

    :raises InvalidRequest: as :func:`wanted_page`.
    """
    wanted = wanted_page(query, scope=scope)
    rows = sorted(items, key=key)
    start, end = 0, wanted.limit
    if wanted.anchor is not None and wanted.backward:
        end = bisect_left(rows, wanted.anchor, key=key)
        start = max(0, end - wanted.limit)
    elif wanted.anchor is not None:
        start = bisect_right(rows, wanted.anchor, key=key)
        end = start + wanted.limit
    page = rows[start:end]
    return Slice(
        rows=page,
        total=len(rows),
        first=key(page[0]) if page and start > 0 else None,
        last=key(page[-1]) if page and end < len(rows) else None,
    )


def render_page(found: Slice[R], *, scope: str, render: Callable[[R], Any]) -> dict[str, Any]:
    """Shape a slice for a schema of pages."""
    metadata: dict[str, Any] = {"total": found.total}
    if found.first is not None:
        metadata["prev_cursor"] = cursors().make(scope=scope, anchor=found.first, backward=True)
    if found.last is not None:
        metadata["next_cursor"] = cursors().make(scope=scope, anchor=found.last, backward=False)
    return {"items": [render(row) for row in found.rows], "response_metadata": metadata}
