"""What lists are worth, and the tables that say so."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from tests.eval import page
from tests.eval.kinds import KINDS
from tests.eval.meter import Answer
from tests.eval.refusals import Refusals
from tests.eval.run import Outcome, Run, as_json
from tests.eval.score import score, together
from tests.eval.sides import Limits, Made

KIND = replace(KINDS["german_first_names"], count=4)
GOOD = Made(
    values=["Karl", "Jürgen", "KARL", "15,"],
    seconds=2.0,
    end="all",
    answers=[Answer("Names?", "[...]", output_tokens=40, prompt_tokens=7, whole=True)],
)
NONE = Made(values=[], seconds=10.0, end="time", answers=[])


def test_a_value_counts_once_and_junk_not_at_all() -> None:
    found = score(KIND, GOOD)
    assert (found.values, found.plausible, found.complete) == (4, 2, 1)
    assert found.junk == {"repeat": 1, "counting": 1}
    assert (found.share, found.per_100_tokens, found.per_second) == (0.5, 5.0, 1.0)


def test_nothing_is_worth_nothing() -> None:
    found = score(KIND, NONE)
    assert (found.share, found.per_100_tokens, found.per_second) == (0, 0, 0)
    assert not found.complete


def test_together_each_value_token_and_second_counts_alike() -> None:
    found = together([score(KIND, GOOD), score(KIND, NONE)])
    assert (found.share, found.per_100_tokens) == (0.5, 5.0)
    assert round(found.per_second, 3) == round(2 / 12, 3)
    assert found.wanted == 8


def test_tables_show_both_sides_and_the_record_every_value() -> None:
    outcome = Outcome(
        kind=KIND,
        service=score(KIND, GOOD),
        loop=score(KIND, NONE),
        made={"service": GOOD, "loop": NONE},
        refusals=Refusals(50, Counter(empty=1)),
    )
    done = Run(
        model="some",
        label="",
        day="2026-11-26",
        machine="2 cores",
        limits=Limits(seconds=10, output_tokens=100),
        slots=2,
        settings={},
        seconds=12.0,
        outcomes=[outcome],
    )
    text = page.whole(done)
    assert "| `german_first_names` |  | 4 | 4, 0 | 0.50, 0.00 |" in text
    assert "| counting | 1 | 0 |" in text
    assert "False refusals: 1 of 50 true values (2.00%): 1 empty" in text
    record = json.loads(as_json(done))["kinds"][0]["service"]
    assert record["values"] == ["Karl", "Jürgen", "NO: KARL", "NO: 15,"]


def test_the_page_has_a_place_for_them() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.index("<!-- eval -->") < text.index("<!-- end of eval -->")


def test_a_meter_counts_pieces_until_the_server_says_better() -> None:
    answer = Answer("Names?")
    for piece in ("[", '"Karl"', "]"):
        answer.hear(json.dumps({"message": {"content": piece}}).encode())
    assert (answer.text, answer.output_tokens, answer.whole) == ('["Karl"]', 3, False)
    answer.hear(
        b'{"message": {"content": ""}, "done": true, "eval_count": 5, "prompt_eval_count": 9}'
    )
    assert (answer.output_tokens, answer.prompt_tokens, answer.whole) == (5, 9, True)
    answer.hear(b"no JSON")
