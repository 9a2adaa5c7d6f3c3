"""What one worker process remembers of a cell: values, where they lie, and what else is there.

Free of I/O; why the rules are as they are is told, with figures, in ``docs/uniqueness.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from worker.mill.leaves import Leaf, Partition
from worker.mill.regions import Region, partition

#: Values that are kept of a cell, at most.
MOST_KEPT = 20_000

#: What a cell, and a value of it, take besides the characters of the values, in characters.
A_CELL, A_VALUE = 2_000, 60

#: How many times the solid values known of it a region may hold, as long as nothing else is known.
GROWTH = 15.0

#: How many values may begin in ways not seen yet, for each way that was seen once; likewise.
REST = 1.5

#: By how much the odds of being said are better for known values than for unknown ones: models
#: say their favourites first.
FAVOUR = 2.0

#: The share of excluded values that a model is first thought to leave out, and the weight of
#: that; and how much is forgotten with each answer.
PRIOR_OBEDIENCE, PRIOR_EXPECTED = 0.7, 4.0
FORGET = 0.02

#: Exclusions that are obeyed less than this are not worth their tokens; they are tried again when
#: enough of that is forgotten.
WORTHWHILE, WORTH_A_TRY = 0.15, 0.25

#: So many of them have to have been expected before they are given up.
ENOUGH_EXPECTED = 10.0

#: A leaf that was tried holds no more than this times what is known of it: an answer that was full
#: does not show how much is left, and what is asked for in vain counts.
TRIED_MOST = 1.0

#: What is still believed of a region that ended early. Not nothing: a model may just have stopped.
DRY = 0.15

#: A leaf of the partition has at most this share of a prompt in known values: they may all come
#: again.
LEAF_SHARE = 0.06
LEAF_LEAST = 2


@dataclass(slots=True)
class Ratio:
    """How many new values there are to a known one, learned from answers full and dry.

    An answer that was full shows a part of what there is. So this is the mean of a lifetime that
    is cut short in some: all that came, by the known values of those that came to their end.
    """

    value: float
    #: Known values that the first guess counts for.
    weight: float

    def learn(self, *, new: float, known: float, dry: bool) -> None:
        """Take note of one leaf."""
        grown = self.weight + (known if dry else 0.0)
        self.value = (self.value * self.weight + new) / grown
        self.weight = grown


@dataclass
class Lore:
    """What one process remembers of a cell. Not thread-safe: the caller locks."""

    #: Values that the cell is to have.
    quota: int
    #: What may be kept of it, in characters; see ``size``.
    room: int = MOST_KEPT * 4_000
    #: What is kept of it, in characters, with what each value costs besides.
    size: int = A_CELL
    #: Goes up with all that is learned.
    version: int = 0
    steered: bool = False
    #: The most that was asked for in one prompt.
    largest: int = 0
    #: New values to one known, in leaves that were not tried; and to one beginning that was seen
    #: just once, where the leaf is the rest of a split.
    _growth: Ratio = field(default_factory=lambda: Ratio(GROWTH, weight=4.0))
    _rest: Ratio = field(default_factory=lambda: Ratio(REST, weight=10.0))
    #: Decayed counts of excluded values: that would have come if they were ignored, that came;
    #: each weighted as by Mantel and Haenszel.
    _expected: float = PRIOR_EXPECTED
    _came: float = PRIOR_EXPECTED * (1.0 - PRIOR_OBEDIENCE)
    #: Whether it is worth while to name known values.
    heeds: bool = True
    _times: dict[str, int] = field(default_factory=dict)
    _partition: Partition = field(default_factory=Partition)
    _unsorted: int = 0

    @property
    def known(self) -> Collection[str]:
        """The values known, as many as are kept."""
        return self._times.keys()

    @property
    def obedience(self) -> float:
        """The share of excluded values that stay away for being excluded."""
        return min(1.0, max(0.0, 1.0 - self._came / self._expected))

    def learn_known(self, values: Iterable[str]) -> None:
        """Take note of values in the database, whoever found them."""
        for value in values:
            self._add(value)
            self.version += 1
        self._tidy()

    def learn_answer(
        self,
        *,
        focus: Region | None,
        asked: int,
        said: Sequence[str],
        fresh: int,
        excluded: Sequence[str] = (),
    ) -> None:
        """Learn from an answer.

        :param asked: values asked for, or said if the answer was cut by anybody but the model.
        :param said: the fit values of the answer, in any order.
        :param fresh: how many of them were new.
        """
        self.version += 1
        self.largest = max(self.largest, asked)
        distinct = list(dict.fromkeys(said))
        new = [value for value in distinct if value not in self._times]
        for value in distinct:
            if value in self._times:
                self._times[value] += 1
            else:
                self._add(value, steered=focus is not None)
        repeated = max(0, len(distinct) - fresh)
        leaves = self._within(focus)
        known = max(0, sum(len(leaf.values) for leaf in leaves) - fresh)
        barred = [value for value in excluded if focus is None or value in focus]
        self._learn_obedience(
            known=known,
            repeated=repeated,
            barred=len(barred),
            came=len(set(distinct) & set(barred)),
        )
        if focus is not None:
            self.steered = True
            # Those that were stored while the answer came are not new any more.
            counted = new if len(new) >= fresh else distinct
            found = Counter(id(self.partition().find(value)) for value in counted)
            self._learn_depth(
                leaves,
                open_to_repeats=known - self.obedience * len(barred),
                repeated=repeated,
                found={leaf: n * fresh / len(counted) for leaf, n in found.items()},
                dry=len(said) < 0.9 * asked,
            )
        self._tidy()

    def learn_outcome(self, *, focus: Region, asked: int, said: int, fresh: int) -> None:
        """Learn from an answer to somebody else, of which only the counts are known here.

        Its values come by :meth:`learn_known`.
        """
        self.version += 1
        self.steered = True
        self.largest = max(self.largest, asked)
        leaves = self._within(focus)
        known = sum(len(leaf.values) for leaf in leaves)
        self._learn_depth(
            leaves,
            open_to_repeats=max(0, known - fresh),
            repeated=max(0, said - fresh),
            found={id(leaf): fresh * len(leaf.values) / max(1, known) for leaf in leaves},
            dry=said < 0.9 * asked,
        )

    def partition(self) -> Partition:
        """The partition by what is known now."""
        if not self._partition:
            self._sort()
        return self._partition

    def most_repeated(self) -> list[str]:
        """Known values, those said most often first."""
        return sorted(self._times, key=self._times.__getitem__, reverse=True)

    def times(self, value: str) -> int:
        """How often a value was said."""
        return self._times.get(value, 0)

    def _within(self, focus: Region | None) -> Sequence[Leaf]:
        return self._partition.leaves if focus is None else self.partition().within(focus)

    def _add(self, value: str, *, steered: bool | None = None) -> None:
        if value in self._times or len(self._times) >= MOST_KEPT or self.size >= self.room:
            return
        self._times[value] = 1
        self.size += len(value) + A_VALUE
        self._unsorted += 1
        if not self._partition:
            return
        leaf = self._partition.find(value)
        leaf.values.append(value)
        if self.steered if steered is None else steered:
            leaf.unseen = max(0.0, leaf.unseen - 1.0)
        else:
            leaf.weight += 1.0
            leaf.unseen += self._growth.value
            leaf.solid += 1.0

    def _learn_obedience(self, *, known: int, repeated: int, barred: int, came: int) -> None:
        """Compare the excluded values of a region with its others.

        Each answer is a stratum of its own (Mantel and Haenszel 1959): few values in each do no
        harm, and it does not matter that more come of some regions than of others.
        """
        free = known - barred
        if barred == 0:
            # What a few answers have told is not to hold for ever: they may be tried again.
            prior = PRIOR_EXPECTED
            self._expected += FORGET * (prior - self._expected)
            self._came += FORGET * (prior * (1.0 - PRIOR_OBEDIENCE) - self._came)
            self.heeds = self.heeds or self.obedience > WORTH_A_TRY
            return
        if free <= 0:
            return
        self._expected = (1.0 - FORGET) * self._expected + min(
            free, max(0, repeated - came)
        ) * barred / known
        self._came = (1.0 - FORGET) * self._came + came * free / known
        self.heeds = self.obedience >= WORTHWHILE or self._expected < ENOUGH_EXPECTED

    def _learn_depth(
        self,
        leaves: Sequence[Leaf],
        *,
        open_to_repeats: float,
        repeated: int,
        found: Mapping[int, float],
        dry: bool,
    ) -> None:
        """Judge by an answer how much more a region holds.

        :param found: new values by leaf, as ``id`` tells them apart.
        """
        left = _left(
            hoped=sum(leaf.unseen for leaf in leaves),
            fresh=sum(found.values()),
            open_to_repeats=open_to_repeats,
            repeated=repeated,
        )
        shares = self._shares(leaves, found)
        weight = sum(leaf.weight for leaf in leaves)
        parts = sum(len(leaf.values) + leaf.rare for leaf in leaves) or 1
        for leaf, share in zip(leaves, shares, strict=True):
            self._learn_ratios(leaf, new=found.get(id(leaf), 0.0), dry=dry)
            leaf.tried += 1
            leaf.weight = weight * (len(leaf.values) + leaf.rare) / parts
            leaf.unseen = leaf.unseen * DRY if dry else left * share

    def _shares(self, leaves: Sequence[Leaf], found: Mapping[int, float]) -> list[float]:
        """How what is left of a region falls to its leaves: as what came, and as was believed."""
        total = sum(found.values()) + 1.0
        hoped = sum(leaf.unseen + 0.1 for leaf in leaves)
        shares = [
            found.get(id(leaf), 0.0) + 0.5 * total * (leaf.unseen + 0.1) / hoped for leaf in leaves
        ]
        whole = sum(shares)
        return [share / whole for share in shares]

    def _learn_ratios(self, leaf: Leaf, *, new: float, dry: bool) -> None:
        """What leaves held that were tried for the first time, others like them will hold too."""
        if leaf.tried:
            return
        if leaf.region.but:
            if dry or new > self._rest.value * leaf.rare:
                self._rest.learn(new=new, known=leaf.rare, dry=True)
        else:
            self._growth.learn(new=new, known=leaf.solid, dry=dry)

    def hoped(self, leaf: Leaf) -> float:
        """Unseen values of a leaf; of one never tried no more than others like it have shown."""
        if leaf.region.but:
            return min(leaf.unseen, self._rest.value * leaf.rare)
        if leaf.tried:
            return min(leaf.unseen, TRIED_MOST * len(leaf.values))
        return min(leaf.unseen, self._growth.value * leaf.solid + 3)

    def _inherited(self, values: Sequence[str]) -> tuple[float, float]:
        """Weight and unseen values of values that are taken out of the leaves as they are."""
        if not self._partition:
            return float(len(values)), self._growth.value * len(values) + 3
        homes = [self._partition.find(value) for value in values]
        shares = [1 / (len(home.values) + home.rare) for home in homes]
        return (
            sum(home.weight * share for home, share in zip(homes, shares, strict=True)),
            sum(home.unseen * share for home, share in zip(homes, shares, strict=True)),
        )

    def _tidy(self) -> None:
        if self._partition and self._unsorted > max(6, len(self._times) // 8):
            self._sort()

    def _sort(self) -> None:
        """Draw the partition anew; what was believed of a place is believed of its parts."""
        kept = len(self._times)
        batch = max(10, self.largest)
        size = max(LEAF_LEAST, min(int(batch * LEAF_SHARE), batch * kept // max(1, self.quota)))
        leaves: list[Leaf] = []
        for part in partition(list(self._times), size=size):
            weight, unseen = self._inherited(part.values)
            if part.split:
                siblings = _last(leaves, part.split - len(part.values))
                share = part.rare / part.split
                weight += share * sum(leaf.weight for leaf in siblings)
                unseen += min(
                    self._rest.value * part.rare, share * sum(leaf.unseen for leaf in siblings)
                )
                old = self._partition.rest_of(part.region.prefixes[0])
                if old is not None:
                    unseen = min(unseen, old.unseen)
            homes = map(self._partition.find, part.values if self._partition else ())
            tried = min((leaf.tried for leaf in homes), default=0)
            leaves.append(
                Leaf(part.region, list(part.values), weight, unseen, part.rare, part.solid, tried)
            )
        self._partition = Partition(leaves)
        self._unsorted = 0


def _left(*, hoped: float, fresh: float, open_to_repeats: float, repeated: int) -> float:
    """How many unseen values a region still holds after a full answer.

    Two views are taken together, by their logarithms. The share of the known values that came
    again is the chance of a known value to be said (Lincoln and Petersen's capture and recapture),
    and an unknown one has worse odds: worth as much as it has counts. And what was believed
    before: of a region that gave all it was asked for, half of that at least is left, unless
    fewer new values came among the repeats than it says.

    :param hoped: unseen values, by what was believed before, without those that came.
    :param open_to_repeats: known values that it was free to say.
    """
    staying = max(0.0, open_to_repeats - repeated)
    rate = min(0.999, (repeated + 2.0) / (max(open_to_repeats, repeated) + 2.5))
    seen = fresh * FAVOUR * (1.0 - rate) / rate
    before = hoped + fresh
    due = (fresh + repeated) * before / (before + FAVOUR * max(0.1, open_to_repeats))
    kept = max(hoped, 0.5 * before) * min(1.5, (fresh + 1.0) / (due + 1.0))
    counts = 1.0 / (1.0 / (repeated + 0.5) + 1.0 / (staying + 0.5) + 0.3)
    trust = counts / (counts + 1.0)
    return max(0.0, exp(trust * log(seen + 0.5) + (1.0 - trust) * log(kept + 0.5)) - 0.5)


def _last(leaves: Sequence[Leaf], values: int) -> list[Leaf]:
    """The last leaves that hold so many values."""
    found: list[Leaf] = []
    for leaf in reversed(leaves):
        if values <= 0:
            break
        found.append(leaf)
        values -= len(leaf.values)
    return found
