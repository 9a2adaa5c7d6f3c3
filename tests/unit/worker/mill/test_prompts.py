from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.reading import read_wish
from shared.generation.claim import Claim
from worker.mill.prompts import HEADROOM, avoid_budget, tokens, write
from worker.mill.regions import Region
from worker.models.prompt import Prompt

CLAIM = Claim(
    batch_id=1,
    focus=None,
    cell_ordinal=0,
    asked=20,
    operation_id="0" * 32,
    operation_number=1,
    trace_id="t",
    gateway_url="http://127.0.0.1:1",
    model="m",
    data_type="first name",
    attributes=(("Country", "Italy"), (None, "feminine")),
    max_value_length=20,
    filter_characters="",
    allow_duplicates=False,
    trim_values=True,
    multiline_values=False,
)
A_TO_C = Region(("A", "B", "C"))


def prompt(claim: Claim = CLAIM, **options: Any) -> Prompt:
    return write(claim, context_tokens=4096, **options)


def user_text(claim: Claim = CLAIM, **options: Any) -> str:
    return prompt(claim, **options).messages[-1]["content"]


def test_the_limits_are_said_in_words_and_in_the_schema() -> None:
    asked = prompt()
    assert "at most 20 characters" in asked.messages[-1]["content"]
    assert asked.schema["minItems"] == asked.schema["maxItems"] == 20
    assert asked.schema["items"]["maxLength"] == 20 + HEADROOM


def test_a_kind_that_is_known_to_be_short_gets_little_room() -> None:
    limit = replace(CLAIM, max_value_length=4_000)
    asked = prompt(limit, longest=60)
    assert asked.schema["items"]["maxLength"] == 60 + HEADROOM
    assert asked.num_predict < prompt(limit).num_predict
    assert prompt(longest=60).schema["items"]["maxLength"] == 20 + HEADROOM


def test_a_focus_is_said_and_where_forced_also_in_the_schema() -> None:
    assert '"A", "B" or "C"' in user_text(focus=A_TO_C)
    assert "pattern" not in prompt(focus=A_TO_C).schema["items"]
    item = prompt(focus=A_TO_C, forced=True).schema["items"]
    assert re.fullmatch(item["pattern"], "Anna")
    assert not re.fullmatch(item["pattern"], "Dora")
    # They would be ignored beside it.
    assert "maxLength" not in item


def test_several_lines_are_never_forced_into_a_pattern() -> None:
    several = replace(CLAIM, multiline_values=True)
    schema = prompt(several, focus=A_TO_C, forced=True, no_breaks=True).schema
    assert "pattern" not in schema["items"]


def test_line_breaks_are_forbidden_by_pattern_when_that_is_wanted() -> None:
    pattern = prompt(no_breaks=True).schema["items"]["pattern"]
    assert re.fullmatch(pattern, "Anna Maria")
    assert not re.fullmatch(pattern, "Anna\\nMaria")


def test_a_loose_prompt_may_end_early() -> None:
    schema = prompt(loose=True).schema
    assert (schema["minItems"], schema["maxItems"]) == (1, 20)


def test_a_loose_prompt_may_owe_some_values() -> None:
    assert prompt(loose=True, least=2).schema["minItems"] == 2
    assert prompt(loose=True, least=10**6).schema["minItems"] == prompt().schema["maxItems"]


@given(
    asked=st.integers(1, 1_000),
    length=st.integers(1, 4_000),
    context=st.sampled_from([2048, 4096, 32768]),
    multiline=st.booleans(),
    forced=st.booleans(),
    avoid=st.lists(st.text(max_size=50), max_size=20),
)
def test_schema_and_budget_stay_within_what_servers_take(
    asked: int, length: int, context: int, multiline: bool, forced: bool, avoid: list[str]
) -> None:
    claim = replace(CLAIM, asked=asked, max_value_length=length, multiline_values=multiline)
    asks = write(claim, context_tokens=context, focus=A_TO_C, forced=forced, avoid=avoid)
    numbers = [int(n) for n in re.findall(r"\d+", json.dumps(asks.schema["items"]))]
    assert max(numbers, default=0) < 2_000
    assert asks.num_ctx >= context
    assert 0 < asks.num_predict < asks.num_ctx


def test_a_value_of_4000_characters_has_the_room_it_needs() -> None:
    asks = write(
        replace(CLAIM, asked=2, max_value_length=4_000, multiline_values=True), context_tokens=2048
    )
    assert asks.num_predict >= 2 * 1_000
    assert asks.num_ctx > 2048


def test_ordinary_prompts_leave_the_window_as_it_is() -> None:
    # Another window makes a server load the model anew.
    assert prompt(replace(CLAIM, asked=50)).num_ctx == 4096
    many = prompt(replace(CLAIM, asked=1_000))
    assert many.num_ctx == 4096


def test_wide_scripts_cost_a_token_a_character() -> None:
    assert tokens("漢" * 90) >= 90
    assert tokens("a" * 90) <= 40
    assert avoid_budget(4096) == 1024


@pytest.mark.parametrize("focus", [None, A_TO_C, Region(("",), ("A", "B"))])
def test_a_simple_reader_understands(focus: Region | None) -> None:
    wish = read_wish(user_text(focus=focus, avoid=["Anna", "Bea"]))
    assert (wish.count, wish.longest, wish.one_line) == (20, 20, None)
    assert wish.avoid == {"anna", "bea"}
    assert (wish.kind.name, wish.locale, wish.gender) == ("first names", "it_IT", "female")


def test_a_simple_reader_understands_several_lines() -> None:
    wish = read_wish(user_text(replace(CLAIM, data_type="address", multiline_values=True)))
    assert wish.one_line is False
