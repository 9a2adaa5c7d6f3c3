"""Random trees, rows to try them on, and ways to write a tree down."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shared.filters import Field
from shared.filters.nodes import (
    And,
    Comparison,
    Expression,
    Literal,
    Member,
    Moment,
    Name,
    Not,
    Operator,
    Or,
    Scalar,
    Search,
)

MODES = ("PENDING", "STARTED", "Fertig")
TAG = (Field("key", "string"), Field("value", "string"))
FIELDS = (
    Field("id", "string", storage="uuid"),
    Field("code", "string", storage="hex"),
    Field("title", "string"),
    Field("note", "string"),
    Field("mode", "string", choices=MODES),
    Field("small", "integer"),
    Field("big", "integer"),
    Field("flag", "boolean"),
    Field("at", "date-time"),
    Field("tags", "array", members=TAG),
    Field("labels", "array", members=TAG),
    Field("notes", "array", items="string"),
    Field("sizes", "array", items="integer"),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Few characters, so that texts meet; among them all that is special to LIKE, to strings, to
# case (Kelvin sign, long s, sharp s, dotted and dotless i, three sigmas), and beyond 16 bits.
_CHARACTERS = "aAbkKKsSſßẞüÜiIİıσςΣ%_\\'\"019-:.tTzZ \n\x01漢\uffff𐐀𐐨😀"
words = st.text(_CHARACTERS, max_size=4) | st.sampled_from(["true", "Fals", "2026-11", "NIL", "10"])
uuids = st.sampled_from([uuid.UUID(int=n) for n in (0, 1, 0xABCDEF, 2**127, 2**128 - 1)])
int32s = st.sampled_from([-(2**31), -12, -1, 0, 1, 2, 10, 2**31 - 1])
int64s = int32s | st.sampled_from([-(2**63), 2**53 + 1, 2**63 - 1])
times = st.builds(
    lambda start, microseconds: start + timedelta(microseconds=microseconds),
    st.sampled_from(
        [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 5, 8, 15, 30, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        ]
    ),
    st.sampled_from([0, 1, 999, 1000, 1001, 250_000, 999_000, 999_999]),
)
tags = st.lists(
    st.fixed_dictionaries({"key": words, "value": words | st.none()}), max_size=2, unique_by=repr
)

_SHOWN: dict[str, st.SearchStrategy[Any]] = {
    "id": uuids.map(str),
    "code": st.none() | uuids.map(lambda value: value.hex),
    "title": words,
    "note": st.none() | words,
    "mode": st.sampled_from(MODES),
    "small": st.none() | int32s,
    "big": int64s,
    "flag": st.none() | st.booleans(),
    "at": st.none() | times,
    "tags": tags,
    "labels": tags,
    "notes": st.lists(words, max_size=2),
    "sizes": st.lists(int64s, max_size=2),
}
#: Rows with the values that clients see.
rows = st.fixed_dictionaries(_SHOWN)

_numbers = st.one_of(
    int64s.map(Decimal),
    st.sampled_from(["0.5", "-0.5", "1e1", "1.0", "9.02", "-1.2e+2", "1e-99", "1e99"]).map(Decimal),
    st.sampled_from([2**63, -(2**63) - 1, Decimal(2**63) - Decimal("0.5")]).map(Decimal),
)
_moments = st.one_of(
    times.map(lambda time: (time - _EPOCH) // timedelta(microseconds=1) * 1000),
    times.map(lambda time: (time - _EPOCH) // timedelta(milliseconds=1) * 10**6),
    times.map(lambda time: (time - _EPOCH) // timedelta(microseconds=1) * 1000 + 1),
).map(Moment)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": _numbers,
    "boolean": st.booleans(),
    "date-time": _moments,
}
_ORDERED = [op for op in Operator if op is not Operator.CONTAINS]


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.storage == "uuid":
        return uuids.map(str) | st.sampled_from(["0000", "ABCDEF", "-", "0" * 32])
    if field.storage == "hex":
        return uuids.map(lambda value: value.hex) | st.sampled_from(["0000", "ab", "-"])
    if field.choices:
        return st.sampled_from(field.choices) | words
    return _VALUES.get(field.type, words)


def _literal(value: Scalar) -> Literal:
    return Literal(value, "", 0)


def _terms(field: Field) -> st.SearchStrategy[Expression]:
    name = Name(field.name, 0)
    if field.item is not None:
        one = _values(field.item).map(_literal)
        return one.map(lambda found: Comparison(name, Operator.CONTAINS, (found,), 0))
    if field.type == "array":
        return trees(field.members, leaves=2).map(lambda inner: Member(name, inner, 0))
    values = _values(field).map(_literal)
    nil = st.just(_literal(None))
    operators = {"boolean": [Operator.EQ, Operator.NE, Operator.IN], "string": list(Operator)}

    def compare(how: Operator) -> st.SearchStrategy[Expression]:
        literals: st.SearchStrategy[Sequence[Literal]] = st.tuples(values)
        if how is Operator.IN:
            literals = st.lists(values, max_size=4)
        elif how in (Operator.EQ, Operator.NE):
            literals = st.tuples(values | nil if field.type != "boolean" else nil | values)
        return literals.map(lambda found: Comparison(name, how, tuple(found), 0))

    return st.sampled_from(operators.get(field.type, _ORDERED)).flatmap(compare)


def trees(fields: Sequence[Field], *, leaves: int = 6) -> st.SearchStrategy[Expression]:
    """Expressions over the fields that make sense."""
    searches = words | uuids.map(lambda u: u.hex[-5:]) | times.map(lambda t: t.isoformat()[5:21])
    term = st.one_of(
        searches.map(lambda text: Search(text, 0)),
        *(_terms(field) for field in fields),
    )
    return st.recursive(
        term,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda found: And(tuple(found))),
            st.lists(inner, min_size=2, max_size=3).map(lambda found: Or(tuple(found))),
        ),
        max_leaves=leaves,
    )


def write(tree: Expression, style: random.Random) -> str:
    """One of the ways to write a tree down."""
    return f"{style.choice(['', ' ', chr(10)])}{_write(tree, style, 0)}{style.choice(['', '  '])}"


def _write(tree: Expression, style: random.Random, tightness: int) -> str:
    own = {Or: 1, And: 2, Not: 3}.get(type(tree), 4)  # type: ignore[call-overload]
    match tree:
        case Or(operands):
            text = _word(" OR ", style).join(_write(o, style, 2) for o in operands)
        case And(operands):
            text = _word(" AND ", style).join(_write(o, style, 3) for o in operands)
        case Not(operand):
            text = _word("NOT ", style) + _write(operand, style, 3)
        case Search(sought):
            text = _word("SEARCH", style) + style.choice(["", " "]) + _string(sought, style)
        case Member(name, condition):
            text = f"{name.text} {_word('CONTAINS', style)}{{{_write(condition, style, 0)}}}"
        case Comparison(name, how, literals):
            values = [_value(literal.value, style) for literal in literals]
            listed = f"[{', '.join(values)}]" if how is Operator.IN else values[0]
            text = f"{name.text} {_word(how, style)}\t{listed}"
    return f"({text})" if own < tightness or style.random() < 0.1 else text


def _word(word: str, style: random.Random) -> str:
    return style.choice([str.upper, str.lower, str.title])(word)


def _value(value: Scalar, style: random.Random) -> str:
    match value:
        case str():
            return _string(value, style)
        case Decimal():
            return style.choice(["+", ""]) * (value >= 0) + str(value)
        case Moment():
            return _time(value, style)
    return _word({None: "nil", True: "true", False: "false"}[value], style)


def _string(text: str, style: random.Random) -> str:
    mark = style.choice("'\"")
    text = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    if style.random() < 0.2:
        text = text.replace("\n", "\\n").replace("%", "\\%").replace("ü", "\\u00fc")
        text = text.replace("😀", "\\ud83d\\ude00")
    return f"{mark}{text}{mark}"


def _time(moment: Moment, style: random.Random) -> str:
    seconds, fraction = divmod(moment.nanoseconds, 10**9)
    time = _EPOCH + timedelta(seconds=seconds)
    zone = style.choice(["Z", "z", "+00:00", "-00:00", "+05:30", "-23:59"])
    if len(zone) > 1 and 1 < time.year < 9999:
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        time = time.astimezone(timezone(-offset if zone[0] == "-" else offset))
    else:
        zone = "Z"
    digits = f"{fraction:09}".rstrip("0") if style.random() < 0.7 else f"{fraction:09}"
    return f"{time.isoformat()[:19]}{'.' * bool(digits)}{digits}{zone}"
