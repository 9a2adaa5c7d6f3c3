"""Distinct values of a kind, in the order of favour."""

from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import dataclass

from deploy.sample_model.catalogue import Draw, Gender, Kind

DEFAULT_VOCABULARY = 5000
PLAIN_REACH = 0.1
PATIENCE = 40
_KEPT_POOLS = 64
_KEPT_VALUES = 400_000


@dataclass(frozen=True)
class PoolKey:
    """What settles a pool: its values and their order of favour."""

    kind: Kind
    locale: str
    gender: Gender | None
    size: int
    seed: int


class Pools:
    """The pools in use, the least recently used forgotten beyond a limit of values."""

    def __init__(self) -> None:
        self._pools: OrderedDict[PoolKey, tuple[str, ...]] = OrderedDict()

    def get(self, key: PoolKey) -> tuple[str, ...]:
        """Distinct values, the greatest favourite first; fewer than asked when there are fewer."""
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = fill_pool(key)
            while len(self._pools) > _KEPT_POOLS or (
                len(self._pools) > 1 and sum(map(len, self._pools.values())) > _KEPT_VALUES
            ):
                self._pools.popitem(last=False)
        self._pools.move_to_end(key)
        return pool


def fill_pool(key: PoolKey) -> tuple[str, ...]:
    """Draw until enough distinct values are there; reach further as plain ones run out."""
    name = f"{key.seed}|{key.kind.name}|{key.locale}|{key.gender}"
    draw = Draw(random.Random(name), key.locale, key.gender, PLAIN_REACH)
    values: dict[str, None] = {}
    failures = 0
    while len(values) < key.size and failures < (400 if draw.reach >= 1 else PATIENCE):
        value = key.kind.make(draw)
        if value in values:
            failures += 1
            if failures >= PATIENCE and draw.reach < 1:
                draw.reach = min(1.0, draw.reach + 0.3)
                failures = 0
        else:
            values[value] = None
            failures = 0
    return tuple(values)
