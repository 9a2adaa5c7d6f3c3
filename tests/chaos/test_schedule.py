"""The schedule of a chaos run: the same for the same seed, and enough of everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.faults import FAULTS
from tests.chaos.schedule import FULL, KINDS, plan


def test_every_kind_of_fault_can_be_done() -> None:
    assert KINDS.keys() == FAULTS.keys()


@given(st.integers(), st.floats(5, 500))
def test_the_same_seed_gives_the_same_faults(seed: int, seconds: float) -> None:
    events = plan(seed=seed, seconds=seconds)
    assert events == plan(seed=seed, seconds=seconds)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {name for name, kind in KINDS.items() if kind.always} <= {e.kind for e in events}


def test_ten_full_runs_strike_as_often_as_the_promises_say() -> None:
    struck = [event.kind for seed in range(10) for event in plan(seed=seed, seconds=FULL)]
    killed = {"kill worker": 1, "kill all workers": 3, "kill API": 1, "kill gateway": 1}
    assert sum(killed.get(kind, 0) for kind in struck) >= 200
    assert struck.count("restart PostgreSQL at once") >= 10
    assert struck.count("flush Redis") >= 10
