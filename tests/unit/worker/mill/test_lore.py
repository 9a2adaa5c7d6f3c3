from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.mill.lore import Lore, Ratio
from worker.mill.regions import Region

ANSWERS = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0, 100), st.booleans()), min_size=1, max_size=30
)


@given(answers=ANSWERS)
def test_a_ratio_is_all_that_came_by_what_ran_dry(
    answers: list[tuple[float, float, bool]],
) -> None:
    ratio = Ratio(15.0, weight=4.0)
    for new, known, dry in answers:
        ratio.learn(new=new, known=known, dry=dry)
    came = sum(new for new, _, _ in answers)
    dried = sum(known for _, known, dry in answers if dry)
    assert ratio.value == pytest.approx((60 + came) / (4 + dried))


def test_full_answers_raise_a_ratio_and_dry_ones_bring_it_to_what_they_show() -> None:
    ratio = Ratio(15.0, weight=4.0)
    ratio.learn(new=50, known=1, dry=False)
    assert ratio.value > 15
    for _ in range(200):
        ratio.learn(new=6, known=2, dry=True)
    assert ratio.value == pytest.approx(3, rel=0.15)


def test_a_place_that_was_tried_holds_no_more_than_is_known_of_it() -> None:
    lore = Lore(quota=2_000)
    lore.learn_known(f"{a}{b}" for a in "ABCD" for b in "aeiou")
    focus = Region(("A",))
    lore.learn_answer(
        focus=focus, asked=40, said=[f"A{n:02}" for n in range(40)], fresh=40, excluded=()
    )
    tried = [leaf for leaf in lore.partition().leaves if leaf.tried and not leaf.region.but]
    assert tried
    assert all(lore.hoped(leaf) <= len(leaf.values) for leaf in tried)
    assert any(
        lore.hoped(leaf) > len(leaf.values) for leaf in lore.partition().leaves if not leaf.tried
    )
