"""Weighted draws without replacement, with and without a pattern."""

from __future__ import annotations

import random
from collections import Counter
from itertools import accumulate, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.catalogue import KINDS
from deploy.sample_model.lots import Drawing, Lot, LotKey, find_lot, matcher
from deploy.sample_model.pools import PoolKey
from deploy.sample_model.reading import Wish, read_wish
from deploy.sample_model.values import Values

ANYTHING = r'^([^"\\\x00-\x1F\x7F]|\\["\\/bfnrt])*$'
POOL = PoolKey(KINDS["first names"], "it_IT", None, 800, 0)
TRIALS = 20_000


def key(pattern: str | None, *, favourites: float = 1.0) -> LotKey:
    return LotKey(pool=POOL, favourites=favourites, lines=None, pattern=pattern)


def lot(**weights: float) -> Lot:
    return Lot(list(weights), list(accumulate(weights.values())))


def draw_all(source: Lot, seed: int, **given_: object) -> list[str]:
    taken: set[str] = set(given_.get("given", ()))  # type: ignore[call-overload]
    drawing = Drawing(
        source,
        random.Random(seed),
        given=taken,
        avoided=given_.get("avoided", frozenset()),  # type: ignore[arg-type]
        obedience=given_.get("obedience", 0.9),  # type: ignore[arg-type]
    )
    found: list[str] = []
    while (value := drawing.draw()) is not None:
        taken.add(value)
        found.append(value)
    return found


def chance_of(order: tuple[str, ...], weights: dict[str, float]) -> float:
    """That of drawing one by one in this order, each in proportion to its weight."""
    left = sum(weights.values())
    product = 1.0
    for value in order:
        product *= weights[value] / left
        left -= weights[value]
    return product


@pytest.mark.parametrize("already", [{}, {"said": 1e9}], ids=["tried", "ordered by keys"])
def test_orders_come_as_often_as_in_single_draws(already: dict[str, float]) -> None:
    weights = {"a": 4.0, "b": 2.0, "c": 1.0}
    source = lot(**already, **weights)
    rounds = Counter(tuple(draw_all(source, seed, given=already)) for seed in range(TRIALS))
    for order in permutations(weights):
        expected = TRIALS * chance_of(order, weights)
        assert rounds[order] == pytest.approx(expected, abs=5 * expected**0.5)


def test_favourites_follow_zipf() -> None:
    source = find_lot(key(None))
    firsts: Counter[str | None] = Counter()
    for seed in range(TRIALS):
        drawing = Drawing(
            source, random.Random(seed), given=set(), avoided=frozenset(), obedience=1
        )
        firsts[drawing.draw()] += 1
    total = sum(1 / rank for rank in range(1, len(source.values) + 1))
    for rank in (1, 2, 4, 8):
        expected = TRIALS / rank / total
        assert firsts[source.values[rank - 1]] == pytest.approx(expected, abs=5 * expected**0.5)


@given(st.integers(1, 60), st.integers(0, 60), st.integers())
def test_all_is_drawn_and_nothing_twice(size: int, already: int, seed: int) -> None:
    values = {f"v{rank}": 1 / (rank + 1) for rank in range(size)}
    given_ = set(list(values)[:already])
    found = draw_all(lot(**values), seed, given=given_)
    assert len(found) == len(set(found))
    assert set(found) == values.keys() - given_


EQUAL = {f"v{rank}": 1.0 for rank in range(1000)}
UNWANTED = frozenset(list(EQUAL)[::2])


@pytest.mark.parametrize("obedience", [1, 0.9, 0.5, 0])
def test_obedience_is_the_chance_to_pass_over_an_unwanted_value(obedience: float) -> None:
    found = draw_all(lot(**EQUAL), 1, avoided=UNWANTED, obedience=obedience)[:300]
    share = len(UNWANTED.intersection(found)) / 300
    assert share == pytest.approx((1 - obedience) / (2 - obedience), abs=0.06)


def test_all_that_is_wanted_is_found_whatever_is_not() -> None:
    found = set(draw_all(lot(**EQUAL), 1, avoided=UNWANTED, obedience=1))
    assert found == EQUAL.keys() - UNWANTED
    found = set(draw_all(lot(**EQUAL), 1, avoided=UNWANTED, obedience=0.9))
    assert EQUAL.keys() - UNWANTED < found < EQUAL.keys()


def test_a_pattern_that_all_match_changes_nothing() -> None:
    assert find_lot(key(ANYTHING)) == find_lot(key(None))


def test_a_pattern_leaves_the_weights_of_what_matches() -> None:
    whole, some = find_lot(key(None)), find_lot(key("^A[^ ]*$"))
    assert some.values == [v for v in whole.values if v.startswith("A") and " " not in v]
    weights = {value: whole.weight(index) for index, value in enumerate(whole.values)}
    for index, value in enumerate(some.values):
        assert some.weight(index) == pytest.approx(weights[value])


def test_a_pattern_speaks_of_the_raw_text() -> None:
    assert matcher(r"^a\\nb$")("a\nb")
    assert not matcher(r'^[^"\\]*$')('say "a"')
    assert matcher("^ü.$")("üß")


# --- whole answers ---------------------------------------------------------------------------


def wish(text: str = "Give me 20 Italian first names") -> Wish:
    return read_wish(text)


@pytest.mark.parametrize("knobs", [{}, {"vocabulary": 90}, {"favourites": 1.1}, {"greedy": True}])
def test_the_same_chance_gives_the_same_values_under_a_pattern_that_all_match(
    knobs: dict[str, float],
) -> None:
    def say(pattern: str | None) -> list[str | None]:
        source = Values(wish(), random.Random(4), **knobs)  # type: ignore[arg-type]
        return [source.text(pattern=pattern, new=True) for _ in range(80)]

    assert say(ANYTHING) == say(None)


def test_an_endless_vocabulary_stays_itself_under_a_pattern() -> None:
    free = Values(wish(), random.Random(1))
    everyone = set(free.fresh(3000))
    bound = Values(wish(), random.Random(2))
    found = [bound.text(pattern="^M[^ ]*$", new=True) for _ in range(40)]
    assert all(value is not None and value.startswith("M") for value in found)
    assert len(everyone.intersection(found)) > 30  # type: ignore[arg-type]


def test_favourites_stay_favourites_under_a_pattern() -> None:
    firsts: Counter[str | None] = Counter()
    for seed in range(3000):
        source = Values(wish(), random.Random(seed), favourites=1.0, vocabulary=800)
        firsts[source.text(pattern="^[AM].*$", new=True)] += 1
    matching = find_lot(key("^[AM].*$"))
    expected = 3000 * matching.weight(0) / matching.cumulated[-1]
    assert firsts[matching.values[0]] == pytest.approx(expected, abs=5 * expected**0.5)
    assert expected > 5 * 3000 / len(matching.values)  # it is a favourite indeed


def test_when_nothing_matches_it_mostly_stops_and_else_babbles() -> None:
    ends: Counter[bool] = Counter()
    for seed in range(400):
        source = Values(wish(), random.Random(seed), vocabulary=50)
        value = source.text(pattern="^QX[0-9]{4}$", new=True)
        ends[value is None] += 1
        assert value is None or value.startswith("QX")
        forced = source.text(pattern="^QX[0-9]{4}$", new=False)
        assert forced is not None
        assert forced.startswith("QX")
    assert ends[True] > 300
    assert ends[False] > 10
