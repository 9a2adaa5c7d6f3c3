"""True values that the scorers have to keep, by the hundred."""

from __future__ import annotations

import pytest

from tests.eval.kinds import KINDS
from tests.eval.kinds.kind import Kind
from tests.eval.truths import truths

#: Faker invents, and our lists hold what goes by another word too.
LEAST = 0.97


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_scorer_keeps_nearly_all_that_is_true(kind: Kind) -> None:
    values = truths(kind)
    assert len(values) >= 20
    refused = [value for value in values if not kind.verdicts([value])[0]]
    assert len(refused) <= (1 - LEAST) * len(values), refused


def test_they_are_the_same_each_time() -> None:
    kind = KINDS["companies"]
    assert truths(kind) == truths(kind)
