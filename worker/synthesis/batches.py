"""Work on much in batches, some of them at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_batches(
    items: Iterable[T], work: Callable[[list[T]], R], *, size: int, at_once: int
) -> Iterator[R]:
    """What ``work`` makes of the items, so many at a time, in their order.

    :param at_once: batches that are worked on; no more items are taken than these have.
    :raises Exception: what ``work`` raised, once all before it was handed out.
    """
    left = iter(items)
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="batch") as threads:
        under_way: deque[Future[R]] = deque()
        try:
            while batch := list(islice(left, size)):
                if len(under_way) >= at_once:
                    yield under_way.popleft().result()
                under_way.append(threads.submit(work, batch))
            while under_way:
                yield under_way.popleft().result()
        finally:
            for each in under_way:
                each.cancel()
