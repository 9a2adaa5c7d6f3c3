"""What values a setting may have: each type reads them, and says of itself what they are. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: Longest texts, in characters; and how many names a list may have.
TEXT_LENGTH = 100
LIST_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class WholeNumber:
    """A whole number in a range, or one word for what no number says.

    :param besides: a number out of the range that is taken too, such as -1 for "all".
    """

    lowest: int
    highest: int
    besides: int | None = None

    def read(self, value: object) -> int:
        """The number; a float without a fraction is one.

        :raises ValueError: with what is wrong, in words.
        """
        if not isinstance(value, bool):
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, int) and (
                value == self.besides or self.lowest <= value <= self.highest
            ):
                return value
        raise ValueError(f"must be a whole number {self.bounds}")

    @property
    def bounds(self) -> str:
        """The range, in words."""
        besides = "" if self.besides is None else f", or {self.besides}"
        return f"from {self.lowest} to {self.highest}{besides}"

    @property
    def described(self) -> dict[str, Any]:
        """As JSON Schema."""
        bounds = {"minimum": self.lowest, "maximum": self.highest}
        if self.besides is None:
            return {"type": "integer", **bounds}
        return {"type": "integer", "anyOf": [{"const": self.besides}, bounds]}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number that may have a fraction, in a range."""

    lowest: float
    highest: float

    def read(self, value: object) -> float:
        """The number.

        :raises ValueError: with what is wrong, in words.
        """
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number {self.bounds}")
        # Compared before it is converted: a whole number may be too large for a float.
        if not self.lowest <= value <= self.highest or not math.isfinite(value):
            raise ValueError(f"must be a number {self.bounds}")
        return value

    @property
    def bounds(self) -> str:
        """The range, in words."""
        return f"from {self.lowest:g} to {self.highest:g}"

    @property
    def described(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "number", "minimum": self.lowest, "maximum": self.highest}


class TrueOrFalse:
    """A JSON ``true`` or ``false``."""

    bounds = "true or false"
    described: Mapping[str, Any] = {"type": "boolean"}

    def read(self, value: object) -> bool:
        """The same.

        :raises ValueError: with what is wrong, in words.
        """
        if not isinstance(value, bool):
            raise ValueError("must be true or false, without quotes")
        return value


class Text:
    """A text that our database can store."""

    bounds = f"at most {TEXT_LENGTH} characters"
    described: Mapping[str, Any] = {
        "type": "string",
        "maxLength": TEXT_LENGTH,
        "pattern": r"^[^\u0000]*$",
    }

    def read(self, value: object) -> str:
        """The same.

        :raises ValueError: with what is wrong, in words.
        """
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if len(value) > TEXT_LENGTH:
            raise ValueError(f"must have at most {TEXT_LENGTH} characters")
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("must not contain the character NUL, nor half a surrogate pair")
        return value


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, value: object) -> str:
        """The same.

        :raises ValueError: with what is wrong, in words.
        """
        if not isinstance(value, str) or value not in self.words:
            raise ValueError(f"must be one of {', '.join(self.words)}")
        return value

    @property
    def bounds(self) -> str:
        """The words."""
        return "one of " + ", ".join(f"`{word}`" for word in self.words)

    @property
    def described(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "string", "enum": list(self.words)}


class Names:
    """A list of names of columns; ``*`` stands for any characters."""

    bounds = f"at most {LIST_LENGTH} names or patterns of columns"
    described: Mapping[str, Any] = {
        "type": "array",
        "items": dict(Text.described),
        "maxItems": LIST_LENGTH,
    }

    def read(self, value: object) -> list[str]:
        """The same.

        :raises ValueError: with what is wrong, in words.
        """
        if not isinstance(value, list):
            raise ValueError("must be a list of names of columns")
        if len(value) > LIST_LENGTH:
            raise ValueError(f"must have at most {LIST_LENGTH} names")
        return [Text().read(each) for each in value]


class Recogniser(StrEnum):
    """What finds personal data."""

    #: Names, patterns, checksums and dictionaries of ours; needs nothing.
    RULES = "rules"
    #: These, and the model of a model server.
    OLLAMA = "ollama"


#: Published, and not part of Valuemill.
FOREIGN_RECOGNISERS = ("spacy", "stanza", "transformers")


#: A text with something beside blanks in it.
_FILLED = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"


class ModelSettings:
    """What finds personal data: ``{nlp_engine_name, models: [{lang_code, model_name}], gpu}``.

    Whatever is left out is chosen: ``{}`` means ``rules``.
    """

    bounds = (
        "`nlp_engine_name` (`rules`, `ollama`), `models` (a list of `lang_code` and `model_name`), "
        "`gpu`"
    )
    described: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "nlp_engine_name": {"type": "string", "enum": [*Recogniser]},
            "models": {
                "type": "array",
                "maxItems": LIST_LENGTH,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["model_name"],
                    "properties": {
                        "lang_code": dict(Text.described),
                        "model_name": {**Text.described, "pattern": _FILLED},
                    },
                },
            },
            "gpu": {
                "type": "boolean",
                "description": "Taken, and without effect: a model server has what it has.",
            },
        },
    }

    def read(self, value: object) -> dict[str, Any]:
        """The same.

        :raises ValueError: with what is wrong, in words.
        """
        found = _read_object(
            value,
            {
                "nlp_engine_name": _read_recogniser,
                "models": _read_models,
                "gpu": TrueOrFalse().read,
            },
        )
        if found.get("models") and recogniser_of(found) is Recogniser.RULES:
            raise ValueError("models: the engine rules takes none; set nlp_engine_name to ollama")
        return found


def recogniser_of(settings: Mapping[str, Any]) -> Recogniser:
    """The engine that settings of models choose."""
    return Recogniser(settings.get("nlp_engine_name", Recogniser.RULES))


def _read_object(value: object, readers: Mapping[str, Callable[[object], Any]]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object")
    unknown = [name for name in value if name not in readers]
    if unknown:
        raise ValueError(f"knows {', '.join(readers)}, and not {unknown[0]!r}")
    found = {}
    for name, given in value.items():
        try:
            found[name] = readers[name](given)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return found


def _read_recogniser(value: object) -> str:
    if value in FOREIGN_RECOGNISERS:
        raise ValueError(
            f"{value} is not installed: it would need the package {value} and a model for each "
            "language on every worker, and this version has no way to call it; use rules, which "
            "needs nothing, or ollama, which asks a model of your model server"
        )
    return OneOf(tuple(Recogniser)).read(value)


def _read_models(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    if len(value) > LIST_LENGTH:
        raise ValueError(f"must have at most {LIST_LENGTH} entries")
    readers = {"lang_code": Text().read, "model_name": _read_filled}
    found = [_read_object(each, readers) for each in value]
    if any("model_name" not in each for each in found):
        raise ValueError("each must name a model_name")
    return found


def _read_filled(value: object) -> str:
    text = Text().read(value)
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Type = WholeNumber | Number | TrueOrFalse | Text | OneOf | Names | ModelSettings
