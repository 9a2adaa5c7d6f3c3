"""What has to be made ready before rows can be rewritten. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.synthesis.keys import domains
from shared.synthesis.keys.ranks import RankNeed
from shared.synthesis.plans import ColumnName, Entity, Plan
from shared.synthesis.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What an engine's settings say to generators.

    :param key_method: ``duplicate``, ``hash`` or ``generate``.
    :param locale: of values that are made up, where a column names none.
    :param shuffle_threshold: ``consistent_integer_shuffle_threshold``.
    :param columns: settings that are a column's own, by their names: ``locale``,
        ``cutoff_length``, ``pii_mock_replace``.
    """

    key_method: str = "duplicate"
    locale: str = "en"
    shuffle_threshold: int = 1_000_000
    columns: Mapping[ColumnName, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ListNeed:
    """A list of values that the mill is to make; for all columns of one kind and locale.

    :param name: what the list is called, such as ``FIRST_NAME:de_DE``.
    :param length: the most characters that a value may have; None: no limit.
    :param count: how many are worth having.
    :param unique: some column must have no value twice; a shorter list is combined all the same.
    :param gender: ``female``, ``male``, or None for any.
    """

    name: str
    entity: Entity
    locale: str
    count: int
    length: int | None = None
    unique: bool = False
    gender: str | None = None


@dataclass(frozen=True, kw_only=True)
class Needs:
    """All that rewriting needs of a plan; each has a name that is its own.

    :param warnings: sentences for people: what the plan cannot do.
    """

    ranks: tuple[RankNeed, ...] = ()
    lists: tuple[ListNeed, ...] = ()
    warnings: tuple[str, ...] = ()


def needs(schema: Schema, plan: Plan, choices: Choices) -> Needs:
    """What has to be made ready for a plan.

    :raises InvalidRequest: the plan would break a reference or a unique key; says which, and how to
        mend it.
    """
    del plan, choices
    domains(schema)
    return Needs()
