from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.db.claims import Outlook
from worker.mill.sizing import ANSWER_CHARACTERS, batch_size

OUTLOOKS = st.builds(
    Outlook,
    open_count=st.integers(1, 10**6),
    max_value_length=st.integers(1, 4000),
    free_slots=st.integers(1, 64),
    total_slots=st.integers(1, 64),
)


def outlook(**changes: int) -> Outlook:
    facts = {"open_count": 1000, "max_value_length": 20, "free_slots": 4, "total_slots": 4}
    return Outlook(**{**facts, **changes})


@given(outlook=OUTLOOKS, most=st.integers(1, 100))
def test_a_batch_has_a_value_and_fits_the_answer(outlook: Outlook, most: int) -> None:
    size = batch_size(outlook, max_values=most)
    assert 1 <= size <= most
    assert size == 1 or size * outlook.max_value_length <= ANSWER_CHARACTERS


def test_with_much_to_do_batches_are_full() -> None:
    assert batch_size(outlook(), max_values=20) == 20


def test_near_the_end_the_slots_share() -> None:
    assert batch_size(outlook(open_count=40), max_values=20) == 10


def test_long_values_come_a_few_at_a_time() -> None:
    assert batch_size(outlook(max_value_length=4000), max_values=20) == 2
