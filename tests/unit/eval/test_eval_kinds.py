"""Scorers that know right from wrong."""

from __future__ import annotations

import pytest

from tests.eval.kinds import KINDS
from tests.eval.kinds.kind import Kind

ALL = list(KINDS.values())
SORTS = ("names", "places", "words", "codes", "texts")


@pytest.mark.parametrize("kind", ALL, ids=KINDS)
def test_true_values_are_kept(kind: Kind) -> None:
    assert [value for value in kind.true if not kind.verdicts([value])[0]] == []


@pytest.mark.parametrize("kind", ALL, ids=KINDS)
def test_false_values_are_not(kind: Kind) -> None:
    assert [value for value in kind.false if kind.verdicts([value])[0]] == []


@pytest.mark.parametrize("kind", ALL, ids=KINDS)
def test_what_the_request_says_is_an_answer_to_none(kind: Kind) -> None:
    echoes = sorted(kind.echoes)
    assert echoes
    assert kind.verdicts(echoes) == [False] * len(echoes)


def test_there_are_enough_of_every_sort_to_look_at_and_to_hold_out() -> None:
    assert len(KINDS) >= 24
    for sort in SORTS:
        held_out = [kind.held_out for kind in ALL if kind.sort == sort]
        assert 3 * sum(held_out) >= len(held_out)
        assert not all(held_out)
    assert {kind.sort for kind in ALL} == set(SORTS)
