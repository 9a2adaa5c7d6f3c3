"""Taking stock of a cell: what its parts are believed to hold, and in which order to go there.

Made before a claim, because a claim that waits for a decision holds locks that all others wait
for; ``worker.mill.strategy`` decides by it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from worker.mill.leaves import Leaf, Partition
from worker.mill.lore import Lore

#: Of the known values of a region, so many are not excluded: how many of them come again tells
#: how much else there can be (capture and recapture).
CONTROLS = 0.15

#: How much worse than no value a known one is in the choice of regions: it also shows that the
#: favourites of the region are known, but not what else is there.
REPEAT_COST = 4.0

#: With fewer hopeful parts than this, all of them may be taken at once.
NEARLY_DONE = 2_000

#: A part that is believed to hold less than this has nothing left.
HOPE = 0.2

#: Known values that a prompt may name where it is steered to no part, at most.
MOST_FAVOURITES = 2_000


@dataclass(slots=True)
class Offer:
    """What a leaf would give: new values, and known ones that come with them."""

    leaf: Leaf
    new: float
    old: float

    @property
    def worth(self) -> float:
        """How good it is to be steered there."""
        return self.new / (self.new + REPEAT_COST * self.old + 1.0)


@dataclass(frozen=True)
class Stock:
    """The new values of some offers, and the size of the hopeful among them."""

    new: float
    size: float


def _stock(offers: Sequence[Offer]) -> Stock:
    return Stock(
        sum(offer.new for offer in offers),
        sum(offer.new + offer.old for offer in offers if offer.new > HOPE),
    )


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What ``plan`` goes by of what is remembered of a cell, as it was when this was made."""

    lore: Lore
    partition: Partition
    by_leaf: Mapping[int, Offer]
    #: Those from which something is hoped for, the best first.
    hopeful: Sequence[Offer]
    #: Leaves that have their share of the quota, by identity; and what the others, and all, hold.
    full: Set[int]
    in_room: Stock
    believed: Stock
    #: Where all seems found: the order in which to look again; empty as long as that is far off.
    again: Sequence[Offer]
    favourites: Sequence[str]


def survey(lore: Lore, *, quota: int, distinct: int) -> Survey:
    """Take stock of a cell; takes as long as there are leaves.

    :param quota: values that the cell is to have.
    :param distinct: values that it has, known here or not.
    """
    partition = lore.partition()
    leaves = partition.leaves
    scale = max(1.0, distinct / max(1, len(lore.known)))
    share = quota / (sum(leaf.weight for leaf in leaves) or 1.0)
    staying = 1.0 - (lore.obedience if lore.heeds else 0.0) * (1.0 - CONTROLS)
    offers = [Offer(leaf, lore.hoped(leaf), len(leaf.values) * staying) for leaf in leaves]
    hopeful = [offer for offer in offers if offer.new > HOPE]
    hopeful.sort(key=lambda offer: -offer.worth)
    full = {id(leaf) for leaf in leaves if share * leaf.weight <= len(leaf.values) * scale}
    again: list[Offer] = []
    if len(hopeful) < NEARLY_DONE:
        again = [Offer(o.leaf, 0.3 * len(o.leaf.values) + HOPE, o.old) for o in offers]
        again.sort(key=lambda offer: (offer.leaf.tried, -offer.worth))
    return Survey(
        lore=lore,
        partition=partition,
        by_leaf={id(offer.leaf): offer for offer in offers},
        hopeful=hopeful,
        full=full,
        in_room=_stock([offer for offer in offers if id(offer.leaf) not in full]),
        believed=_stock(offers),
        again=again,
        favourites=lore.most_repeated()[:MOST_FAVOURITES],
    )
