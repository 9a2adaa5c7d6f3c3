"""A filter: an expression that was read and found to make sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.filters.checking import check
from shared.filters.fields import Field
from shared.filters.nodes import Expression
from shared.filters.syntax import read


@dataclass(frozen=True)
class Filter:
    """A checked expression; made by :func:`parse`, and run by ``shared.filters.sql``."""

    tree: Expression
    fields: Mapping[str, Field]


def parse(expression: str, fields: Sequence[Field]) -> Filter:
    """Read an expression over the given fields.

    :raises FilterError: when it is not one; see the package for the language.
    """
    known = {field.name: field for field in fields}
    tree = read(expression)
    check(tree, known)
    return Filter(tree, known)
