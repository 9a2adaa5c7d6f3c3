"""What a worker process learns of a model server from how it answers.

Pure: no clock, no network, no database; times are seconds of any one monotonic clock.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from shared.backoff import Backoff
from worker.models.prompt import Timing

#: Answers that count as recent.
RECENT = 32


class Patience:
    """How long a server may be silent before it is given up.

    Several times the longest that it has lately taken, between a floor and what the settings
    allow; the latter until enough has been seen. A silence that was given up doubles the wait
    for the next, until an answer shows that it was an accident: a server that has become slower
    is cut a few times, not again and again.
    """

    FIRST_TOKEN_FACTOR = 5
    STALL_FACTOR = 4
    LEAST_FIRST_TOKEN = 2.0
    #: More, because an answer that is cut has cost something.
    LEAST_STALL = 3.0
    #: First tokens, and silences, that must have been seen.
    ENOUGH_ANSWERS = 3
    ENOUGH_SILENCES = 32

    def __init__(self, *, first_token: float, stall: float) -> None:
        self._longest_first_token = first_token
        self._longest_stall = stall
        #: Prompts that the server has begun to answer.
        self.taken = 0
        self.forget()

    def forget(self) -> None:
        """Start over, as after a restart of the server."""
        self._first_tokens: deque[float] = deque(maxlen=RECENT)
        self._silences: deque[float] = deque(maxlen=RECENT)
        self._silences_seen = 0
        self._missed = 0.0
        self._stalled = 0.0
        self._stalled_at = float("-inf")

    def first_token(self) -> float:
        """Seconds to wait for the first token of a prompt."""
        recent = list(self._first_tokens)
        if len(recent) < self.ENOUGH_ANSWERS:
            return self._longest_first_token
        wanted = max(self.LEAST_FIRST_TOKEN, self.FIRST_TOKEN_FACTOR * max(recent), self._missed)
        return min(self._longest_first_token, wanted)

    def stall(self) -> float:
        """Seconds that a silence within an answer may last."""
        if self._silences_seen < self.ENOUGH_SILENCES:
            return self._longest_stall
        longest = max(list(self._silences), default=0.0)
        wanted = max(self.LEAST_STALL, self.STALL_FACTOR * longest, self._stalled)
        return min(self._longest_stall, wanted)

    def learn(self, seconds: float) -> None:
        """Note how long a first token took."""
        self.taken += 1
        self._first_tokens.append(seconds)
        self._missed = 0.0
        # Long silences are forgotten after so many answers, too.
        self._silences.append(0.0)

    def learn_silence(self, seconds: float) -> None:
        """Note a silence within an answer that has ended; called for every piece."""
        self._silences_seen += 1
        if seconds * self.STALL_FACTOR > self.LEAST_STALL:
            self._silences.append(seconds)

    def missed(self, seconds: float) -> None:
        """Note that a first token did not come for so long, and was given up.

        However many prompts were given up at the same time, the next wait twice as long.
        """
        self._missed = max(self._missed, 2 * seconds)

    def stalled(self, *, began: float, at: float) -> None:
        """Note that an answer was given up, at this time, for a silence in it that was too long.

        Counts once for all prompts that were under way, likewise.
        """
        if began > self._stalled_at:
            self._stalled = 2 * self.stall()
            self._stalled_at = at

    def answered(self) -> None:
        """Note that an answer came to its end."""
        self._stalled = 0.0


class Pace:
    """How fast one slot of a server works with one model, and what its answers take besides."""

    #: So many times the largest overhead of late: the next may be larger.
    OVERHEAD_ROOM = 1.5
    #: Fewer tokens are within the room that values have.
    LEAST_OVERHEAD = 16

    def __init__(self) -> None:
        self._reading: deque[float] = deque(maxlen=RECENT)
        self._speeds: deque[float] = deque(maxlen=RECENT)
        self._overheads: deque[int] = deque(maxlen=RECENT)

    @property
    def overhead_tokens(self) -> int:
        """Tokens that answers take besides values, as for thinking: room for nearly all of them."""
        return int(self.OVERHEAD_ROOM * max(list(self._overheads), default=0))

    @property
    def tokens_per_second(self) -> float | None:
        """The median of the last answers; None before the first."""
        return median(list(self._speeds) or [0.0]) or None

    @property
    def first_token_seconds(self) -> float | None:
        """From the server's turning to a prompt to its first token; likewise."""
        recent = list(self._reading)
        return median(recent) if recent else None

    def learn_overhead(self, tokens: int) -> None:
        """Note how many tokens of an answer were no values."""
        self._overheads.append(tokens if tokens >= self.LEAST_OVERHEAD else 0)

    def learn(self, timing: Timing) -> None:
        """Note how long an answer took."""
        self._reading.append(timing.reading)
        if timing.output_tokens > 1 and timing.writing > 0:
            self._speeds.append(timing.output_tokens / timing.writing)


class Level:
    """How many prompts at once a server bears: additive increase, multiplicative decrease.

    After V. Jacobson, "Congestion avoidance and control" (1988). The level itself is held over
    all workers, in the database; here is what one process sees of the server, and what it thinks
    the level should be. Answers to prompts that were sent before the level was last lowered say
    nothing of the new one.
    """

    #: In a row, for the level to be lowered. Where a share p of all prompts is refused by accident,
    #: the level still reaches about sqrt(8 / p^3): 89 for a tenth. With two it would be 28.
    REFUSALS = 3
    #: A prompt that waited longer than this, and also this many times the shortest recent wait or
    #: longer than its answer took, has stood in a queue within the server.
    LATE_SECONDS = 0.5
    LATE_FACTOR = 4

    def __init__(self, most: int) -> None:
        self.now = self.most = most
        #: Refusals in a row; those that came together count as one.
        self.refusals = 0
        #: Refusals in a row while the level was 1 and could not be lowered.
        self.futile = 0
        self._good = 0
        self._taken = 0
        self.refused_at = self._lowered_at = float("-inf")
        #: The level before it was lowered for what turned out to be no matter of level at all.
        self._outage: int | None = None
        self._height = most
        self._waits: deque[float] = deque(maxlen=8 * RECENT)

    def know(self, level: int, most: int, *, at: float) -> None:
        """Note how the level stands in the database."""
        if level < self.now:
            self._lowered_at = at
        self.now, self.most = level, most

    def good(
        self, *, began: float, at: float, waited: float | None, worked: float = float("inf")
    ) -> int:
        """Note a good answer; return the level that there should be now.

        :param waited: until the server turned to the prompt; None where that is not known.
        :param worked: from then on, likewise.
        """
        self.refusals = self.futile = 0
        if self._outage is not None:
            restored, self._outage = max(self._outage, self.now), None
            return min(restored, self.most)
        if waited is not None and self._is_late(waited, worked):
            return self._lowered(at) if began > self._lowered_at else self.now
        if self.now >= self.most:
            return self.now
        self._good += 1
        if self._good < self.now:
            return self.now
        self._good = 0
        return self.now + 1

    def refused(self, *, began: float, at: float, taken: int) -> int:
        """Note that the server did not take a prompt; return the level that there should be now.

        A few may be accidents: the third in a row, and each that follows, lowers it.

        :param taken: prompts that it has taken so far; one between two refusals parts them.
        """
        if began <= self.refused_at:
            return self.now
        self.refused_at = at
        if taken > self._taken:
            self.refusals = self.futile = 0
            self._taken = taken
        self.refusals += 1
        if self.refusals == 1:
            self._height = self.now
        if self.refusals < self.REFUSALS:
            return self.now
        if self.now > 1:
            return self._lowered(at)
        self.futile += 1
        self._outage = self._outage or self._height
        return self.now

    def trial(self, *, at: float) -> int:
        """Note that the server is sick, and gets one prompt at a time; return that level.

        The first good answer brings back the level from before.
        """
        self._outage = self._outage or self.now
        self._lowered_at = at
        return 1

    def _is_late(self, waited: float, worked: float) -> bool:
        self._waits.append(waited)
        return waited > self.LATE_SECONDS + min(self.LATE_FACTOR * min(self._waits), worked)

    def _lowered(self, at: float) -> int:
        self._good = 0
        self._lowered_at = at
        return max(1, min(self.now - 1, self.now * 7 // 8))


class Breaker:
    """A circuit breaker: a server that fails again and again is left alone for a while.

    It opens with a few failures in a row, each pause is followed by one prompt to see, and the
    first good answer closes it. After M. Nygard, "Release It!" (2007).
    """

    FAILURES = 3
    BACKOFF = Backoff(first=1.0, longest=30.0)

    def __init__(self) -> None:
        self._failures = 0
        self._pauses = 0
        self._opened_at: float | None = None

    def failed(self, *, began: float, at: float, longest: float = BACKOFF.longest) -> float:
        """Note a failure; return for how many seconds to leave the server alone from now on.

        Zero while it is closed, and for prompts that were under way when it opened.
        """
        if self._opened_at is not None and began <= self._opened_at:
            return 0.0
        self._failures += 1
        if self._failures < self.FAILURES:
            return 0.0
        self._opened_at = at
        pause = min(longest, self.BACKOFF.pause(self._pauses))
        self._pauses += 1
        return pause

    def good(self) -> None:
        """Note a good answer."""
        self._failures = self._pauses = 0
        self._opened_at = None
