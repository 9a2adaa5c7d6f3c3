"""Masks keep a value's form or stay near it, and meet the conditions that it met."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.generators.limits import Limits, limits_of
from shared.synthesis.generators.masks import Mask, form_preserving, noise
from shared.synthesis.schema import Check, Column, Kind, Table, TableName

SECRET = b"s" * 32


def _form(column: Column, limits: Limits | None = None) -> Mask:
    mask = form_preserving(column, SECRET, "t", limits or Limits())
    assert mask is not None
    return mask


def _noise(column: Column, limits: Limits | None = None, *, share: float = 0.1) -> Mask:
    mask = noise(column, limits or Limits(), SECRET, "t", share=share, days=10)
    assert mask is not None
    return mask


def _column(kind: Kind, **more: object) -> Column:
    return Column(name="c", type=kind.value, kind=kind, **more)  # type: ignore[arg-type]


@given(st.sets(st.integers(-(2**31), 2**31 - 1), max_size=100))
def test_whole_numbers_keep_sign_and_digits_one_to_one(numbers: set[int]) -> None:
    old = list(map(str, numbers))
    new = _form(_column(Kind.INTEGER, lowest=-(2**31), highest=2**31 - 1))(old)
    assert len(set(new)) == len(old)
    assert list(map(len, new)) == list(map(len, old))
    assert all(-(2**31) <= int(each) < 2**31 for each in new)


@given(st.sets(st.decimals(-9999, 9999, places=2), max_size=100))
def test_decimals_keep_their_places_one_to_one(numbers: set[Decimal]) -> None:
    old = sorted({f"{each:f}" for each in numbers if each})
    new = _form(_column(Kind.NUMBER, precision=6, scale=2))(old)
    assert len(set(new)) == len(old)
    for one, other in zip(old, new, strict=True):
        assert (len(one), one.find("."), one[0] == "-") == (
            len(other),
            other.find("."),
            other[0] == "-",
        )


@given(st.sets(st.datetimes(), max_size=60))
def test_moments_stay_in_their_year_one_to_one(moments: set[object]) -> None:
    old = sorted({str(each)[:19] for each in moments})
    new = _form(_column(Kind.TIMESTAMP))(old)
    assert len(set(new)) == len(old)
    for one, other in zip(old, new, strict=True):
        assert one[:4] == other[:4]
        date.fromisoformat(other[:10])


def test_odd_numbers_and_dates_stay() -> None:
    assert _form(_column(Kind.NUMBER))(["NaN", "Infinity"]) == ["NaN", "Infinity"]
    odd = ["infinity", "0044-03-15 BC"]
    assert _form(_column(Kind.DATE))(odd) == odd
    assert _noise(_column(Kind.DATE))(odd) == odd
    assert _noise(_column(Kind.NUMBER))(["NaN"]) == ["NaN"]


@given(st.integers(3, 7))
def test_masks_keep_conditions_that_held(number: int) -> None:
    limits = Limits(low=Decimal(3), high=Decimal(7))
    for mask in (_form(_column(Kind.INTEGER), limits), _noise(_column(Kind.INTEGER), limits)):
        assert 3 <= int(mask([str(number)])[0]) <= 7
    decimal = _column(Kind.NUMBER, precision=4, scale=2)
    for mask in (_form(decimal, limits), _noise(decimal, limits)):
        assert 3 <= Decimal(mask([f"{number}.00"])[0]) <= 7


def test_one_of_a_few_becomes_another_of_these() -> None:
    allowed = tuple("abcdefgh")
    new = _form(_column(Kind.TEXT), Limits(values=allowed))([*allowed, "z"])
    assert sorted(new[:8]) == sorted(allowed)
    assert new != list(allowed)
    assert new[8] == "z"


@given(st.integers(-(10**9), 10**9))
def test_noise_stays_near_and_is_the_same_for_the_same(number: int) -> None:
    mask = _noise(_column(Kind.INTEGER), share=0.1)
    new = int(mask([str(number)])[0])
    assert abs(new - number) <= abs(number) * 0.1 + 1
    assert mask([str(number)] * 2) == [str(new)] * 2


def test_noise_moves_dates_by_at_least_a_day_and_keeps_digits() -> None:
    days = [date.fromordinal(day).isoformat() for day in range(700_000, 701_000)]
    for old, new in zip(days, _noise(_column(Kind.DATE))(days), strict=True):
        assert 1 <= abs((date.fromisoformat(new) - date.fromisoformat(old)).days) <= 10
    new = _noise(_column(Kind.NUMBER, precision=8, scale=2))(["1000.00"])[0]
    assert len(new.partition(".")[2]) == 2
    times = [f"{hour:02d}:30:15.5+02" for hour in range(24)]
    moved = _noise(_column(Kind.TIME))(times)
    assert all(
        one != other and other.endswith(".5+02") for one, other in zip(times, moved, strict=True)
    )


@pytest.mark.parametrize(
    ("expression", "low", "high", "values"),
    [
        ("c > 0", 1, None, None),
        ("((c >= 1) AND (c <= 5))", 1, 5, None),
        ("CHECK (c BETWEEN 1 AND 5 AND c <> 3)", 1, 5, None),
        ("(((c)::numeric > (0)::numeric) AND (d < 3))", 1, None, None),
        ("(c >= '-90'::integer)", -90, None, None),
        ("c IN ('x', 'y''(z', '3')", None, None, ("x", "y'(z", "3")),
        ("(c = ANY (ARRAY[1, 2]))", None, None, ("1", "2")),
        ("((c)::text = ANY ((ARRAY['A'::character varying])::text[]))", None, None, ("A",)),
        ("c = 4", None, None, ("4",)),
        ("c > 0 OR c < -5", None, None, None),
        ("NOT (c > 0)", None, None, None),
        ("c > d", None, None, None),
        ("length(c) > 3", None, None, None),
    ],
)
def test_conditions_are_read_as_far_as_they_are_plain(
    expression: str, low: int | None, high: int | None, values: tuple[str, ...] | None
) -> None:
    column = _column(Kind.INTEGER)
    table = Table(
        name=TableName("s", "t"),
        columns=(column,),
        checks=(Check(name="k", expression=expression, columns=("c", "d")),),
    )
    limits = limits_of(table, column)
    assert (limits.low, limits.high, limits.values) == (low, high, values)


def test_days_are_limited_too() -> None:
    column = _column(Kind.DATE)
    check = Check(name="k", expression="(c >= '2020-01-01'::date)", columns=("c",))
    table = Table(name=TableName("s", "t"), columns=(column,), checks=(check,))
    limits = limits_of(table, column)
    assert limits.low == date(2020, 1, 1).toordinal()
    for mask in (_form(column, limits), _noise(column, limits)):
        assert mask(["2020-01-01"])[0] >= "2020-01-01"
