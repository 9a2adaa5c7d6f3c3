"""Each key method does what it says, for every kind of key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.keys.domains import Domain, domains
from shared.synthesis.keys.maps import KeyMap, rank_need
from shared.synthesis.keys.ranks import Ranks, build
from shared.synthesis.plans import ColumnName
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)

SECRET = b"s" * 32
INT4 = {"kind": Kind.INTEGER, "lows": (-(2**31),), "highs": (2**31 - 1,)}


def _domain(**more: Any) -> Domain:
    column = ColumnName(TableName("", "t"), "id")
    read = {"name": "t.id", "label": "t.id", "columns": (column,), "owners": (column,), **more}
    return Domain(**read)


def _map(
    domain: Domain,
    method: str,
    values: Sequence[str],
    *,
    keep: Sequence[str] = (),
    threshold: int = 1_000,
    secret: bytes = SECRET,
) -> KeyMap:
    need = rank_need(domain, method, threshold=threshold, keep=keep)
    ranks = None if need is None else Ranks(need, build(need, [values], secret), secret)
    return KeyMap(domain, method, secret, ranks=ranks, keep=keep)


@pytest.mark.parametrize("method", ["duplicate", "hash", "generate"])
@pytest.mark.parametrize(
    "domain",
    [
        _domain(**INT4),
        _domain(kind=Kind.NUMBER, highs=(999,), lows=(-999,), scale=0),
        _domain(kind=Kind.NUMBER),
        _domain(kind=Kind.TEXT, length=3),
        _domain(kind=Kind.TEXT),
        _domain(kind=Kind.TEXT, caseless=True),
        _domain(kind=Kind.BINARY),
        _domain(kind=Kind.TEXT, checks=("code ~ '[A-Z]'",)),
        replace(_domain(**INT4), checks=("id % 2 = 0",)),
    ],
    ids=lambda domain: f"{domain.kind}{domain.length or ''}{'-check' if domain.checks else ''}",
)
@given(numbers=st.sets(st.integers(-999, 999), max_size=50))
def test_every_method_is_one_to_one(method: str, domain: Domain, numbers: set[int]) -> None:
    values = sorted(str(abs(number)) if domain.length else str(number) for number in numbers)
    values = sorted(set(values))
    keys = _map(domain, method, values)
    drawn = keys([*values, None, *values])
    assert drawn[len(values)] is None
    assert drawn[: len(values)] == drawn[len(values) + 1 :]
    assert len(set(drawn)) == len(values) + 1
    assert keys.strays == 0
    if method == "duplicate":
        assert drawn[: len(values)] == values
    elif domain.checks or domain.kind is Kind.BINARY:
        assert set(drawn) == {*values, None}
    if domain.length:
        assert all(len(each) <= domain.length for each in drawn if each)
    if domain.kind is Kind.INTEGER and not domain.checks and method == "generate":
        assert {int(each) for each in drawn if each} == set(range(1, len(values) + 1))


def test_few_integers_change_places_and_many_leave_them() -> None:
    values = [str(number) for number in range(0, 1_001)]
    few = _map(_domain(**INT4), "hash", values, threshold=1_000)(values)
    assert set(few) == set(values)
    assert few[0] == "0"
    assert all(one != other for one, other in zip(values[1:], few[1:], strict=True))
    many = _map(_domain(**INT4), "hash", values, threshold=999)(values)
    assert len(set(many)) == len(values)
    assert len(set(many) & set(values)) < 10


def test_keys_of_two_types_do_not_change_places() -> None:
    domain = _domain(kind=Kind.INTEGER, lows=(-(2**63), -(2**31)), highs=(2**31 - 1, 2**63 - 1))
    values = ["1", str(2**40)]
    keys = _map(domain, "hash", values)
    assert int(str(keys(["1"])[0])) < 2**31


@pytest.mark.parametrize("method", ["hash", "generate"])
@pytest.mark.parametrize(
    ("domain", "values", "keep"),
    [
        (_domain(**INT4), [str(number) for number in range(100)], ["5", "7"]),
        (_domain(kind=Kind.TEXT, length=2), [f"{a}{b}" for a in "ABC" for b in "XYZ"], ["AX"]),
        (_domain(kind=Kind.NUMBER, scale=2), ["1", "2.5", "3"], ["2.5"]),
    ],
)
def test_keys_that_are_kept_stay(
    method: str, domain: Domain, values: list[str], keep: list[str]
) -> None:
    drawn = _map(domain, method, values, keep=keep)(values)
    assert [new for old, new in zip(values, drawn, strict=True) if old in keep] == keep
    assert len(set(drawn)) == len(values)


def test_references_to_nothing_are_hashed_and_counted() -> None:
    keys = _map(_domain(**INT4), "generate", ["1", "2"])
    drawn = keys(["1", "3", None])
    assert keys.strays == 1
    assert drawn[1] not in ("1", "2", "3", None)
    texts = _map(_domain(kind=Kind.TEXT), "generate", ["a", "b"])
    assert texts(["c"])[0] not in ("a", "b", "c")


def test_uuids_are_generated_of_version_4() -> None:
    ids = [str(uuid.UUID(int=number)) for number in range(100)]
    drawn = _map(_domain(kind=Kind.UUID), "generate", ids)(ids)
    assert len(set(drawn)) == 100
    assert {uuid.UUID(each).version for each in drawn if each} == {4}


def test_the_uuid_of_zeros_stays_when_hashed() -> None:
    nil = str(uuid.UUID(int=0))
    assert _map(_domain(kind=Kind.UUID), "hash", [nil])([nil]) == [nil]


def test_a_seed_gives_the_same_keys_and_another_one_others() -> None:
    values = [str(number) for number in range(1, 200)]
    domain = _domain(**INT4)
    for method in ("hash", "generate"):
        one = _map(domain, method, values)(values)
        assert one == _map(domain, method, values[::-1])(values)
        assert one != _map(domain, method, values, secret=b"t" * 32)(values)


def test_conditions_on_the_sign_do_not_matter() -> None:
    for check in ("(id > 0)", "((id >= 1))", "id >= 0", '"id" IS NOT NULL', "length(id) = 3"):
        need = rank_need(_domain(**INT4, checks=(check,)), "generate", threshold=0)
        assert need is not None
        assert not need.texts
        assert _map(_domain(**INT4, checks=(check,)), "generate", ["7"])(["7"]) == ["1"]


def test_texts_in_a_column_of_numbers_are_mapped_too() -> None:
    values = ["1", "two", "3", str(2**70)]
    for method in ("hash", "generate"):
        drawn = _map(_domain(kind=Kind.INTEGER), method, values)(values)
        assert len(set(drawn)) == 4
        assert drawn[1] != "two"
    assert _map(_domain(kind=Kind.NUMBER), "hash", [])(["NaN", "-0.5", "1e3", "0.00"]) != []


def _table(name: str, columns: dict[str, Kind], **more: Any) -> Table:
    return Table(
        name=TableName("s", name),
        columns=tuple(
            Column(name=each, type=kind.value, kind=kind, length=more.pop(f"{each}_length", None))
            for each, kind in columns.items()
        ),
        **more,
    )


def test_a_key_and_all_that_refers_to_it_are_one_domain() -> None:
    person = _table(
        "person",
        {"id": Kind.INTEGER, "boss": Kind.INTEGER, "code": Kind.TEXT, "born": Kind.DATE},
        primary_key=("id",),
        uniques=(Unique(name="u", columns=("code",)),),
        foreign_keys=(
            ForeignKey(
                name="b", columns=("boss",), table=TableName("s", "person"), referred=("id",)
            ),
        ),
        checks=(Check(name="c", expression="id <> 13", columns=("id",)),),
        code_length=10,
    )
    order = _table(
        "order",
        {"buyer": Kind.INTEGER, "seller": Kind.NUMBER, "code": Kind.TEXT, "nowhere": Kind.TEXT},
        primary_key=("buyer", "code"),
        foreign_keys=(
            ForeignKey(
                name="1", columns=("buyer",), table=TableName("s", "person"), referred=("id",)
            ),
            ForeignKey(
                name="2", columns=("seller",), table=TableName("s", "person"), referred=("id",)
            ),
            ForeignKey(
                name="3", columns=("code",), table=TableName("s", "person"), referred=("code",)
            ),
            ForeignKey(name="4", columns=("nowhere",), table=TableName("x", "y"), referred=("z",)),
        ),
        code_length=5,
    )
    found = domains(Schema(tables=(order, person)))
    assert [each.name for each in found.all] == ["s.person.code", "s.person.id"]
    ids = found[ColumnName(TableName("s", "order"), "seller")]
    assert {str(each) for each in ids.columns} == {
        "s.person.id",
        "s.person.boss",
        "s.order.buyer",
        "s.order.seller",
    }
    assert [str(each) for each in ids.owners] == ["s.person.id"]
    assert (ids.kind, ids.label, ids.checks, ids.referred) == (
        Kind.NUMBER,
        "person.id",
        ("id <> 13",),
        True,
    )
    assert found.named("s.person.code").length == 5
    assert ColumnName(person.name, "born") not in found


def test_in_a_circle_every_column_is_an_owner() -> None:
    a = _table(
        "a",
        {"id": Kind.INTEGER},
        primary_key=("id",),
        foreign_keys=(
            ForeignKey(name="x", columns=("id",), table=TableName("s", "b"), referred=("id",)),
        ),
    )
    b = _table(
        "b",
        {"id": Kind.INTEGER},
        primary_key=("id",),
        foreign_keys=(
            ForeignKey(name="y", columns=("id",), table=TableName("s", "a"), referred=("id",)),
        ),
    )
    (only,) = domains(Schema(tables=(a, b))).all
    assert only.owners == only.columns
    assert only.name == "s.a.id"
