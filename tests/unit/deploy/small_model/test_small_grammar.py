"""The small model's grammars, as llama.cpp reads them: what Ollama takes, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.small_model.grammar import BadFormat, make_grammar
from deploy.small_model.pattern import BadPattern, translate


def rules(form: Any) -> dict[str, str]:
    grammar = make_grammar(form)
    assert grammar
    pairs = (line.partition(" ::= ") for line in grammar.splitlines())
    return {name: rule for name, _, rule in pairs}


def root(form: Any) -> str:
    """The root with the names of what is made for this schema put back."""
    found = rules(form)
    text = found["root"]
    for name in sorted((name for name in found if name.startswith("rule-")), reverse=True):
        text = text.replace(name, found[name])
    return text


@pytest.mark.parametrize("form", [None, ""])
def test_without_a_format_there_is_no_grammar(form: Any) -> None:
    assert make_grammar(form) is None


def test_json_means_an_object() -> None:
    assert rules("json")["root"] == "object"


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({}, "value"),
        ({"type": "string"}, "string"),
        ({"type": "string", "maxLength": 20}, r'"\"" char{0,20} "\"" space'),
        ({"type": "string", "minLength": 3}, r'"\"" char{3,} "\"" space'),
        ({"type": "string", "maxLength": 2001}, "string"),
        ({"type": "string", "format": "date"}, r'"\"" date "\"" space'),
        ({"enum": ["a", 'say "b"', 3]}, r'("\"a\"" | "\"say \\\"b\\\"\"" | "3") space'),
        ({"const": None}, '"null" space'),
        ({"type": ["integer", "null"]}, "(integer | null)"),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "(string | number)"),
        ({"type": "array"}, '"[" space (value ("," space value){0,})? "]" space'),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 5},
            '"[" space string ("," space string){1,4} "]" space',
        ),
        (
            {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            '"[" space (string ("," space string){0,2})? "]" space',
        ),
        ({"type": "array", "maxItems": 0}, '"[" space "]" space'),
        ({"prefixItems": [{"type": "null"}, {}]}, '"[" space null "," space value "]" space'),
        ({"type": "object"}, "object"),
        (
            {"properties": {"b": {"type": "null"}, "a": {}}, "required": ["a", "b"]},
            r'"{" space "\"b\"" space ":" space null "," space "\"a\"" space ":" space value '
            '"}" space',
        ),
        (
            {"properties": {"a": {}, "b": {}}},
            r'"{" space ("\"a\"" space ":" space value ("," space "\"b\"" space ":" space value)? '
            r'| "\"b\"" space ":" space value)? "}" space',
        ),
    ],
)
def test_a_schema_becomes_a_rule(schema: dict[str, Any], rule: str) -> None:
    assert root(schema) == rule


def test_what_is_repeated_is_a_rule_of_its_own() -> None:
    found = rules({"type": "array", "items": {"type": "string", "maxLength": 9}, "minItems": 200})
    assert found["root"] == '"[" space rule-0 ("," space rule-0){199,} "]" space'


def test_a_schema_may_speak_of_itself() -> None:
    schema = {
        "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
        "$ref": "#/$defs/tree",
    }
    found = rules(schema)
    assert found["root"] == "ref-0"
    assert "ref-0" in {*found["ref-0"].split(), *found.get("rule-0", "").split()}


@pytest.mark.parametrize(
    "form",
    [
        "xml",
        ["json"],
        3,
        {"type": "text"},
        {"type": "string", "maxLength": 2000},
        {"type": "string", "maxLength": -1},
        {"type": "string", "maxLength": "9"},
        {"type": "array", "minItems": 3, "maxItems": 2},
        {"type": "string", "pattern": "unanchored"},
        {"$ref": "#/$defs/missing"},
        {"anyOf": []},
        {"type": "object", "properties": ["a"]},
    ],
)
def test_what_ollama_refuses_is_refused(form: Any) -> None:
    with pytest.raises(BadFormat):
        make_grammar(form)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("^abc$", '"a" "b" "c"'),
        ("^$", '""'),
        ("^a|b$", '"a" | "b"'),
        ("^a|$", '"a" | ""'),
        ("^(ab)+c?$", '("a" "b")+ "c"?'),
        ("^(?:a|b)*$", '("a" | "b")*'),
        ('^[A-Z][^"\\\\]{2,5}$', '[A-Z] [^"\\\\]{2,5}'),
        ("^x{3}y{2,}z{,4}$", '"x"{3} "y"{2,} "z"{0,4}'),
        (r"^\.\(.$", r'"." "(" [^\x0A\x0D]'),
        ('^ü"$', r'"ü" "\""'),
        # Whatever llama.cpp does not know is left for it to refuse.
        (r"^\d$", r'"\d"'),
        (r"^[\w]$", r"[\w]"),
    ],
)
def test_a_pattern_becomes_a_rule(pattern: str, rule: str) -> None:
    assert translate(pattern) == rule


def test_looking_around_constrains_nothing() -> None:
    assert translate("^(?=a)b$") is None
    assert rules({"pattern": "^(?!a)b$"})["root"] == "string"


@pytest.mark.parametrize("pattern", ["abc", "^abc", "abc$", "^", "", "^(a$", "^a)$", "^[a$"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        translate(pattern)
