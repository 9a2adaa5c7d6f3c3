"""Cells: how the attributes of a request are spread over its values.

A *cell* is one combination of attribute values with its quota. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd, prod

from shared.errors import InvalidRequest

#: Each cell is at least one prompt and one row; past this a request is a mistake.
MAX_CELLS = 100_000


def span(sizes: Sequence[int], *, count: int) -> list[tuple[tuple[int, ...], int]]:
    """Share ``count`` values among the combinations of attributes with ``sizes`` values each.

    :returns: ``(choice, quota)`` pairs, where ``choice[j]`` is an index into attribute ``j``.
        Quotas are at least 1, add up to ``count`` and differ by at most one. Where there are
        more combinations than values, so many of them are taken that each attribute's values
        still occur equally often, give or take one.
    :raises InvalidRequest: when that needs more than ``MAX_CELLS`` cells.
    """
    combinations = prod(sizes)
    taken = min(combinations, count)
    if taken > MAX_CELLS:
        raise InvalidRequest(
            f"the attributes span {combinations} combinations for {count} values; at most "
            f"{MAX_CELLS} combinations can be used: give fewer attribute values or ask for "
            "fewer values",
            field="attributes",
        )
    share, rest = divmod(count, taken)
    return [
        (choice, share + (ordinal < rest))
        for ordinal, choice in zip(range(taken), even_order(sizes), strict=False)
    ]


def even_order(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield every combination once, so that any first ``n`` cover each attribute evenly.

    Attributes are joined one after another. To join a cycle of length ``a`` with an attribute
    of ``b`` values, step ``i`` takes ``i mod a`` and ``(i + i div lcm(a, b)) mod b``: by the
    Chinese remainder theorem the first ``lcm`` steps differ, and the shift by one starts each
    further round on pairs not seen before. Both indices run in cycles, so no prefix favours
    one value over another by more than one.
    """
    length = prod(sizes)
    for step in range(length):
        choice: list[int] = []
        joined = length
        index = step
        for size in reversed(sizes):
            joined //= size
            rounds = index // (joined * size // gcd(joined, size))
            choice.append((index + rounds) % size)
            index %= joined
        yield tuple(reversed(choice))


def handover(*, left: int, accepted: Sequence[int]) -> list[int]:
    """Share ``left`` values of a dry cell among the others, the emptiest first.

    :param accepted: the quota of each cell that can take some.
    :returns: for each of them how many it takes; they add up to ``left``.
    """
    if not accepted:
        return []
    share, rest = divmod(left, len(accepted))
    by_quota = sorted(range(len(accepted)), key=lambda index: (accepted[index], index))
    gains = [share] * len(accepted)
    for index in by_quota[:rest]:
        gains[index] += 1
    return gains
