"""The leaves of a cell's partition: what is believed of each, and where a value falls.

Free of I/O. A partition is drawn once and then only read, apart from what is believed of its
leaves; so one thread may plan by it while another learns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worker.mill.regions import Region

#: Follows whatever begins with a text, in the order of code points.
_LAST = chr(0x10FFFF)


@dataclass(slots=True)
class Leaf:
    """A part of the partition, and what is believed of it."""

    region: Region
    values: list[str]
    #: Its share of what the model would say if it were not steered, in no particular unit.
    weight: float
    #: Values that it holds beyond the known ones.
    unseen: float
    rare: int
    #: Of its values, so many speak for more like them; see ``regions.Part``.
    solid: float
    #: Prompts that were steered to it, or to what it was split off from.
    tried: int = 0


class Partition:
    """All strings, told apart by how they begin; empty until something is known."""

    def __init__(self, leaves: Sequence[Leaf] = ()) -> None:
        self.leaves = leaves
        self._index = {prefix: leaf for leaf in leaves for prefix in leaf.region.prefixes}
        self._sorted = sorted(self._index)
        self._lengths = sorted({len(prefix) for prefix in self._index}, reverse=True)
        self._met: dict[Region, frozenset[int]] = {}

    def __bool__(self) -> bool:
        return bool(self.leaves)

    def find(self, value: str) -> Leaf:
        """The leaf that a value falls to."""
        for length in self._lengths:
            leaf = self._index.get(value[:length])
            if leaf is not None and len(value) >= length:
                return leaf
        return self._index[""]

    def rest_of(self, prefix: str) -> Leaf | None:
        """The leaf of what begins with this in ways not seen yet, if there is one."""
        leaf = self._index.get(prefix)
        return leaf if leaf is not None and leaf.region.but else None

    def met(self, focus: Region) -> frozenset[int]:
        """Identities of the leaves that share a value with a region.

        Takes as long as there are such leaves, however many others there are.
        """
        found = self._met.get(focus)
        if found is None:
            beginnings = {id(self.find(prefix)) for prefix in focus.prefixes}
            found = frozenset(beginnings | {id(self._index[each]) for each in self._inside(focus)})
            self._met[focus] = found
        return found

    def within(self, focus: Region) -> list[Leaf]:
        """The leaves that share a value with a region, in their order."""
        met = self.met(focus)
        return [leaf for leaf in self.leaves if id(leaf) in met]

    def _inside(self, focus: Region) -> Iterable[str]:
        """The beginnings of leaves that are in a region themselves."""
        marks = {*focus.prefixes, *focus.but}
        for prefix in focus.prefixes:
            at = bisect_left(self._sorted, prefix)
            end = bisect_right(self._sorted, prefix + _LAST)
            while at < end:
                each = self._sorted[at]
                longer = next(
                    (
                        each[:length]
                        for length in range(len(prefix) + 1, len(each) + 1)
                        if each[:length] in marks
                    ),
                    None,
                )
                if longer is None:
                    yield each
                    at += 1
                else:
                    # It decides for all that begin with it.
                    at = bisect_right(self._sorted, longer + _LAST, at)
