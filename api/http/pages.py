"""Pages of a list: how many items, in which order, and where to start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, validate
from marshmallow.fields import String

from api.http.auth import account
from api.http.cursors import MAX_LENGTH, Cursors, Place
from api.http.fields import QueryNumber, Text
from api.http.schemas import RequestSchema
from api.parts import parts
from shared.db.listing import Slice, Wanted
from shared.errors import InvalidRequest
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
            "description": "The `prev_cursor` or `next_cursor` of another page of the same list. "
            "It brings the order and the filter of that page along.",
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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request asks for: a page of a list, in an order, under a filter."""

    wanted: Wanted
    expression: str | None
    #: Which list of whom; what its cursors are bound to.
    scope: str

    def make_cursor(self, anchor: Any, *, backward: bool) -> str:
        """A cursor of this list for the page on one side of an anchor."""
        place = Place(
            anchor=anchor, backward=backward, sort=self.wanted.sort, expression=self.expression
        )
        return _cursors().make(place, scope=self.scope)


def _cursors() -> Cursors:
    """Cursors under this deployment's key."""
    return Cursors(parts().settings.secret_key)


def ask(
    query: Mapping[str, Any], *, scope: str, sort: str = "", expression: str | None = None
) -> Asked:
    """What a query asks for; what it does not say, its cursor does.

    :param sort: the order where neither says one.
    :param expression: the filter that came with the query.
    :raises InvalidRequest: when its cursor is not one of this scope, or is of another order or
        another filter than the query.
    """
    said, cursor = query.get("sort"), query.get("cursor")
    if cursor is None:
        wanted = Wanted(sort=said or sort, limit=query["limit"])
        return Asked(wanted=wanted, expression=expression, scope=scope)
    place = _cursors().read(cursor, scope=scope)
    if said is not None and said != place.sort:
        order = f"sort={place.sort}" if place.sort else "the order without a sort"
        raise InvalidRequest(
            f"belongs to a list in another order ({order}); leave out sort to go on, or the "
            "cursor to start over",
            field="cursor",
        )
    if expression is not None and not place.is_under(expression):
        raise InvalidRequest(
            "belongs to a list under another filter; leave out filter_expression to go on, or the "
            "cursor to start over",
            field="cursor",
        )
    if expression is None and place.digest is not None:
        raise InvalidRequest(
            "belongs to a list under a filter that is too long for a cursor; send the same "
            "filter_expression with it",
            field="cursor",
        )
    wanted = Wanted(
        sort=place.sort, limit=query["limit"], anchor=place.anchor, backward=place.backward
    )
    return Asked(wanted=wanted, expression=expression or place.expression, scope=scope)


def read_page(
    path: str,
    query: Mapping[str, Any],
    expression: str | None = None,
    *,
    sort: str,
    fields: Sequence[Field],
    search: Callable[..., Slice[R]],
    render: Callable[[R], Any],
) -> dict[str, Any]:
    """A page of what the account has in a table, or of what an expression selects of it.

    :param path: what cursors are bound to besides the account.
    :param sort: the order of a list for which none is asked.
    :param search: reads it; takes ``account_id``, ``wanted`` and ``condition``.
    :raises FilterError: when the expression is none over these fields.
    :raises InvalidRequest: as :func:`ask`.
    """
    condition = None if expression is None else parse(expression, fields)
    asked = ask(query, scope=f"{path}:{account().id}", sort=sort, expression=expression)
    if condition is None and asked.expression is not None:
        condition = parse(asked.expression, fields)
    found = search(account_id=account().id, wanted=asked.wanted, condition=condition)
    return render_page(found, asked, render=render)


def part_of(
    items: Sequence[R], asked: Asked, *, keys: Mapping[str, Callable[[R], list[Any]]]
) -> Slice[R]:
    """A page of a short list that is read as a whole.

    :param keys: for each ``sort`` what the list is ordered by; unique, and fit for JSON.
    """
    wanted = asked.wanted
    key, descending = keys[wanted.sort.removeprefix("-")], wanted.sort.startswith("-")
    rows = sorted(items, key=key, reverse=descending)
    start, end = 0, wanted.limit
    if wanted.anchor is not None:
        anchor: list[Any] = wanted.anchor
        before = sum(key(row) > anchor if descending else key(row) < anchor for row in rows)
        if wanted.backward:
            start, end = max(0, before - wanted.limit), before
        else:
            start = before + any(key(row) == anchor for row in rows)
            end = start + wanted.limit
    page = rows[start:end]
    return Slice(
        rows=page,
        total=len(rows),
        first=key(page[0]) if page and start > 0 else None,
        last=key(page[-1]) if page and end < len(rows) else None,
    )


def render_page(found: Slice[R], asked: Asked, *, render: Callable[[R], Any]) -> dict[str, Any]:
    """Shape a slice for a schema of pages."""
    metadata: dict[str, Any] = {"total": found.total}
    if found.first is not None:
        metadata["prev_cursor"] = asked.make_cursor(found.first, backward=True)
    if found.last is not None:
        metadata["next_cursor"] = asked.make_cursor(found.last, backward=False)
    return {"items": [render(row) for row in found.rows], "response_metadata": metadata}
