"""Permutations are one to one, whatever the size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.keys.integers import Tiers
from shared.synthesis.keys.permutation import BigPermutation, Permutation

SECRET = b"s" * 32


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 4_096, 4_097, 5_000, 65_536, 100_003])
def test_each_number_comes_out_once(size: int) -> None:
    permutation = Permutation(size, SECRET, "some")
    numbers = np.arange(size, dtype=np.uint64)
    drawn = permutation(numbers)
    assert sorted(drawn.tolist()) == numbers.tolist()
    assert permutation.inverse(drawn).tolist() == numbers.tolist()


@given(size=st.integers(1, 2**64), drawn=st.data())
def test_any_size_goes_back(size: int, drawn: st.DataObject) -> None:
    number = drawn.draw(st.integers(0, size - 1))
    permutation = Permutation(size, SECRET)
    moved = permutation(np.array([number], np.uint64))
    assert int(moved[0]) < size
    assert permutation.inverse(moved).tolist() == [number]


def test_other_secrets_and_names_give_other_permutations() -> None:
    numbers = np.arange(1_000_000, 1_000_100, dtype=np.uint64)
    one = Permutation(2**40, SECRET, "a")(numbers)
    assert (one != Permutation(2**40, b"t" * 32, "a")(numbers)).all()
    assert (one != Permutation(2**40, SECRET, "b")(numbers)).all()


@pytest.mark.parametrize("size", [1, 2, 1_000, 1_025])
def test_large_ranges_are_permuted_too(size: int) -> None:
    permutation = BigPermutation(size, SECRET)
    assert sorted(map(permutation, range(size))) == list(range(size))


def test_a_permutation_is_made_of_sizes_that_fit() -> None:
    with pytest.raises(ValueError, match="no permutation"):
        Permutation(2**64 + 1, SECRET)


def test_all_of_a_small_type_keep_sign_and_zero() -> None:
    numbers = np.arange(-32_768, 32_768, dtype=np.int64)
    drawn = Tiers(SECRET, lowest=[-32_768], highest=[32_767], keep=[77, -5])(numbers)
    assert sorted(drawn.tolist()) == numbers.tolist()
    assert (np.sign(drawn) == np.sign(numbers)).all()
    for kept in (0, 77, -5):
        assert drawn[kept + 32_768] == kept
    assert (drawn == numbers).sum() < 20


@given(
    number=st.one_of(
        st.integers(-(2**63), 2**63 - 1),
        st.sampled_from([edge + by for edge in (0, 2**15, 2**31, 2**53) for by in (-2, -1, 0, 1)]),
    ),
)
def test_what_fits_the_narrowest_type_goes_on_to_fit_it(number: int) -> None:
    tiers = Tiers(
        SECRET, lowest=[-(2**63), -(2**31), -(2**15)], highest=[2**15 - 1, 2**31 - 1, 2**63 - 1]
    )
    moved = int(tiers(np.array([number], np.int64))[0])
    for bits in (15, 31, 63):
        assert (-(2**bits) <= number < 2**bits) == (-(2**bits) <= moved < 2**bits)
    assert (moved > 0, moved < 0) == (number > 0, number < 0)
    assert tiers.one(number) == moved


@given(st.sets(st.integers(2**63, 2**64), min_size=2, max_size=50))
def test_numbers_of_more_than_64_bits_stay_apart_and_of_their_length(numbers: set[int]) -> None:
    tiers = Tiers(SECRET, highest=[10**38 - 1], lowest=[-(10**38) + 1])
    drawn = {tiers.one(number) for number in numbers}
    assert len(drawn) == len(numbers)
    assert all(2**63 <= each < 10**20 for each in drawn)
