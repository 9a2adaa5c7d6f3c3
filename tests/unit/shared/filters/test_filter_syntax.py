"""How an expression is read, and where it is said to be wrong."""

from __future__ import annotations

import random
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.filters.errors import FilterError
from shared.filters.nodes import And, Comparison, Expression, Moment, Not, Or, Scalar
from shared.filters.syntax import MAX_DEPTH, read
from tests.unit.shared.filters.expressions import FIELDS, trees, write


def shape(tree: Expression) -> str:
    """The tree with brackets around everything."""
    match tree:
        case Comparison(name):
            return name.text
        case Not(operand):
            return f"(not {shape(operand)})"
        case And(operands):
            return f"({' and '.join(map(shape, operands))})"
        case Or(operands):
            return f"({' or '.join(map(shape, operands))})"
    raise AssertionError(tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c", "((a and b) or c)"),
        ("not a and b", "((not a) and b)"),
        ("not a or b", "((not a) or b)"),
        ("not not a", "(not (not a))"),
        ("not (a and b)", "(not (a and b))"),
        ("a and not b or c", "((a and (not b)) or c)"),
        ("(a or b) and c", "((a or b) and c)"),
        ("a and b and c or d or e", "((a and b and c) or d or e)"),
        ("((a))", "a"),
    ],
)
def test_not_binds_tighter_than_and_tighter_than_or(text: str, expected: str) -> None:
    assert shape(read(re.sub(r"\b([a-e])\b", r"\1 EQ 1", text))) == expected


@given(tree=trees(FIELDS), seed=st.integers())
def test_what_was_written_is_read(tree: Expression, seed: int) -> None:
    assert read(write(tree, random.Random(seed)).ljust(5)) == tree


def value_of(literal: str) -> Scalar:
    tree = read(f"a EQ {literal}")
    assert isinstance(tree, Comparison)
    return tree.literals[0].value


SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nIl", None),
        ("TRUE", True),
        ("False", False),
        ("-1.2e+2", Decimal(-120)),
        ("+9000", Decimal(9000)),
        ("0.35", Decimal("0.35")),
        ("007", Decimal(7)),
        (r'"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r"'\'\"\\\%\_\/\n\r\t\b\f\u00e4\ud83d\ude00'", "'\"\\%_/\n\r\t\b\fä😀"),
        ("'line\nbreak'", "line\nbreak"),
        ("''", ""),
        ("1970-01-01T00:00:01Z", Moment(SECOND)),
        ("1970-01-01t00:00:01.5z", Moment(SECOND * 3 // 2)),
        ("1970-01-01T01:00:00.000000001+01:00", Moment(1)),
        ("1969-12-31T23:30:00-00:30", Moment(0)),
        ("1969-12-31T23:59:60Z", Moment(0)),
        ("0001-01-01T00:00:00+23:59", Moment(-(62135596800 + 86340) * SECOND)),
        ("2018-04-27T18:39:26.397237+00:00", Moment(1524854366397237000)),
    ],
)
def test_literals(text: str, value: Scalar) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name LIKE 'x'", "unexpected 'LIKE' at 6: expected one of CONTAINS, EQ, GE, GT, IN, "),
        ("a EQ 1 AND b", "unexpected end at 13: expected one of CONTAINS, EQ, "),
        ("a EQ 1 AND", "unexpected end at 11: expected one of NOT, SEARCH, '(', a field"),
        ("a EQ 1 AND AND", "unexpected 'AND' at 12: expected one of NOT, SEARCH, '(', a field"),
        ("  a EQ 1 b", "unexpected 'b' at 10: expected one of AND, OR, the end"),
        ("(a EQ 1", "unexpected end at 8: expected one of AND, OR, ')'"),
        ("a EQ 1)", "unexpected ')' at 7: expected one of AND, OR, the end"),
        ("a EQ [1]", "unexpected '[' at 6: expected one of FALSE, NIL, TRUE, a date-time, "),
        ("a IN 1", "unexpected '1' at 6: expected '['"),
        ("a IN [1 2]", "unexpected '2' at 9: expected one of ',', ']'"),
        ("a IN [1,]", "unexpected ']' at 9: expected one of FALSE, NIL, TRUE, "),
        ("1 EQ a", "unexpected '1' at 1: expected one of NOT, SEARCH, '(', a field"),
        ("a EQ b", "unexpected 'b' at 6: expected one of FALSE, NIL, TRUE, "),
        ("SEARCH 5", "unexpected '5' at 8: expected a string"),
        ("a == 1", "unexpected '==' at 3: expected one of CONTAINS, EQ, "),
        ("a.b EQ 1", "unexpected '.b' at 2: expected one of CONTAINS, EQ, "),
        ("a EQ .5", "unexpected '.5' at 6: expected one of FALSE, "),
        ("a EQ 12abc", "unexpected '12abc' at 6: expected one of FALSE, "),
        ("a EQ 1AND b EQ 2", "unexpected '1AND' at 6: expected one of FALSE, "),
        ("a EQ ٣", "unexpected '٣' at 6: expected one of FALSE, "),
        ("a EQ \u00a0", r"unexpected '\u00a0' at 6: expected one of FALSE, "),
        ("\0\0\0\0\0", r"unexpected '\u0000\u0000\u0000\u0000\u0000' at 1: expected one of NOT, "),
        ("ſEARCH 'x'", "unexpected 'ſEARCH' at 1: "),
        ("a EQ 'x", "the string that begins at 6 never ends"),
        ("a EQ 'x\\'", "the string that begins at 6 never ends"),
        ("a EQ '😀' b", "unexpected 'b' at 10: expected one of AND, OR, the end"),
        (r"a EQ 'x\d'", r"unexpected '\d' at 8: expected \\ for a backslash, or one of \n, "),
        (r"a EQ 'x\u12'", r"unexpected '\u' at 8: expected \\ for a backslash"),
        (r"a EQ '\u0000'", "the string at 6 holds a character that no text can: NUL, "),
        (r"a EQ '\ud83d'", "the string at 6 holds a character that no text can: NUL, "),
        ("a EQ '\udc00'", "the string at 6 holds a character that no text can: NUL, "),
        ("a EQ '\0'", "the string at 6 holds a character that no text can: NUL, "),
        ("a EQ 1e" + "9" * 25, "unexpected '1e999999999999999999999999"),
        ("a EQ 2026-11-05", "unexpected '-11' at 10: "),
        ("a EQ 2026-11-05T08:15:30", "unexpected '2026-11-05T08:15:30' at 6: expected Z, or an"),
        ("a EQ 2026-02-30T08:15:30Z", "unexpected '2026-02-30T08:15:30Z' at 6: expected a date"),
        ("a EQ 0000-01-01T00:00:00Z", "unexpected '0000-01-01T00:00:00Z' at 6: expected a date"),
        ("a EQ 2026-01-01T24:00:00Z", "unexpected '2026-01-01T24:00:00Z' at 6: expected a date"),
        ("a EQ 2026-01-01T00:00:61Z", "unexpected '2026-01-01T00:00:61Z' at 6: expected a date"),
        ("a EQ 2026-01-01T00:00:00+24:00", "unexpected '2026-01-01T00:00:00+24:00' at 6: expec"),
        ("a EQ 2026-01-01T00:00:00.1234567890Z", "unexpected '2026-01-01T00:00:00.1234567890Z'"),
        ("tags CONTAINS {", "unexpected end at 16: expected one of NOT, SEARCH, '(', a field"),
        ("tags CONTAINS {}", "unexpected '}' at 16: expected one of NOT, SEARCH, '(', a field"),
        ("tags EQ {key EQ 'a'}", "unexpected '{' at 9: expected one of FALSE, "),
        ("", "must have from 5 to 50000 characters; this has 0"),
        ("a I1", "must have from 5 to 50000 characters; this has 4"),
        ("a EQ 1".ljust(50_001), "must have from 5 to 50000 characters; this has 50001"),
    ],
)
def test_an_error_says_where_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        read(text)
    assert isinstance(caught.value, InvalidRequest)
    assert caught.value.field == "filter_expression"
    assert str(caught.value).startswith(f"filter_expression: {message}")
    named = re.search(r" (?:at|begins at) (\d+)", message)
    if named:
        assert caught.value.position == int(named[1])


def test_surrounding_blanks_count_towards_the_length() -> None:
    assert shape(read(" \r\n\ta EQ 1 ".ljust(50_000))) == "a"


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("NOT ", ""), ("NOT (", ")")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    deepest = MAX_DEPTH // (2 if opening == "NOT (" else 1)
    read(f"{opening * deepest}a EQ 1{closing * deepest}")
    too_deep = deepest + 1
    for text in (
        f"{opening * too_deep}a EQ 1{closing * too_deep}",
        (opening * 50_000)[:50_000],
        f"b EQ 1 AND {opening * too_deep}a EQ 1{closing * too_deep}",
    ):
        with pytest.raises(FilterError, match="may nest at most 32 deep"):
            read(text)


def test_brackets_side_by_side_do_not_nest() -> None:
    assert isinstance(read(" OR ".join(["NOT (a EQ 1)"] * 3000)), Or)
