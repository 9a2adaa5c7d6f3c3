"""What to ask for next, so that the model says what it has not said.

``plan`` decides on one prompt: how many values, out of which region, and what to name as known.
It goes by what ``worker.mill.lore`` remembers. Both are free of I/O; why the rules are as they are
is told, with figures, in ``docs/uniqueness.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from zlib import crc32

from shared.generation.estimates import chance_of_new
from worker.mill.lore import Leaf, Lore
from worker.mill.prompts import tokens
from worker.mill.regions import Region, join

#: As long as the next value is as likely as this to be new, nothing is steered.
PLAIN = 0.95

#: Where a steered prompt asks for so few values, it asks for so many more: not all will be new.
FEW, SPARE = 4, 2

#: Fewer repeats than this prove nothing.
CERTAIN_REPEATS = 2

#: A part of the quota, and bounds, of what is said before the first judgement of a model.
PROBED_SHARE = 0.08
PROBED_LEAST = 6
PROBED_MOST = 32

#: Of the known values of a region, so many are not excluded: how many of them come again tells
#: how much else there can be (capture and recapture).
CONTROLS = 0.15

#: Of what a region is believed to hold, so much is asked for. Errors cost more above than below: a
#: full answer shows that there is more, and the rest is asked for again.
ASKED_SHARE = 0.75

#: How much worse than no value a known one is in the choice of regions: it also shows that the
#: favourites of the region are known, but not what else is there.
REPEAT_COST = 4.0

#: Values that a steered prompt asks for, at most: what its parts hold is a guess.
MOST_STEERED = 50

#: Parts of the partition that one prompt is steered to, at most.
MOST_PARTS = 40

#: Tokens of the quotes and the comma around a value that is named.
QUOTES = 1

#: Where the best part gives less than this for each value asked, prompts are filled up all the
#: same: a prompt costs something too.
LEAN = 0.3

#: A part that is believed to hold less than this has nothing left.
HOPE = 0.2

#: A region that was never tried, and is believed to hold so many times what is asked for, has to
#: give this part of it: some models end an answer early by habit.
PLENTY = 1.3
OWED = 0.9

#: Below so many values a prompt takes more parts than it otherwise would.
SMALL = 10


@dataclass(frozen=True, kw_only=True)
class View:
    """What a claim knows of a cell. ``said`` includes repeats; the counts are the database's."""

    #: The most values that time, context and tail let us ask for now.
    wanted: int
    #: Values that the cell is to have, and slots that work on its operation.
    quota: int
    slots: int
    distinct: int
    said: int
    said_again: int
    #: Region and values asked for of each prompt of this cell under way, on any host.
    under_way: Sequence[tuple[Region | None, int]] = ()
    multiline: bool = False
    #: Tokens that naming known values may cost.
    budget_tokens: int = 1_000
    #: False once the server has refused a schema with ``pattern``.
    patterns: bool = True
    #: Answers come slowly enough to be cut before they have repeated much.
    watchable: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One prompt: ask for ``asked`` values of ``focus`` that are not among ``avoid``."""

    asked: int
    focus: Region | None = None
    avoid: tuple[str, ...] = ()
    #: Whether the focus is forced by a pattern, or only said in words.
    forced: bool = False
    #: The model may stop early.
    loose: bool = False
    #: But not before it has given so many values; none where there may be none.
    least: int = 1
    #: Values to ask for on top, so that a few missing ones do not take round after round.
    spare: int = 0
    #: To be watched while it comes, and cut as soon as ``repeats`` says so of its cell.
    blind: bool = False


def plan(view: View, lore: Lore | None) -> Plan:
    """Decide on the next prompt of a cell."""
    probed = min(PROBED_MOST, max(PROBED_LEAST, ceil(view.quota * PROBED_SHARE)))
    alone = not view.under_way
    steered = (lore is not None and lore.steered) or any(focus for focus, _ in view.under_way)
    repeating = repeats(distinct=view.distinct, said=view.said, said_again=view.said_again)
    probing = view.said < probed and not steered
    if probing and not (alone and view.quota <= view.wanted):
        if view.watchable and not repeating:
            return Plan(asked=view.wanted, blind=True)
        return Plan(asked=_probe(view, probed))
    if lore is None or not (steered or repeating):
        return Plan(asked=view.wanted)
    return _steer(view, lore)


def repeats(*, distinct: int, said: int, said_again: int) -> bool:
    """Whether a model repeats itself so much that it has to be steered.

    One repeat may be an accident; two among a few values are not.
    """
    return (
        said - distinct >= CERTAIN_REPEATS
        and chance_of_new(said=said, once=distinct - said_again) < PLAIN
    )


def _probe(view: View, probed: int) -> int:
    """A few values: prompts at once that know nothing of each other mostly say the same."""
    blind = sum(asked for _, asked in view.under_way)
    if view.said + blind >= probed:
        return min(view.wanted, 2)
    return max(1, min(view.wanted, max(2, min(8, probed // view.slots))))


@dataclass(frozen=True)
class _Offer:
    """What a leaf would give: new values, and known ones that come with them."""

    leaf: Leaf
    new: float
    old: float

    @property
    def worth(self) -> float:
        return self.new / (self.new + REPEAT_COST * self.old + 1.0)


def _steer(view: View, lore: Lore) -> Plan:
    leaves = lore.leaves()
    taken = [focus for focus, _ in view.under_way if focus is not None]
    met = set().union(*map(lore.met, taken))
    free = [leaf for leaf in leaves if id(leaf) not in met]
    obedience = lore.obedience if lore.heeds else 0.0
    offers = _offers(view, lore, free, obedience)
    if not offers:
        return _anywhere(view, lore)
    # What is believed to be empty is left alone, unless nothing else is left.
    hopeful = [offer for offer in offers if offer.new > HOPE]
    if hopeful:
        offers = sorted(hopeful, key=lambda offer: -offer.worth)
    else:
        # All seems found: look again everywhere in turn, below the favourites.
        offers = [_Offer(o.leaf, 0.3 * len(o.leaf.values) + HOPE, o.old) for o in offers]
        offers.sort(key=lambda offer: (offer.leaf.tried, -offer.worth))
    fair = sum(offer.new + offer.old for offer in offers) / max(1, view.slots - len(taken))
    most = min(view.wanted, MOST_STEERED)
    goal = min(float(most), max(fair, 1.0))
    chosen: list[_Offer] = []
    size = 0.0
    for offer in offers:
        if chosen and (size >= goal or len(chosen) >= MOST_PARTS):
            break
        if hopeful and size >= SMALL and offer.worth < 0.7 * chosen[0].worth > LEAN:
            break
        chosen.append(offer)
        size += ASKED_SHARE * offer.new + offer.old
    focus = join(offer.leaf.region for offer in chosen)
    values = [value for offer in chosen for value in offer.leaf.values]
    asked = max(1, min(most, round(size)))
    avoid = _avoid(view, lore, values, controls=CONTROLS)
    return Plan(
        asked=asked,
        focus=focus,
        avoid=avoid,
        forced=view.patterns and not view.multiline,
        loose=True,
        least=_least(chosen, asked),
        spare=SPARE if asked <= FEW else 0,
    )


def _least(chosen: Sequence[_Offer], asked: int) -> int:
    """How many values a region has to give before the model may stop.

    Where there may be nothing at all, none: a model that has no more would make some up. Where
    values are known it can say one of those.
    """
    untried = not any(offer.leaf.tried for offer in chosen)
    plenty = sum(offer.new for offer in chosen) > PLENTY * asked
    if untried and plenty:
        return max(1, int(OWED * asked))
    return int(any(offer.leaf.values for offer in chosen))


def _offers(view: View, lore: Lore, free: list[Leaf], obedience: float) -> list[_Offer]:
    scale = max(1.0, view.distinct / max(1, len(lore.known)))
    total = sum(leaf.weight for leaf in lore.leaves()) or 1.0
    deficits = [
        max(0.0, view.quota * leaf.weight / total - len(leaf.values) * scale) for leaf in free
    ]
    believed = [lore.hoped(leaf) for leaf in free]
    held = [new if deficit > 0 else 0.0 for new, deficit in zip(believed, deficits, strict=True)]
    if sum(held) < view.wanted / 2:
        held = believed
    staying = 1.0 - obedience * (1.0 - CONTROLS)
    return [
        _Offer(leaf, new, len(leaf.values) * staying) for leaf, new in zip(free, held, strict=True)
    ]


def _anywhere(view: View, lore: Lore) -> Plan:
    """All places are taken: ask freely, and name what comes most."""
    avoid = _avoid(view, lore, lore.most_repeated()[:2_000], controls=0.0)
    return Plan(asked=view.wanted, avoid=avoid)


def _avoid(view: View, lore: Lore, values: Sequence[str], *, controls: float) -> tuple[str, ...]:
    """The known values to name: the most repeated, as far as the tokens go.

    The controls are left out by chance, not by how often they were said: favourites would come
    more often than others, named or not.
    """
    if not lore.heeds:
        return ()
    named: list[str] = []
    left = float(view.budget_tokens)
    for value in sorted(values, key=lore.times, reverse=True):
        if crc32(value.encode("utf-8", "replace")) % 100 < 100 * controls:
            continue
        left -= tokens(value) + QUOTES
        if left < 0:
            break
        named.append(value)
    return tuple(named)
