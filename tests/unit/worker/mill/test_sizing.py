from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.generation.outlook import Outlook, UnderWay
from worker.mill.sizing import ANSWER_SHARE, LONGEST_SECONDS, Speed, batch_size, tokens_per_value

GPU, CPU = "http://gpu", "http://cpu"

SPEEDS = st.builds(
    Speed,
    tokens_per_second=st.none() | st.floats(0.5, 100_000),
    first_token_seconds=st.none() | st.floats(0, 100),
)


def outlook(**changes: Any) -> Outlook:
    """Much to do, 5 tokens a value, one server of 4 slots."""
    facts: dict[str, Any] = {
        "operation_number": 1,
        "requested_count": 1000,
        "open_count": 1000,
        "under_way": [],
        "output_tokens": 5000,
        "values_said": 1000,
        "prompts": 50,
        "max_value_length": 20,
        "multiline_values": False,
        "allow_duplicates": False,
        "breaks_lines": False,
        "data_type": "name",
        "model": "m",
        "gateway_url": GPU,
        "slots": {GPU: 4},
        "free_slots": 1,
        "cell_ordinal": 0,
        "cell_open_count": 1000,
        "cell_quota": 1000,
        "cell_distinct": 0,
        "cell_said": 0,
        "cell_said_again": 0,
        "beside": [],
    }
    return Outlook(**{**facts, **changes})


def size(seen: Outlook, *, max_values: int = 1000, **speeds: Speed) -> int:
    by_url = {{"gpu": GPU, "cpu": CPU}[name]: speed for name, speed in speeds.items()}
    return batch_size(seen, speeds=by_url, max_values=max_values, context_tokens=4096)


def speed(tokens: float, first: float = 0.01) -> Speed:
    return Speed(tokens_per_second=tokens, first_token_seconds=first)


@given(
    left=st.integers(1, 10**7),
    under_way=st.lists(
        st.builds(
            UnderWay,
            gateway_url=st.sampled_from([GPU, CPU]),
            stored=st.integers(0, 100),
            asked=st.integers(1, 100),
            age=st.floats(0, 1000),
        ),
        max_size=5,
    ),
    free=st.integers(1, 64),
    length=st.integers(1, 4000),
    tokens=st.integers(0, 10**6),
    said=st.integers(0, 10**5),
    slots=st.dictionaries(st.sampled_from([GPU, CPU]), st.integers(1, 64), min_size=1),
    speeds=st.dictionaries(st.sampled_from([GPU, CPU]), SPEEDS),
    most=st.integers(1, 500),
)
def test_a_batch_has_a_value_and_fits_the_context(
    left: int,
    under_way: list[UnderWay],
    free: int,
    length: int,
    tokens: int,
    said: int,
    slots: dict[str, int],
    speeds: dict[str, Speed],
    most: int,
) -> None:
    seen = outlook(
        open_count=left,
        under_way=under_way,
        max_value_length=length,
        output_tokens=tokens,
        values_said=said,
        slots=slots,
        free_slots=free,
        gateway_url=next(iter(slots)),
    )
    asked = batch_size(seen, speeds=speeds, max_values=most, context_tokens=4096)
    assert 1 <= asked <= most
    assert asked == 1 or asked * tokens_per_value(seen) <= 4096 * ANSWER_SHARE


def test_an_unknown_server_gets_a_small_batch_first() -> None:
    assert size(outlook()) < size(outlook(), gpu=speed(1000))


def at_work(asked: int, *, age: float = 0.0) -> UnderWay:
    return UnderWay(gateway_url=GPU, stored=0, asked=asked, age=age)


def test_with_much_to_do_an_answer_spreads_the_cost_of_its_prompt() -> None:
    # 20 values a second: 3 seconds at least; 0.2 s of prompt want 5 s of answer.
    assert size(outlook(open_count=10**6), gpu=speed(100)) == 60
    assert size(outlook(open_count=10**6), gpu=speed(100, first=0.2)) == 100
    assert size(outlook(open_count=10**6), gpu=speed(100, first=60)) == 20 * LONGEST_SECONDS


def test_the_last_values_are_spread_over_the_slots() -> None:
    assert size(outlook(open_count=60), gpu=speed(100)) == 15
    # Whoever comes later counts what the others are at.
    assert size(outlook(open_count=15, under_way=[at_work(15)] * 3), gpu=speed(100)) == 15


def test_what_others_have_said_by_now_is_not_counted_though_not_reported_yet() -> None:
    # In half a second they have said ten of their fifteen.
    others = [at_work(15, age=0.51)] * 3
    assert size(outlook(open_count=15, under_way=others), gpu=speed(100)) == 9


def test_the_last_to_come_finds_as_much_as_the_first() -> None:
    seen = outlook(open_count=20, under_way=[at_work(6)] * 2, free_slots=4, slots={GPU: 6})
    assert size(seen, gpu=speed(100)) == 5


def test_the_rounds_of_an_operation_are_equal() -> None:
    # 61 values for each slot are not 60 and then 1.
    assert size(outlook(open_count=244), gpu=speed(100)) == 31


def test_servers_finish_together_each_by_its_speed() -> None:
    both = outlook(open_count=100, slots={GPU: 4, CPU: 4})
    asked = size(both, gpu=speed(100), cpu=speed(25))
    slow = size(
        outlook(open_count=100, slots={GPU: 4, CPU: 4}, gateway_url=CPU),
        gpu=speed(100),
        cpu=speed(25),
    )
    assert (asked, slow) == (20, 5)


def test_a_few_values_are_not_worth_a_costly_prompt_each() -> None:
    seen = outlook(open_count=8, slots={GPU: 8}, free_slots=8)
    assert size(seen, gpu=speed(100)) == 1
    assert size(seen, gpu=speed(100, first=0.2)) == 4


def test_long_values_come_a_few_at_a_time() -> None:
    seen = outlook(max_value_length=4000, output_tokens=100_000, values_said=100)
    assert size(seen, gpu=speed(1000)) == 2
