"""What becomes of each column, and why. Pure.

A *finding* says what personal thing a column holds, and how that is known; a *generator* says
what is written in place of its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from shared.synthesis.schema import TableName


class Entity(StrEnum):
    """What personal data may be of."""

    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    #: First and last name in one.
    PERSON = "PERSON"
    EMAIL = "EMAIL"
    LOGIN = "LOGIN"
    PASSWORD = "PASSWORD"  # noqa: S105 - the kind, none itself
    PHONE = "PHONE"
    STREET_ADDRESS = "STREET_ADDRESS"
    CITY = "CITY"
    POSTCODE = "POSTCODE"
    COMPANY = "COMPANY"
    JOB_TITLE = "JOB_TITLE"
    IBAN = "IBAN"
    CREDIT_CARD = "CREDIT_CARD"
    NATIONAL_ID = "NATIONAL_ID"
    TAX_ID = "TAX_ID"
    PASSPORT = "PASSPORT"
    LICENSE_PLATE = "LICENSE_PLATE"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    IP_ADDRESS = "IP_ADDRESS"
    MAC_ADDRESS = "MAC_ADDRESS"
    URL = "URL"
    COORDINATE = "COORDINATE"
    #: Money that is said of somebody, in a text.
    AMOUNT = "AMOUNT"
    #: Any number or code that tells one person from all others.
    CARDINALITY = "CARDINALITY"
    #: Texts in which anything may stand.
    FREE_TEXT = "FREE_TEXT"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a scan thinks a column holds.

    :param confidence: from 0 to 1.
    :param evidence: why, in words, for people; never a value of the source.
    """

    entity: Entity
    confidence: float
    evidence: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A mapping that :meth:`from_json` reads."""
        return {
            "entity": self.entity,
            "confidence": self.confidence,
            "evidence": list(self.evidence),
        }

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` wrote."""
        return cls(
            entity=Entity(read["entity"]),
            confidence=read["confidence"],
            evidence=tuple(read["evidence"]),
        )


class GeneratorType(StrEnum):
    """What is written in place of a column's values."""

    #: The values as they are.
    DUPLICATE = "duplicate"
    #: Nothing; the database takes the default.
    EXCLUDE = "exclude"
    NULL = "null"
    #: What the engine's key method says; see shared.synthesis.keys.
    KEY = "key"
    #: Made-up values of an entity, or of the column's kind, by Faker.
    MOCK = "mock"
    #: Values of a list that a model has made, one list for an entity and a locale.
    LIST = "list"
    #: Letters for letters and digits for digits, in the same places, one to one.
    FORMAT_PRESERVING = "format_preserving"
    #: Numbers and dates near those of the source.
    NOISE = "noise"
    #: One to one, in the shape of a key, whatever the key method.
    HASH = "hash"
    #: Texts in which what is personal is replaced or labelled.
    FREE_TEXT = "free_text"
    #: Documents of which each leaf is treated as what it is.
    JSON = "json"
    #: Drawn from a model of the table; waits for the second part of synthesis.
    SYNTHESIZE = "synthesize"


@dataclass(frozen=True, kw_only=True)
class Generator:
    """One column's generator.

    :param parameters: by the type; see shared.synthesis.generators.
    """

    type: GeneratorType
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A mapping that :meth:`from_json` reads."""
        return {"type": self.type, "parameters": dict(self.parameters)}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` wrote."""
        return cls(type=GeneratorType(read["type"]), parameters=read["parameters"])


@dataclass(frozen=True, order=True)
class ColumnName:
    """A column within a database."""

    table: TableName
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


#: What becomes of every column of an engine.
Plan = Mapping[ColumnName, Generator]
