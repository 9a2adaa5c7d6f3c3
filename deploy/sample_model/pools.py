"""Distinct values of a kind, in the order of favour."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from deploy.sample_model.catalogue import Draw, Gender, Kind

DEFAULT_VOCABULARY = 5000
PLAIN_REACH = 0.1
PATIENCE = 40


@dataclass(frozen=True)
class PoolKey:
    """What settles a pool: its values and their order of favour."""

    kind: Kind
    locale: str
    gender: Gender | None
    size: int
    seed: int


@lru_cache(maxsize=64)
def fill_pool(key: PoolKey) -> tuple[str, ...]:
    """Distinct values, the greatest favourite first; fewer than asked when there are fewer.

    Draws until enough are there, and reaches further as plain ones run out.
    """
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
