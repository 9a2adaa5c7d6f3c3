"""What each lever does, told by what is missing without it. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from shared.db.engine import Database
from shared.looks import LEVERS
from shared.settings import Settings
from tests.unit.worker.mill.test_prompts import CLAIM
from tests.unit.worker.mill.test_sizing import outlook
from worker.mill.arms import Arm
from worker.mill.books import Books
from worker.mill.planner import Planned, Planner
from worker.mill.strategy import Plan
from worker.mill.words import MOST_EXAMPLES

PLAIN = Planned(plan=Plan(asked=20))


@contextmanager
def planner(*, without: str = "") -> Iterator[Planner]:
    settings = Settings(
        database_url="",
        broker_url="",
        secret_key="",
        levers=tuple(each for each in LEVERS if each != without),
    )
    with Database("postgresql://nobody@127.0.0.1:9/none") as nowhere:
        yield Planner(settings, nowhere, worker="w")


@pytest.mark.parametrize(("without", "examples"), [("", MOST_EXAMPLES), ("example", 0)])
def test_examples(without: str, examples: int) -> None:
    with planner(without=without) as planned:
        assert len(planned.write(CLAIM, PLAIN).messages) == 2 + 2 * examples


@pytest.mark.parametrize(("without", "forced"), [("", True), ("forms", False)])
def test_forms(without: str, forced: bool) -> None:
    date = replace(CLAIM, data_type="ISO date")
    with planner(without=without) as planned:
        assert ("pattern" in planned.write(date, PLAIN).schema["items"]) is forced


@pytest.mark.parametrize(("without", "roomy"), [("", False), ("lengths", True)])
def test_lengths(without: str, roomy: bool) -> None:
    generous = replace(CLAIM, max_value_length=1_900)
    with planner(without=without) as planned:
        room = planned.write(generous, PLAIN).schema["items"]["maxLength"]
        assert (room > 1_900) is roomy


@pytest.mark.parametrize(("without", "watched"), [("", True), ("stall", False)])
def test_stalls(without: str, watched: bool) -> None:
    with planner(without=without) as planned:
        assert (planned.stall(CLAIM, PLAIN) is not None) is watched


@pytest.mark.parametrize(("without", "loose"), [("", True), ("early_end", False)])
def test_early_ends(without: str, loose: bool) -> None:
    with planner(without=without) as planned:
        made = planned.plan(outlook(), {})
        assert made is not None
        assert made.plan.loose is loose


@pytest.mark.parametrize(("without", "arm"), [("", Arm.REWORDED), ("arms", Arm.PLAIN)])
def test_arms(without: str, arm: Arm) -> None:
    """Where plain prompts bring nothing fit, and others all that they say."""
    kind = replace(CLAIM, data_type=outlook().data_type)
    with planner(without=without) as planned:
        for each, fit in ((Arm.PLAIN, 0), (Arm.REWORDED, 500), (Arm.COOL, 0)):
            planned.books.learn(kind, each, said=500, fit=["v"] * fit, fresh=fit, tokens=2_000)
        made = planned.plan(outlook(), {})
        assert made is not None
        assert made.plan.arm is arm


@pytest.mark.parametrize(("without", "mended"), [("", True), ("check_digits", False)])
def test_check_digits(without: str, mended: bool) -> None:
    with planner(without=without) as planned:
        assert (planned.mend(replace(CLAIM, data_type="IBAN")) is not None) is mended
        assert planned.mend(CLAIM) is None


@pytest.mark.parametrize(("size", "usual"), [(135e6, "Write a list"), (8e9, "Give me")])
def test_words_go_by_the_size_of_the_model(size: float, usual: str) -> None:
    with planner() as planned:
        planned.books = Books(lambda _: size)
        for arm in (Arm.PLAIN, Arm.REWORDED):
            asked = planned.write(CLAIM, Planned(plan=Plan(asked=20, arm=arm))).messages[-1]
            assert (usual in asked["content"]) is (arm is Arm.PLAIN)
