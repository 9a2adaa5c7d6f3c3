"""What happens when: settled by the seed and the length of a run, and by nothing else."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

WORKERS = ("worker-1", "worker-2", "worker-3")
GATEWAYS = ("gateway-1", "gateway-2")

#: The clock of this worker is wrong.
SKEWED = "worker-3"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of fault: how often in a run of full length, and for how long each time."""

    often: int
    shortest: float = 0.0
    longest: float = 0.0
    targets: tuple[str, ...] = ()
    #: In every run, however short.
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fault of one run; times in seconds."""

    at: float
    kind: str
    target: str
    lasts: float
    #: Of what it strikes; each fault knows what that is.
    share: float


#: Seconds of faults in a run of full length.
FULL = 80.0

#: A lease is 4 seconds: what is frozen for longer wakes up as a zombie.
KINDS: Mapping[str, Kind] = {
    "kill worker": Kind(often=14, targets=WORKERS, always=True),
    "kill all workers": Kind(often=1),
    "freeze worker": Kind(often=3, shortest=5, longest=8, targets=WORKERS, always=True),
    "upgrade worker": Kind(often=1, shortest=6, longest=9, targets=WORKERS),
    "lose worker for good": Kind(often=1, shortest=5, longest=8, always=True),
    "kill API": Kind(often=4, always=True),
    "kill Redis": Kind(often=1),
    "flush Redis": Kind(often=2, always=True),
    "fill Redis": Kind(often=1, shortest=2, longest=4),
    "freeze Redis": Kind(often=1, shortest=2, longest=4),
    "restart PostgreSQL at once": Kind(often=2, always=True),
    "kill a PostgreSQL backend": Kind(often=1),
    "cut database connections": Kind(often=2, longest=2),
    "no room on disk": Kind(often=1, shortest=2, longest=4, always=True),
    "serialization failures": Kind(often=1, shortest=2, longest=4),
    "statements time out": Kind(often=1, shortest=2, longest=4),
    "lock operations": Kind(often=1, shortest=2, longest=4),
    "kill gateway": Kind(often=3, targets=GATEWAYS, always=True),
    "gateway hangs": Kind(often=1, shortest=2, longest=5, targets=GATEWAYS),
    "gateway says 503": Kind(often=1, shortest=2, longest=5, targets=GATEWAYS),
    "gateway says 429": Kind(often=1, shortest=2, longest=5, targets=GATEWAYS),
    "gateway says 500": Kind(often=1, shortest=1, longest=3, targets=GATEWAYS),
    "gateway loses the model": Kind(often=1, shortest=2, longest=4, targets=GATEWAYS),
    "gateway cuts answers": Kind(often=1, shortest=2, longest=5, targets=GATEWAYS),
    "gateway falls silent": Kind(often=1, shortest=2, longest=4, targets=GATEWAYS),
    "gateway talks nonsense": Kind(often=1, shortest=1, longest=3, targets=GATEWAYS),
}


def plan(*, seed: int, seconds: float) -> list[Event]:
    """The faults of a run, in order."""
    chance = random.Random(f"faults {seed}")
    deck = _deck(chance, seconds)
    chance.shuffle(deck)
    slot = seconds / len(deck)
    return [
        Event(
            at=round((place + chance.uniform(0.1, 0.9)) * slot, 2),
            kind=name,
            target=chance.choice(KINDS[name].targets) if KINDS[name].targets else "",
            lasts=round(chance.uniform(KINDS[name].shortest, KINDS[name].longest), 2),
            share=round(chance.uniform(0.3, 1.0), 2),
        )
        for place, name in enumerate(deck)
    ]


def _deck(chance: random.Random, seconds: float) -> list[str]:
    deck = []
    for name, kind in KINDS.items():
        wanted = kind.often * seconds / FULL
        number = int(wanted) + (chance.random() < wanted % 1)
        deck += [name] * max(number, int(kind.always))
    return deck
