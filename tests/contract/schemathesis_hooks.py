"""What schemathesis has to know of the formats that only this API has."""

from __future__ import annotations

import json
from math import prod

import schemathesis
from hypothesis import strategies as st

from api.generation.requests import MAX_ATTRIBUTES_BYTES
from shared.errors import InvalidRequest
from shared.filters import parse
from shared.generation.cells import MAX_CELLS
from shared.generation.fields import OPERATIONS
from shared.queue.fields import JOBS
from shared.queue.tags import MAX_TAGS

#: Bytes that no request of these tests needs to have.
MAX_BODY = 500_000

_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="'\\\0"), max_size=8)
_STATUSES = st.sampled_from(["PENDING", "STARTED", "FAILED", "COMPLETED"])
#: On fields that operations and jobs both have.
_TERMS = st.one_of(
    st.builds("SEARCH '{}'".format, _WORDS),
    st.builds("id EQ '{}'".format, _WORDS),
    st.builds("id IN ['{}', '{}']".format, _WORDS, _WORDS),
    st.builds("status NE '{}'".format, _STATUSES),
    st.builds("start_time GT {}".format, st.datetimes().map(lambda t: f"{t.isoformat()}Z")),
    st.just("start_time EQ nil"),
)
_FILTERS = st.recursive(
    _TERMS,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({}) AND {}".format, inner, inner),
        st.builds("{} or ({})".format, inner, inner),
    ),
    max_leaves=4,
)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, **_: object) -> None:
    """Make requests as valid, or as wrong, as they are said to be in what a schema cannot say."""
    if not (case.meta and case.meta.generation.mode.is_positive):
        _make_wrong(case)
        return
    # A cursor is signed, and cannot be made up.
    case.query.pop("cursor", None)
    # How many combinations attributes may span, and how large they may be, is no bound of any
    # one of them.
    if isinstance(case.body, dict) and case.body.get("attributes"):
        sizes = [len(attribute["values"]) for attribute in case.body["attributes"]]
        size = len(json.dumps(case.body["attributes"], ensure_ascii=False).encode())
        if prod(sizes) > MAX_CELLS or size > MAX_ATTRIBUTES_BYTES:
            del case.body["attributes"]
    # A text of the right length is not yet an expression.
    if isinstance(case.body, dict) and isinstance(case.body.get("filter_expression"), str):
        expression = case.body["filter_expression"]
        try:
            parse(expression, JOBS if "/jobs/" in case.operation.path else OPERATIONS)
        except InvalidRequest:
            case.body["filter_expression"] = f"SEARCH '{'x' * (len(expression) - 9)}'"


def _make_wrong(case: schemathesis.Case) -> None:
    # A body of null is taken for none where it may be missing.
    if case.body is None:
        case.body = []
    # Too many tags, but not more than a request may have bytes: that is another error.
    if isinstance(case.body, dict) and len(json.dumps(case.body)) > MAX_BODY:
        case.body["tags"] = [{"key": "k", "value": str(n)} for n in range(MAX_TAGS + 1)]


schemathesis.openapi.format("filter-expression", _FILTERS.filter(lambda text: len(text) < 50_000))
schemathesis.openapi.format(
    "java-regex", st.sampled_from(["", "[{}]", r"\p{Punct}+", "(?i)[a-z&&[^aeiou]]", r"\Q.\E"])
)
