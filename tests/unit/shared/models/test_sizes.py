from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.sizes import weights


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("134.52M", 134.52e6),
        ("1.2B", 1.2e9),
        ("8.0B", 8e9),
        ("7b", 7e9),
        ("494k", 494e3),
        ("1T", 1e12),
        (" 3B ", 3e9),
        ("8x7B", 56e9),
        ("16X1.5b", 24e9),
        ("134515008", 134515008.0),
    ],
)
def test_sizes_are_read_as_servers_write_them(said: str, count: float) -> None:
    assert weights(said) == pytest.approx(count)


@pytest.mark.parametrize(
    "said",
    [
        *(None, "", " ", "0B", "0.0", "x7B", "8x", "8xB", "B", "-7B", "7 B", "7BB", "7G", "1e9"),
        *("nan", "inf", "1,2B", "7B-instruct", "large", "٧B", "2x3x4B"),
    ],
)
def test_what_says_nothing_is_not_guessed_at(said: str | None) -> None:
    assert weights(said) is None


@given(st.text(max_size=30))
def test_whatever_a_server_says_is_a_size_or_none(said: str) -> None:
    found = weights(said)
    assert found is None or 0 < found < float("inf")
