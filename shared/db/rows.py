"""Rows become typed where they leave the rooms that speak SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def read_row(kind: type[T], row: Mapping[Any, Any], **converted: Any) -> T:
    """Make the dataclass ``kind`` of the columns of a row that have the names of its fields.

    :param converted: fields whose value is not the column's.
    :raises KeyError: when the row lacks a column.
    """
    return kind(
        **{name: row[name] for name in _names_of(kind) if name not in converted},  # type: ignore[arg-type]
        **converted,
    )


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
