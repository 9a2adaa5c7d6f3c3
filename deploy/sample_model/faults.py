"""Which fault, if any, strikes a request."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

FAULTS = {
    "busy_503": "answers 503, as a server whose queue is full",
    "busy_429": "answers 429, as a proxy that limits the rate",
    "missing_404": "answers 404, as a server that has not pulled the model",
    "error_500": "answers 500, as a runner that crashed",
    "hang_before": "sends nothing at all until the client closes",
    "hang_midway": "sends half of the answer, then nothing until the client closes",
    "cut": "closes the connection in the middle of the answer",
    "broken_json": "answers text from which not one whole JSON string can be read",
    "fenced_json": "puts the JSON between ```json fences",
    "chatter": "says something before and after the answer",
    "refusal": "declines to answer",
    "thinking": "leaks <think>..</think> before the answer",
    "repeats": "gives few values, again and again",
    "too_long": "gives values far over the limit",
    "multiline": "gives values with line breaks inside",
    "empty": "gives empty strings",
}


def parse_faults(given: Mapping[str, object] | Iterable[str]) -> dict[str, float]:
    """Probabilities by fault, in the given order.

    Takes a mapping or ``NAME=PROBABILITY`` texts. Raises `ValueError` for an unknown name, a
    probability outside 0..1, or a sum above 1.
    """
    faults: dict[str, float] = {}
    for name, share in _pairs(given):
        if name not in FAULTS:
            raise ValueError(f"no fault is called {name!r}; there are: {', '.join(FAULTS)}")
        probability = float(str(share))
        if not 0 <= probability <= 1:
            raise ValueError(f"the probability of {name} must lie between 0 and 1")
        faults[name] = probability
    if sum(faults.values()) > 1 + 1e-9:
        raise ValueError("the probabilities of all faults together must not exceed 1")
    return faults


def _pairs(given: Mapping[str, object] | Iterable[str]) -> Iterable[tuple[str, object]]:
    if isinstance(given, Mapping):
        return given.items()
    texts = [given] if isinstance(given, str) else given
    parted = (text.partition("=") for text in texts)
    return [(name.strip(), share) for name, _, share in parted]


def draw_fault(faults: Mapping[str, float], rng: random.Random) -> str | None:
    """At most one fault for a request: each owns its share of 0..1, in the given order."""
    point = rng.random()
    for name, probability in faults.items():
        point -= probability
        if point < 0:
            return name
    return None
