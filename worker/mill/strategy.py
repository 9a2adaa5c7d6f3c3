"""What to ask for next, so that the model says what it has not said.

``plan`` decides on one prompt: how many values, out of which region, and what to name as known.
It goes by what ``worker.mill.lore`` remembers, of which a survey is made beforehand (``survey``).
All are free of I/O; why the rules are as they are is told, with figures, in ``docs/uniqueness.md``.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain
from math import ceil
from zlib import crc32

from shared.generation.estimates import chance_of_new
from worker.mill.arms import BLIND, STEERED, Arm
from worker.mill.book import Book
from worker.mill.cell import Cell
from worker.mill.choosing import Pull, choose
from worker.mill.lore import Lore
from worker.mill.prompts import tokens
from worker.mill.regions import Region, join
from worker.mill.survey import CONTROLS, HOPE, Offer, Survey

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

#: A cell of no more values is asked for by all slots at once: what prompts repeat that know
#: nothing of each other costs less time than a first judgement, which all would wait for.
AT_ONCE = 80

#: Of what a region is believed to hold, so much is asked for. Errors cost more above than below: a
#: full answer shows that there is more, and the rest is asked for again.
ASKED_SHARE = 0.75

#: Values that a steered prompt asks for, at most: what its parts hold is a guess.
MOST_STEERED = 50

#: Parts of the partition that one prompt is steered to, at most.
MOST_PARTS = 40

#: Known values that a prompt may name where it is steered to no part, for each value that it asks
#: for: to read them takes time too.
NAMED_SHARE = 2

#: Tokens of the quotes and the comma around a value that is named.
QUOTES = 1

#: Where the best part gives less than this for each value asked, prompts are filled up all the
#: same: a prompt costs something too.
LEAN = 0.3

#: Values that a prompt without a region asks for, if need be: what any loop would. And no more, as
#: long as its arm has not shown that nearly all it says is fit: some models run away.
USUAL = 20

#: And of a small model, whose answers turn to junk and repeats sooner.
USUAL_OF_SMALL = 8

#: A region that was never tried, and is believed to hold so many times what is asked for, has to
#: give this part of it: some models end an answer early by habit.
PLENTY = 1.3
OWED = 0.9

#: Below so many values a prompt takes more parts than it otherwise would.
SMALL = 10

#: As long as a model has not shown that nearly all it says is fit, it may end an answer when it
#: has said this part of it, or so many values: held to a number, a small one babbles.
LEAST_SHARE, LEAST_VALUES = 0.25, 3

#: Known values that stand as an earlier answer: enough to show the kind. A small model that was
#: shown fifteen of its favourites said those again; of five by chance it went on to others.
BEFORE = 5

#: Times that a value was said, to be shown where there are enough of such.
FEWEST_TIMES = 2


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
    #: What the ways of asking have shown with the model and the kind, and in this cell.
    book: Book = field(default_factory=Book)
    cell: Cell = field(default_factory=Cell)
    rng: random.Random = field(default_factory=random.Random)
    #: Whether the way of asking goes by these; else it is a region wherever values repeat.
    measured: bool = True
    #: Whether a model that has not proved itself may end its answer early.
    may_end: bool = True

    @property
    def is_repeating(self) -> bool:
        """Whether the model repeats itself so much in the cell that it has to be steered."""
        return repeats(distinct=self.distinct, said=self.said, said_again=self.said_again)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One prompt: ask for ``asked`` values of ``focus`` that are not among ``avoid``."""

    asked: int
    arm: Arm = Arm.PLAIN
    focus: Region | None = None
    avoid: tuple[str, ...] = ()
    #: Known values that stand as the model's own earlier answer.
    before: tuple[str, ...] = ()
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


def plan(view: View, known: Survey | None) -> Plan:
    """Decide on the next prompt of a cell; takes as long as the prompt has parts."""
    probed = min(PROBED_MOST, max(PROBED_LEAST, ceil(view.quota * PROBED_SHARE)))
    alone = not view.under_way
    steered = (known is not None and known.lore.steered) or any(
        focus for focus, _ in view.under_way
    )
    probing = view.said < probed and not steered
    if probing and view.quota > AT_ONCE and not (alone and view.quota <= view.wanted):
        if view.watchable and not view.is_repeating:
            return replace(_blind(view, view.wanted), blind=True)
        return _blind(view, _probe(view, probed))
    if known is None or not (steered or view.is_repeating):
        return _blind(view, view.wanted)
    return _by_arm(view, known)


def _by_arm(view: View, known: Survey) -> Plan:
    """The way of asking that is likely to bring the most new values for its tokens."""
    if not view.measured:
        return _steer(view, known, forced=_can(Arm.PATTERN, view, known))
    arms = list(_blind_arms(view))
    arms += [arm for arm in STEERED if _can(arm, view, known)]
    plain = chance_of_new(said=view.said, once=view.distinct - view.said_again)
    view.cell.plain = min(view.cell.plain, plain)
    pull = _choose(view, arms, view.wanted)
    view = replace(view, wanted=pull.most)
    match pull.arm:
        case Arm.PATTERN | Arm.WORDS:
            return _steer(view, known, forced=pull.arm is Arm.PATTERN)
        case Arm.NAMED:
            return _anywhere(view, known)
        case Arm.MORE:
            made = _filled_up(view, pull.arm)
            return replace(made, before=_within_budget(view, _shown(view, known)))
        case _:
            return _filled_up(view, pull.arm)


def _shown(view: View, known: Survey) -> Sequence[str]:
    """Known values by chance, of those that were said more than once where there are enough.

    What a small model said again was right twice as often as what it said once.
    """
    pool = known.favourites
    again = bisect(pool, -FEWEST_TIMES, key=lambda value: -known.lore.times(value))
    return view.rng.sample(pool[:again] if again >= BEFORE else pool, min(BEFORE, len(pool)))


def _filled_up(view: View, arm: Arm) -> Plan:
    """A prompt without a region, where values repeat.

    Favourites come first in an answer, so a short one brings nothing else: it is made longer, by
    what will not be new, up to what a plain loop would ask for.
    """
    fit, _ = view.book.fitness(arm)
    rate = max(LEAN, fit * view.cell.freshness(arm))
    whole = min(USUAL, ceil(view.wanted / rate))
    made = _loose(view, view.wanted, arm)
    return replace(made, spare=max(0, whole - made.asked))


def _choose(view: View, arms: Sequence[Arm], asked: int) -> Pull:
    left = max(asked, view.quota - view.distinct)
    return choose(view.book, view.cell, arms, asked=asked, left=left, rng=view.rng)


def _can(arm: Arm, view: View, known: Survey) -> bool:
    match arm:
        case Arm.PATTERN:
            return view.patterns and not view.multiline
        case Arm.NAMED:
            return known.lore.heeds
        case _:
            return True


def _blind_arms(view: View) -> Sequence[Arm]:
    """Where plain prompts bring what is fit, other words for them have nothing to win."""
    return (Arm.PLAIN, Arm.HOT) if view.book.is_good(Arm.PLAIN) else BLIND


def _blind(view: View, asked: int) -> Plan:
    """A prompt that knows nothing of the values that are there."""
    if not view.measured or view.book.is_new:
        return _loose(view, asked, Arm.PLAIN)
    arms = [arm for arm in _blind_arms(view) if arm is not Arm.HOT]
    pull = _choose(view, arms, asked)
    return _loose(view, pull.most, pull.arm)


def _loose(view: View, asked: int, arm: Arm) -> Plan:
    """As long as an arm has not shown what it is worth, the model may end its answers."""
    book = view.book
    # What a small model says well may be wrong all the same: it is never held to a number.
    if not view.may_end or (book.is_good(arm) and not book.is_small):
        return Plan(asked=asked, arm=arm)
    asked = min(asked, USUAL_OF_SMALL if book.is_small else USUAL)
    least = min(asked, max(LEAST_VALUES, ceil(LEAST_SHARE * asked)))
    return Plan(asked=asked, arm=arm, loose=least < asked, least=least)


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


def _steer(view: View, known: Survey, *, forced: bool) -> Plan:
    taken = [focus for focus, _ in view.under_way if focus is not None]
    met = frozenset[int]().union(*map(known.partition.met, taken))
    if len(met) == len(known.partition.leaves):
        return _anywhere(view, known)
    offers, size, hopeful = _free(view, known, met)
    fair = size / max(1, view.slots - len(taken))
    most = min(view.wanted, MOST_STEERED)
    goal = min(float(most), max(fair, 1.0))
    chosen: list[Offer] = []
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
    avoid = _avoid(view, known.lore, values, controls=CONTROLS)
    return Plan(
        asked=asked,
        arm=Arm.PATTERN if forced else Arm.WORDS,
        focus=focus,
        avoid=avoid,
        forced=forced,
        loose=True,
        least=_least(chosen, asked),
        spare=SPARE if asked <= FEW else 0,
    )


def _free(view: View, known: Survey, met: Set[int]) -> tuple[Iterator[Offer], float, bool]:
    """The offers of the leaves that nobody is at, the best first; their size; if there is hope."""
    gone = [known.by_leaf[leaf] for leaf in met]
    stock, full = known.in_room, known.full
    if stock.new - sum(offer.new for offer in gone if id(offer.leaf) not in full) < view.wanted / 2:
        stock, full = known.believed, frozenset()
    # What is believed to be empty is left alone, unless nothing else is left.
    offers = (o for o in known.hopeful if id(o.leaf) not in met and id(o.leaf) not in full)
    best = next(offers, None)
    if best is not None:
        taken = (o.new + o.old for o in gone if o.new > HOPE and id(o.leaf) not in full)
        return chain([best], offers), stock.size - sum(taken), True
    # All seems found: look again everywhere in turn, below the favourites.
    again = [offer for offer in known.again if id(offer.leaf) not in met]
    return iter(again), sum(offer.new + offer.old for offer in again), False


def _least(chosen: Sequence[Offer], asked: int) -> int:
    """How many values a region has to give before the model may stop.

    Where there may be nothing at all, none: a model that has no more would make some up. Where
    values are known it can say one of those.
    """
    untried = not any(offer.leaf.tried for offer in chosen)
    plenty = sum(offer.new for offer in chosen) > PLENTY * asked
    if untried and plenty:
        return max(1, int(OWED * asked))
    return int(any(offer.leaf.values for offer in chosen))


def _anywhere(view: View, known: Survey) -> Plan:
    """All places are taken: ask freely, and name what comes most."""
    made = _filled_up(view, Arm.NAMED)
    most = NAMED_SHARE * (made.asked + made.spare)
    avoid = _avoid(view, known.lore, known.favourites[:most], controls=0.0)
    return replace(made, avoid=avoid)


def _avoid(view: View, lore: Lore, values: Sequence[str], *, controls: float) -> tuple[str, ...]:
    """The known values to name: the most repeated, as far as the tokens go.

    The controls are left out by chance, not by how often they were said: favourites would come
    more often than others, named or not.
    """
    if not lore.heeds:
        return ()
    return _within_budget(
        view,
        (
            value
            for value in sorted(values, key=lore.times, reverse=True)
            if crc32(value.encode("utf-8", "replace")) % 100 >= 100 * controls
        ),
    )


def _within_budget(view: View, values: Iterable[str]) -> tuple[str, ...]:
    """The first values, as far as the tokens for naming them go."""
    named: list[str] = []
    left = float(view.budget_tokens)
    for value in values:
        left -= tokens(value) + QUOTES
        if left < 0:
            break
        named.append(value)
    return tuple(named)
