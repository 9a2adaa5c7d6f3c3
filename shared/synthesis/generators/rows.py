"""Some rows of a table on their way: what was read of them, and what is written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from shared.synthesis.keys.chance import U64, derived, mixed, words

#: The values of some columns, all of one length.
Columns = Mapping[str, Sequence[str | None]]


@dataclass
class Rows:
    """Rows of one table.

    :param source: the columns that were read.
    :param first: the number of the first row.
    :param new: the columns that are written, as far as they are there already.
    """

    count: int
    source: Columns
    first: int
    new: dict[str, list[str | None]] = field(default_factory=dict)

    def chance(self, key: int) -> U64:
        """A number of 64 bits for each row, of its own for each key."""
        places = np.arange(self.first, self.first + self.count, dtype=np.uint64)
        return mixed(mixed(places, key), key ^ 0x5DEECE66D)


#: Makes the new values of one column.
Maker = Callable[[Rows], list[str | None]]

#: Makes new values of different old ones.
Draw = Callable[[Sequence[str]], list[str]]

#: So many values of a column are remembered.
_MEMORY = 100_000


def by_value(column: str, draw: Draw) -> Maker:
    """A maker by the values of a column alone: each different one is drawn once, null stays."""
    memory: dict[str | None, str | None] = {None: None}

    def make(rows: Rows) -> list[str | None]:
        values = rows.source[column]
        missing = [value for value in dict.fromkeys(values) if value not in memory]
        if len(memory) + len(missing) > _MEMORY:
            memory.clear()
            memory[None] = None
            missing = [value for value in dict.fromkeys(values) if value is not None]
        if missing:
            read = [value for value in missing if value is not None]
            memory.update(zip(read, draw(read), strict=True))
        return [memory[value] for value in values]

    return make


def row_key(secret: bytes, *names: str) -> int:
    """What the chance of a column by rows is keyed by."""
    return words(derived(secret, "rows"), *names, count=1)[0]
