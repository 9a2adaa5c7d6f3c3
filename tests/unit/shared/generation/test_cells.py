from __future__ import annotations

from collections import Counter
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.generation.cells import MAX_CELLS, even_order, handover, span

SIZES = st.lists(st.integers(1, 9), max_size=4)


@given(sizes=SIZES, count=st.integers(1, 500))
def test_quotas_differ_by_at_most_one_and_add_up(sizes: list[int], count: int) -> None:
    cells = span(sizes, count=count)
    quotas = [quota for _, quota in cells]
    assert sum(quotas) == count
    assert min(quotas) >= 1
    assert max(quotas) - min(quotas) <= 1
    assert len(cells) == min(count, prod(sizes))


@given(sizes=SIZES, data=st.data())
def test_any_first_cells_cover_every_attribute_value_evenly(
    sizes: list[int], data: st.DataObject
) -> None:
    choices = list(even_order(sizes))
    taken = data.draw(st.integers(0, len(choices)))
    for attribute, size in enumerate(sizes):
        counts = Counter(choice[attribute] for choice in choices[:taken])
        uses = [counts[index] for index in range(size)]
        assert max(uses) - min(uses) <= 1


@given(sizes=SIZES)
def test_every_combination_occurs_once(sizes: list[int]) -> None:
    choices = list(even_order(sizes))
    assert len(choices) == len(set(choices)) == prod(sizes)


def test_without_attributes_there_is_one_cell() -> None:
    assert span([], count=7) == [((), 7)]


def test_a_billion_combinations_for_ten_values_cost_ten_cells() -> None:
    assert len(span([1000, 1000, 1000], count=10)) == 10


def test_too_many_cells_are_refused_with_the_way_out() -> None:
    with pytest.raises(InvalidRequest, match="fewer attribute values") as caught:
        span([1000, 1000], count=MAX_CELLS + 1)
    assert caught.value.field == "attributes"


@given(left=st.integers(0, 1000), quotas=st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_handover_loses_nothing_and_favours_the_emptiest(left: int, quotas: list[int]) -> None:
    gains = handover(left=left, accepted=quotas)
    assert sum(gains) == left
    assert max(gains) - min(gains) <= 1
    more = [quota for quota, gain in zip(quotas, gains, strict=True) if gain == max(gains)]
    less = [quota for quota, gain in zip(quotas, gains, strict=True) if gain < max(gains)]
    assert not less or max(more) <= min(less)
