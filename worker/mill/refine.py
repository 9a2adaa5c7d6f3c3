"""Decide which of the model's values are fit to store.

The order is promised: NFC, filter characters, trim, reject, and then deduplicate (here within one
answer; against all earlier ones in the database). Before it, marks that are the list's and not the
value's are taken off; check digits are made right before values are compared. A value is looked at
as it would be stored.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.equality import compose, fold
from shared.generation.exports import BYTE_ORDER_MARK, is_single_line
from shared.generation.reports import Reason
from shared.javaregex import JavaRegexTimeout
from shared.unseen import trim
from worker.mill.check_digits import Mend
from worker.mill.filtering import Filter
from worker.mill.looks import Look
from worker.mill.looks.marks import HEAD

#: C0, DEL and C1 (Unicode's category Cc), without tab and the characters that break lines.
_CONTROL = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
#: What stands for something that is no text, or for text that was lost, as half of an emoji is.
_SPECIAL = "\ufff9-\ufffd"
#: Code points that are never characters: the last two of each plane, and 32 among Arabic's.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(last - 1)}{chr(last)}" for last in range(0xFFFF, 0x110000, 0x10000)
)
_NO_TEXT = re.compile(f"[{_CONTROL}{_SPECIAL}{_NONCHARACTERS}]")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the request says of each value; lengths in code points."""

    max_value_length: int
    multiline: bool
    trim: bool
    unique: bool
    unwanted: Filter | None
    #: Makes the check digits of a value right; see ``worker.mill.check_digits``.
    mend: Mend | None = None


@dataclass(frozen=True, kw_only=True)
class Refined:
    """``values`` are fit, in the order said; so many others were repeats, or rejected."""

    values: list[str]
    repeated: int
    rejected: Counter[Reason]


class Refiner:
    """Filters, trims, rejects and deduplicates what one answer says, in parts as it comes.

    :param look: what is asked of each value besides; None: nothing. It may hold back the first
        few items, until others show whether what they carry is wrong, and later ones that carry
        what may be a mark, until most do; ``finish`` gives them.
    """

    def __init__(self, rules: Rules, look: Look | None = None) -> None:
        self._rules = rules
        self._look = look
        self._marks = None if look is None else look.marks
        self._kept: set[str] = set()
        #: Items so far; their places are counted from 0.
        self._count = 0
        #: So many values in a row, up to the last one, were too long or ran away.
        self.lost = 0
        #: The first items, until enough are known.
        self._head: list[str] = []
        #: The item that was looked at last before it was decided on, and what came of it.
        self._cleaned: tuple[str | None, str, Reason | None] = (None, "", None)
        #: Items that are held back, by their places.
        self._held: dict[int, str] = {}

    @property
    def gives_up(self) -> bool:
        """Whether values cannot be filtered, whatever is said."""
        return self._rules.unwanted is not None and self._rules.unwanted.is_given_up

    def refine(self, said: Iterable[str]) -> Refined:
        """Decide on the values that came next."""
        refined = Refined(values=[], repeated=0, rejected=Counter())
        for raw in said:
            place, self._count = self._count, self._count + 1
            if self._look is None:
                refined = self._decide({place: raw}, refined)
            elif place < HEAD:
                self._head.append(raw)
                if self._held or self._may_have_to_wait(raw, self._look):
                    self._held[place] = raw
                else:
                    refined = self._decide({place: raw}, refined)
                if self._count == HEAD:
                    refined = self._release(refined)
            elif self._marks is not None and self._marks.hear(raw, place):
                self._held[place] = raw
                if self._marks.find_late():
                    refined = self._release_held(refined)
            else:
                refined = self._decide({place: raw}, refined)
        return refined

    def finish(self) -> Refined:
        """The answer is over: decide on what was held back."""
        refined = Refined(values=[], repeated=0, rejected=Counter())
        return self._release(refined) if self._count < HEAD else self._release_held(refined)

    def _may_have_to_wait(self, raw: str, look: Look) -> bool:
        if self._marks is not None and self._marks.may_carry(raw):
            return True
        self._cleaned = raw, *_clean(raw, self._rules)
        _, value, reason = self._cleaned
        return reason is None and look.is_suspect(value)

    def _release(self, refined: Refined) -> Refined:
        """Enough is known of the first items."""
        if self._marks is not None:
            self._marks.find(self._head)
        return self._release_held(refined)

    def _release_held(self, refined: Refined) -> Refined:
        held, self._held = self._held, {}
        return self._decide(held, refined) if held else refined

    def _decide(self, items: Mapping[int, str], refined: Refined) -> Refined:
        values, rejected, repeated = refined.values, refined.rejected, refined.repeated
        lost_before = rejected["too_long"] + rejected["run_away"]
        clean: list[str] = []
        lengths: list[int] = []
        for place, raw in items.items():
            item = raw if self._marks is None else self._marks.take_off(raw, place)
            if item == self._cleaned[0]:
                # A filter that takes for ever takes it once.
                _, value, reason = self._cleaned
            else:
                value, reason = _clean(item, self._rules)
            if reason is not None:
                rejected[reason] += 1
            else:
                clean.append(value if self._rules.mend is None else self._rules.mend(value))
                lengths.append(len(raw))
        reasons: list[Reason | None] = [None] * len(clean)
        if self._look is not None:
            reasons = self._look.judge(list(zip(clean, lengths, strict=True)))
        for value, reason in zip(clean, reasons, strict=True):
            if reason is not None:
                rejected[reason] += 1
            elif self._is_known(value):
                repeated += 1
            else:
                values.append(value)
        if len(items) == rejected["too_long"] + rejected["run_away"] - lost_before:
            self.lost += len(items)
        else:
            self.lost = 0
        return Refined(values=values, repeated=repeated, rejected=rejected)

    def _is_known(self, value: str) -> bool:
        """Whether an equal one came before in this answer; it does from now on."""
        if not self._rules.unique:
            return False
        folded = fold(value)
        if folded in self._kept:
            return True
        self._kept.add(folded)
        return False


def _clean(value: str, rules: Rules) -> tuple[str, Reason | None]:
    """The value as it would be stored, and why it may not be."""
    value = compose(value)
    if rules.unwanted is not None:
        try:
            value = compose(rules.unwanted.remove_from(value))
        except JavaRegexTimeout:
            return value, "filter_timeout"
    value = trim(value) if rules.trim else value.lstrip(BYTE_ORDER_MARK)
    if not value or not (rules.trim or fold(value)):
        return value, "empty"
    if len(value) > rules.max_value_length:
        return value, "too_long"
    if not rules.multiline and not is_single_line(value):
        return value, "several_lines"
    return value, None if is_storable(value) else "unusable"


def is_storable(value: str) -> bool:
    """Whether it is text: UTF-8 has no lone surrogates, and text no control characters.

    Nor has it U+FFFD and the like, or code points that are never characters. Tabs are text, and so
    are line breaks: what may have them is another matter. Marks that change the direction of
    writing are too; some languages need them.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return _NO_TEXT.search(value) is None
