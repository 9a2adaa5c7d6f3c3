"""Text forced through a schema always conforms to it."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.answer import Question, compose
from deploy.sample_model.grammar import BadFormat, check_format
from deploy.sample_model.knobs import Knobs

ASK = "Give me 12 different first names. Nationality: Italian"


def answer(form: Any, *, text: str = ASK, seed: int | None = 1, **knobs: Any) -> Any:
    tokens = compose(Question(text=text, form=form, seed=seed), Knobs(**knobs)).tokens
    return json.loads("".join(tokens))


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    kinds = ["string", "pattern"]
    match draw(st.sampled_from([*kinds, "array", "object"] if depth else kinds)):
        case "string":
            least = draw(st.integers(0, 12))
            return {
                "type": "string",
                "minLength": least,
                "maxLength": least + draw(st.integers(0, 9)),
            }
        case "pattern":
            pattern = draw(st.sampled_from(["^[A-Z]{2}-[0-9]{3}$", "^M[a-z]{1,9}$", "^(ab|cd)+$"]))
            return {"type": "string", "pattern": pattern}
        case "array":
            least = draw(st.integers(0, 4))
            most = least + draw(st.integers(0, 4))
            items = draw(schemas(depth - 1))
            return {"type": "array", "items": items, "minItems": least, "maxItems": most}
    names = draw(st.lists(st.sampled_from(["values", "a", "city", "n"]), unique=True, min_size=1))
    properties = {name: draw(schemas(depth - 1)) for name in names}
    return {"type": "object", "properties": properties, "required": names}


def conforms(value: Any, schema: dict[str, Any]) -> bool:
    match schema["type"]:
        case "string" if "pattern" in schema:
            return re.fullmatch(schema["pattern"], value) is not None
        case "string":
            return schema["minLength"] <= len(value) <= schema["maxLength"]
        case "array":
            fits = schema["minItems"] <= len(value) <= schema["maxItems"]
            return fits and all(conforms(item, schema["items"]) for item in value)
    named = schema["properties"]
    return set(value) == set(named) and all(conforms(value[n], named[n]) for n in named)


@given(schemas(), st.integers(0, 2**31))
def test_the_answer_conforms_to_its_schema(schema: dict[str, Any], seed: int) -> None:
    value = answer(schema, seed=seed)
    assert conforms(value, schema), (schema, value)


def strings(**items: Any) -> dict[str, Any]:
    count = {k: items.pop(k) for k in ("minItems", "maxItems") if k in items}
    return {"type": "array", "items": {"type": "string", **items}, **count}


def test_the_count_comes_from_the_schema_then_from_the_text_then_is_ten() -> None:
    assert len(answer(strings(minItems=7, maxItems=7))) == 7
    assert len(answer(strings(maxItems=5))) == 5
    assert len(answer(strings(minItems=1, maxItems=50))) == 12
    assert len(answer(strings())) == 12
    assert len(answer(strings(), text="Italian first names")) == 10


def test_a_list_may_stand_inside_an_object() -> None:
    schema = {"type": "object", "properties": {"values": strings(minItems=3, maxItems=3)}}
    value = answer(schema)
    assert list(value) == ["values"]
    assert len(set(value["values"])) == 3


def test_a_string_is_cut_at_its_limit() -> None:
    found = answer(strings(maxLength=3, minItems=30, maxItems=30))
    assert {len(name) for name in found} <= {2, 3}


def test_a_pattern_prefers_what_the_catalogue_has_and_overrides_lengths() -> None:
    names = answer(strings(pattern='^M[^"\\\\]{0,20}$', maxLength=2, minItems=5, maxItems=5))
    everyone = set(answer(strings(minItems=1500, maxItems=1500), text="1500 Italian first names"))
    assert len(set(names)) == 5
    assert all(name.startswith("M") and len(name) > 2 for name in names)
    assert set(names) & everyone


def test_a_pattern_that_the_catalogue_never_matches_is_made_up() -> None:
    names = answer(strings(pattern="^QX[0-9]{4}$", minItems=9, maxItems=9))
    assert all(re.fullmatch("QX[0-9]{4}", name) for name in names)


def test_it_babbles_when_forced_beyond_what_it_knows_and_stops_when_it_may() -> None:
    ask = "Give me 30 planets"
    forced = answer(strings(minItems=30, maxItems=30), text=ask)
    assert len(forced) == 30
    assert len(set(forced)) == 8
    free = answer(strings(minItems=1, maxItems=30), text=ask)
    assert sorted(free) == sorted(set(forced))


def nested(depth: int) -> dict[str, Any]:
    return {"type": "array", "items": nested(depth - 1)} if depth else {"type": "string"}


def test_json_mode_gives_an_object() -> None:
    value = answer("json")
    assert len(value["values"]) == 12


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("xml", "invalid format"),
        (strings(maxLength=2000), "repetitions"),
        (strings(minItems=2000), "repetitions"),
        (strings(pattern="abc"), "must start with"),
        (strings(pattern="^a{1,2000}$"), "repetitions"),
        (strings(pattern=r"^(?=a)b$"), "Unsupported"),
        (strings(pattern=r"^\p{L}$"), "Unsupported"),
        ({"type": "text"}, "unrecognized type"),
        ({"type": "array", "items": {"$ref": "#"}}, "knows no"),
        (nested(20), "deep"),
        (strings(minItems=3, maxItems=2), "above"),
    ],
)
def test_a_format_that_is_no_grammar_is_refused(form: Any, word: str) -> None:
    with pytest.raises(BadFormat, match=word):
        check_format(form)


def test_chance_is_not_shared_between_answers() -> None:
    random.seed(1)
    first = answer(strings(), seed=None)
    random.seed(1)
    assert answer(strings(), seed=None) != first
