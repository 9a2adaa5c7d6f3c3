"""Ranks are the places of values in an order that shows nothing of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.keys import ranks as module
from shared.synthesis.keys.ranks import Form, RankNeed, Ranks, build

SECRET = b"s" * 32


def _ranks(need: RankNeed, *streams: list[str], secret: bytes = SECRET) -> Ranks:
    return Ranks(need, build(need, streams, secret), secret)


def _need(**more: object) -> RankNeed:
    return RankNeed(name="key:t.id", label="key:t.id", columns=(), **more)  # type: ignore[arg-type]


@given(st.sets(st.text(max_size=10)), st.sets(st.text(max_size=10)))
def test_every_value_has_one_rank(one: set[str], other: set[str]) -> None:
    ranks = _ranks(_need(), sorted(one), sorted(other))
    values = sorted(one | other)
    assert ranks.count == len(values)
    assert sorted(ranks.find(values).tolist()) == list(range(len(values)))


@given(st.sets(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_integers_change_places_within_their_sign(numbers: set[int]) -> None:
    values = list(map(str, numbers))
    ranks = _ranks(_need(integers=True), values)
    found = ranks.find(values)
    assert sorted(found.tolist()) == list(range(len(values)))
    behind = ranks.integers_behind(found).tolist()
    assert set(behind) == numbers
    for old, new in zip(numbers, behind, strict=True):
        assert (old < 0) == (new < 0)
        alone = sum((each < 0) == (old < 0) for each in numbers) == 1
        assert (old == new) == alone


@given(st.sets(st.text(max_size=30), min_size=1))
def test_texts_change_places(texts: set[str]) -> None:
    values = sorted(texts)
    need = _need(texts=True)
    content = b"".join(build(need, [values], SECRET))
    ranks = Ranks(need, [content], SECRET)
    behind = ranks.texts_behind(ranks.find(values))
    assert set(behind) == texts
    assert len(values) == 1 or all(a != b for a, b in zip(values, behind, strict=True))
    for value in values:
        assert len(value) < 5 or value.encode() not in content


def test_an_artifact_holds_no_key_as_it_is() -> None:
    values = [str(number) for number in range(1_000, 2_000)]
    content = b"".join(build(_need(integers=True), [values], SECRET))
    numbers = set(np.frombuffer(content, "<u8", 1_000, 32).tolist())
    assert numbers.isdisjoint(range(1_000, 2_000))


def test_what_is_unknown_has_no_rank() -> None:
    assert _ranks(_need(), ["a", "b"]).find(["c", "a"]).tolist()[0] == -1
    assert (
        _ranks(_need(integers=True), ["1", "2"]).find(["3", "x", str(2**70)]).tolist() == [-1] * 3
    )
    assert _ranks(_need(), []).find(["c"]).tolist() == [-1]


def test_a_limit_is_of_distinct_values() -> None:
    many = [str(number) for number in range(100)]
    for integers in (True, False):
        need = _need(integers=integers, limit=100)
        assert _ranks(need, many, many).count == 100
        beyond = _ranks(need, many, [*many, "100"])
        assert (beyond.count, beyond.is_beyond) == (0, True)


def test_reading_stops_behind_the_limit() -> None:
    def endless() -> object:
        number = 0
        while True:
            yield str(number)
            number += 1

    need = _need(integers=True, limit=1_000)
    assert len(list(build(need, [endless()], SECRET))) == 1  # type: ignore[list-item]


def test_forms_say_which_texts_are_one() -> None:
    ranks = _ranks(_need(form=Form.NUMBER), ["5", "7.5", "100"], ["5.00", "1e2", "0.0"])
    assert ranks.count == 4
    assert len(set(ranks.find(["5", "5.0", "+5"]).tolist())) == 1
    caseless = _ranks(_need(form=Form.CASELESS), ["Ab", "aB", "c"])
    assert caseless.count == 2
    assert caseless.find(["AB"]).tolist() == caseless.find(["ab"]).tolist()


def test_two_values_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.digests

    def poor(secret: bytes, values: list[str], size: int) -> object:
        drawn = real(secret, values, size).reshape(-1, 2)
        drawn[:, 0] %= np.uint64(4)
        return drawn.ravel()

    monkeypatch.setattr(module, "digests", poor)
    values = [str(number) for number in range(100)]
    ranks = _ranks(_need(), values)
    assert sorted(ranks.find(values).tolist()) == list(range(100))


def test_an_artifact_can_be_mapped_from_a_file(tmp_path: Path) -> None:
    values = [str(number) for number in range(10_000)]
    need = _need()
    file = tmp_path / "ranks"
    one = Ranks(need, build(need, [values], SECRET), SECRET, file=file)
    again = Ranks(need, [], SECRET, file=file)
    assert one.find(values).tolist() == again.find(values).tolist()
    assert file.stat().st_mode & 0o077 == 0


def test_parts_are_of_a_bearable_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 8_000)
    values = [str(number) for number in range(10_000)]
    parts = list(build(_need(), [values], SECRET))
    assert max(map(len, parts)) <= 8_000
    assert Ranks(_need(), parts, SECRET).count == 10_000


def test_another_artifact_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of ranks"):
        Ranks(_need(), [b"x" * 100], SECRET)
