"""Sets of Unicode code points, kept as sorted, disjoint, non-adjacent ranges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LAST_CODE_POINT = 0x10FFFF

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CodePointSet:
    """An immutable set of code points. ``ranges`` holds inclusive (first, last) pairs."""

    ranges: tuple[Range, ...] = ()

    @classmethod
    def of(cls, *characters: int) -> CodePointSet:
        return cls.from_ranges((c, c) for c in characters)

    @classmethod
    def span(cls, first: int, last: int) -> CodePointSet:
        return cls(((first, last),))

    @classmethod
    def from_ranges(cls, ranges: Iterable[Range]) -> CodePointSet:
        """Of ranges in any order, which may overlap."""
        merged: list[Range] = []
        for first, last in sorted(ranges):
            if merged and first <= merged[-1][1] + 1:
                if last > merged[-1][1]:
                    merged[-1] = (merged[-1][0], last)
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    @classmethod
    def union(cls, sets: Iterable[CodePointSet]) -> CodePointSet:
        return cls.from_ranges(r for members in sets for r in members.ranges)

    def __or__(self, other: CodePointSet) -> CodePointSet:
        return CodePointSet.union((self, other))

    def __and__(self, other: CodePointSet) -> CodePointSet:
        return CodePointSet(tuple(_intersect(self.ranges, other.ranges)))

    def __sub__(self, other: CodePointSet) -> CodePointSet:
        return self & ~other

    def __invert__(self) -> CodePointSet:
        gaps: list[Range] = []
        start = 0
        for first, last in self.ranges:
            if first > start:
                gaps.append((start, first - 1))
            start = last + 1
        if start <= LAST_CODE_POINT:
            gaps.append((start, LAST_CODE_POINT))
        return CodePointSet(tuple(gaps))

    def __contains__(self, character: int) -> bool:
        i = bisect_right(self.ranges, (character, LAST_CODE_POINT))
        return i > 0 and character <= self.ranges[i - 1][1]

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)


def _intersect(left: tuple[Range, ...], right: tuple[Range, ...]) -> Iterator[Range]:
    i = j = 0
    while i < len(left) and j < len(right):
        first = max(left[i][0], right[j][0])
        last = min(left[i][1], right[j][1])
        if first <= last:
            yield first, last
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1


ALL = CodePointSet.span(0, LAST_CODE_POINT)
NONE = CodePointSet()
BMP = CodePointSet.span(0, 0xFFFF)
ASCII = CodePointSet.span(0, 0x7F)
SURROGATES = CodePointSet.span(0xD800, 0xDFFF)
SUPPLEMENTARY = CodePointSet.span(0x10000, LAST_CODE_POINT)
