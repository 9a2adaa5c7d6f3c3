"""The look at each value of one answer: which of them are no values of their kind, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared.generation.reports import Reason
from shared.looks import LOOKS
from worker.mill.looks.counting import Rows, is_bare_number
from worker.mill.looks.cut_off import ends_openly
from worker.mill.looks.echo import is_echo
from worker.mill.looks.marks import Marks
from worker.mill.looks.markup import has_label, has_markup, is_key
from worker.mill.looks.off_shape import Shape, shape_of
from worker.mill.looks.profile import Profile
from worker.mill.looks.refusal import is_refusal
from worker.mill.looks.run_away import Growth, is_running_away, repeats_itself
from worker.mill.looks.wording import Wording, words_of

#: Suspicions that nearly all values of a cell may carry, because that is what their kind is.
_BY_MAJORITY: tuple[Reason, ...] = ("markup", "counting", "cut_off")

#: Where others have digits beside letters, a bare number is one of them.
_DIGITS = "digits"

#: No more of a value is split into words.
MOST_CHARACTERS = 400


@dataclass(frozen=True, kw_only=True)
class _Seen:
    value: str
    #: Refused whatever others are like.
    hard: Reason | None
    suspicions: tuple[Reason, ...]
    shape: Shape


class Look:
    """Looks at the values of one answer in their order.

    :param wording: the request, as it speaks of this cell.
    :param on: the names of the looks that are on; see ``LOOKS``.
    :param profile: what is known of the cell; None: nothing.
    :param limit: characters at which a grammar ends a string, whatever is lacking.
    """

    def __init__(
        self,
        wording: Wording,
        *,
        on: Collection[str] = LOOKS,
        profile: Profile | None = None,
        limit: int | None = None,
    ) -> None:
        self._wording = wording
        self._on = on
        self._profile = Profile() if profile is None else profile.copy()
        self._limit = limit
        self._rows = Rows(wording)
        self._growth = Growth()
        #: What this answer has shown, for the cell's profile.
        self.learned = Profile()
        self.marks = (
            Marks(wording, known=self._profile.marks, found=self.learned.marks)
            if "marks" in on
            else None
        )

    def is_suspect(self, value: str) -> bool:
        """Whether others have to say if there is something wrong with a value."""
        return bool(self._suspicions(value))

    def judge(self, said: Sequence[tuple[str, int]]) -> list[Reason | None]:
        """Say of values that came next why each is refused; they are judged beside each other.

        :param said: values as they would be stored, and how many characters each was said with.
        """
        seen = [self._see(value, length) for value, length in said]
        return [self._decide(each) for each in seen]

    def runs_away(self, text: str) -> bool:
        """Whether a string that the model is still at repeats itself without end."""
        return "run_away" in self._on and not self._wording.repeating and is_running_away(text)

    def _see(self, value: str, length: int) -> _Seen:
        words = words_of(value[:MOST_CHARACTERS])
        seen = _Seen(
            value=value,
            hard=self._hard(value, words, length),
            suspicions=self._suspicions(value),
            shape=shape_of(value, value.count(" ") + 1),
        )
        for profile in (self._profile, self.learned):
            # An echo says nothing of what the kind is like.
            if seen.hard is None:
                profile.looked_at += 1
                profile.suspects.update(seen.suspicions)
                profile.suspects[_DIGITS] += "digits" in seen.shape.features
        return seen

    def _hard(self, value: str, words: tuple[str, ...], length: int) -> Reason | None:
        wording, on = self._wording, self._on
        if "refusal" in on and is_refusal(value, words, wording):
            return "refusal"
        if "echo" in on and is_echo(value, words, wording):
            return "echo"
        is_named = has_label(value, wording) or is_key(value, wording)
        if "markup" in on and is_named and not wording.written_in_marks:
            return "markup"
        # Both follow the row of values, so each has to be told of all.
        counts_up = self._rows.counts_up(value)
        grows = self._growth.is_too_much(value)
        counts = counts_up or (wording.named and is_bare_number(value))
        if "counting" in on and counts and not wording.numbered:
            return "counting"
        if "run_away" in on and not wording.repeating and (grows or repeats_itself(value)):
            return "run_away"
        if "cut_off" in on and self._limit is not None and length >= self._limit:
            return "cut_off"
        return None

    def _suspicions(self, value: str) -> tuple[Reason, ...]:
        wording = self._wording
        found: list[Reason] = []
        # What is bare and ends with a comma is a number before all.
        if not wording.numbered and is_bare_number(value):
            found.append("counting")
        elif not wording.written_in_marks:
            if has_markup(value):
                found.append("markup")
            if ends_openly(value):
                found.append("cut_off")
        return tuple(each for each in found if each in self._on)

    def _decide(self, seen: _Seen) -> Reason | None:
        if seen.hard is not None:
            return seen.hard
        for each in _BY_MAJORITY:
            shared = _DIGITS if each == "counting" else each
            if each in seen.suspicions and not self._profile.is_ordinary(shared):
                return each
        # Marks come and go in what is written in them.
        judged = "off_shape" in self._on and not self._wording.written_in_marks
        if judged and self._profile.shapes.stands_apart(seen.shape):
            return "off_shape"
        self._profile.shapes.add(seen.shape)
        self.learned.shapes.add(seen.shape)
        return None
