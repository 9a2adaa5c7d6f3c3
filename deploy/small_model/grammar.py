"""JSON schemas as llama.cpp's grammars (GBNF), as Ollama makes them of ``format``.

Written here, because the llama.cpp of the wheel has another engine for schemas, with other limits
and other white space. Of a schema it keeps what Ollama keeps, but for the bounds of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.small_model.pattern import BadPattern, literal, translate

#: Longest bound of a string that a grammar can count to.
_COUNTABLE = 2000
_DEEPEST = 60
_RULES = {
    "space": r'| " " | "\n"{1,2} [ \t]{0,20}',
    "boolean": '("true" | "false") space',
    "null": '"null" space',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15}) space',
    "number": '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,16})? space',
    "char": r'[^"\\\x7F\x00-\x1F] | [\\] (["\\bfnrt] | "u" [0-9a-fA-F]{4})',
    "string": r'"\"" char* "\"" space',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" space (string ":" space value ("," space string ":" space value)*)? "}" space',
    "array": '"[" space (value ("," space value)*)? "]" space',
    "date": '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [1-2] [0-9] | "3" [0-1])',
    "time": '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{3})? '
    '("Z" | [-+] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])',
    "date-time": 'date "T" time',
    "uuid": '[0-9a-fA-F]{8} ("-" [0-9a-fA-F]{4}){3} "-" [0-9a-fA-F]{12}',
}
_FORMATS = frozenset({"date", "time", "date-time", "uuid"})
_PRIMITIVES = frozenset({"boolean", "null", "integer", "number"})


class BadFormat(ValueError):
    """The ``format`` of a request cannot become a grammar; the message says why."""


def make_grammar(form: Any) -> str | None:
    """The grammar of a ``format``; None where there is none. Raises `BadFormat`."""
    match form:
        case None | "":
            return None
        case "json":
            return _write({"root": "object"})
        case Mapping():
            return _write(_Converter(form).convert())
    raise BadFormat(
        f'invalid format: {json.dumps(form)}; expected "json" or a valid JSON Schema object'
    )


def _write(rules: Mapping[str, str]) -> str:
    return "\n".join(f"{name} ::= {rule}" for name, rule in {**_RULES, **rules}.items())


class _Converter:
    """The rules of one schema.

    `_rule` gives the text for a place in it, `_name` the name of a rule with a text: what is
    repeated is named, because llama.cpp bounds how long the repeated text may be.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._rules: dict[str, str] = {}
        self._references: dict[str, str] = {}

    def convert(self) -> dict[str, str]:
        return {"root": self._rule(self._schema, 0), **self._rules}

    def _rule(self, schema: Any, depth: int) -> str:
        if depth > _DEEPEST:
            raise BadFormat("JSON schema conversion failed:\nnested too deeply")
        if schema is True or schema == {}:
            return "value"
        if not isinstance(schema, Mapping):
            raise BadFormat(_unrecognized(schema))
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self._either(_listed(schema, key), depth)
        kind = schema.get("type")
        match schema:
            case {"$ref": str(target)}:
                return self._reference(target, depth)
            case {"const": value}:
                return f"{_constant(value)} space"
            case {"enum": list(values)} if values:
                return f"({' | '.join(map(_constant, values))}) space"
            case {"type": list(kinds)}:
                return self._either([{**schema, "type": each} for each in kinds], depth)
            case {"allOf": list(parts)}:
                return self._object(_merged(schema, parts), depth)
        if kind == "object" or (kind is None and schema.keys() & _OBJECT_KEYS):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and schema.keys() & {"items", "prefixItems"}):
            return self._array(schema, depth)
        if kind == "string" or (kind is None and schema.keys() & {"pattern", "format"}):
            return self._string(schema)
        if kind in _PRIMITIVES:
            return str(kind)
        raise BadFormat(_unrecognized(schema))

    def _name(self, rule: str) -> str:
        if rule in _RULES or rule in self._rules:
            return rule
        for name, known in self._rules.items():
            if known == rule:
                return name
        name = f"rule-{len(self._rules)}"
        self._rules[name] = rule
        return name

    def _either(self, schemas: Sequence[Any], depth: int) -> str:
        return f"({' | '.join(self._rule(each, depth + 1) for each in schemas)})"

    def _reference(self, target: str, depth: int) -> str:
        """A rule of its own for each target, so that schemas may be recursive."""
        if target not in self._references:
            name = self._references[target] = f"ref-{len(self._references)}"
            found: Any = self._schema
            for key in target.removeprefix("#").strip("/").split("/"):
                if not isinstance(found, Mapping) or key not in found:
                    raise BadFormat(f"JSON schema conversion failed:\nError resolving ref {target}")
                found = found[key]
            self._rules[name] = self._rule(found, depth + 1)
        return self._references[target]

    def _object(self, schema: Mapping[str, Any], depth: int) -> str:
        """Properties in their order; those that are not required may be left out."""
        properties = schema.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise BadFormat(_unrecognized(schema))
        if not properties:
            return "object"
        required = schema.get("required") or ()
        pairs = {
            key: f'{_constant(key)} space ":" space {self._name(self._rule(value, depth + 1))}'
            for key, value in properties.items()
        }
        musts = [pair for key, pair in pairs.items() if key in required]
        mays = [pair for key, pair in pairs.items() if key not in required]
        inside = ' "," space '.join(musts)
        if mays and musts:
            inside += "".join(f' ("," space {pair})?' for pair in mays)
        elif mays:
            inside = f"({' | '.join(_from(mays, at) for at in range(len(mays)))})?"
        return f'"{{" space {inside} "}}" space'

    def _array(self, schema: Mapping[str, Any], depth: int) -> str:
        parts = schema.get("prefixItems")
        if isinstance(parts, list) and parts:
            rules = ' "," space '.join(self._rule(each, depth + 1) for each in parts)
            return f'"[" space {rules} "]" space'
        item = self._name(self._rule(schema.get("items", {}), depth + 1))
        least, most = _bounds(schema, "minItems", "maxItems")
        if most == 0:
            return '"[" space "]" space'
        more = "" if most is None else most - 1
        rule = f'{item} ("," space {item}){{{max(least - 1, 0)},{more}}}'
        return f'"[" space {rule if least else f"({rule})?"} "]" space'

    def _string(self, schema: Mapping[str, Any]) -> str:
        if "pattern" in schema:
            try:
                rule = translate(str(schema["pattern"]))
            except BadPattern as error:
                raise BadFormat(f"JSON schema conversion failed:\n{error}") from None
            return "string" if rule is None else rf'"\"" ({rule}) "\"" space'
        if schema.get("format") in _FORMATS:
            return rf'"\"" {schema["format"]} "\"" space'
        least, most = _bounds(schema, "minLength", "maxLength")
        if most == _COUNTABLE or least >= _COUNTABLE:
            raise BadFormat("failed to parse grammar")
        if most is None or most > _COUNTABLE:
            return rf'"\"" char{{{least},}} "\"" space' if least else "string"
        return rf'"\"" char{{{least},{most}}} "\"" space'


_OBJECT_KEYS = frozenset({"properties", "additionalProperties"})


def _from(pairs: Sequence[str], at: int) -> str:
    """The pair at a place, and any of those after it."""
    return pairs[at] + "".join(f' ("," space {pair})?' for pair in pairs[at + 1 :])


def _merged(schema: Mapping[str, Any], parts: Sequence[Any]) -> dict[str, Any]:
    """One object of all parts of ``allOf``."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for part in (*parts, schema):
        if not isinstance(part, Mapping):
            raise BadFormat(_unrecognized(part))
        properties.update(part.get("properties") or {})
        required += part.get("required") or []
    return {"properties": properties, "required": required}


def _listed(schema: Mapping[str, Any], key: str) -> list[Any]:
    found = schema[key]
    if not isinstance(found, list) or not found:
        raise BadFormat(_unrecognized(schema))
    return found


def _bounds(schema: Mapping[str, Any], low: str, high: str) -> tuple[int, int | None]:
    least, most = schema.get(low, 0), schema.get(high)
    for bound, value in ((low, least), (high, most)):
        if value is not None and (not isinstance(value, int) or value < 0):
            raise BadFormat(f"JSON schema conversion failed:\n{bound} must be a whole number")
    if most is not None and least > most:
        raise BadFormat(f"JSON schema conversion failed:\n{low} is above {high}")
    return least, most


def _constant(value: Any) -> str:
    return literal(json.dumps(value, ensure_ascii=False))


def _unrecognized(schema: Any) -> str:
    return f"JSON schema conversion failed:\nUnrecognized schema: {json.dumps(schema)}"
