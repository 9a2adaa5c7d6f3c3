"""Places in a text where something personal stands, and the text without it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.synthesis.plans import Entity

#: What is written in place of a found text, by what it is; the same for the same.
Replacement = Callable[[Entity, str], str]


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` is personal.

    :param confidence: from 0 to 1.
    """

    start: int
    end: int
    entity: Entity
    confidence: float


#: Where more spans hang together, the one that begins first stays: all else would take too long.
MOST_TOGETHER = 64


def settle(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order, none over another: the surer one stays, and then the longer.

    What a span that gives way had for itself alone stays found: it is cut, and not dropped.
    """
    settled: list[Span] = []
    together: list[Span] = []
    end = -1
    for span in sorted(dict.fromkeys(spans), key=lambda each: (each.start, -each.end)):
        if span.start >= end:
            settled += _apart(together)
            together = []
        together.append(span)
        end = max(end, span.end)
    return [*settled, *_apart(together)]


def _apart(spans: Sequence[Span]) -> Sequence[Span]:
    """Spans that hang together, none over another any more."""
    if len(spans) < 2:
        return spans
    ranked = (
        sorted(spans, key=lambda each: (-each.confidence, each.start - each.end, each.start))
        if len(spans) <= MOST_TOGETHER
        else spans
    )
    kept: list[Span] = []
    for span in ranked:
        pieces = [(span.start, span.end)]
        # Of a long chain, ordered by where they begin, only the last can lie over the next.
        for other in kept if len(spans) <= MOST_TOGETHER else kept[-1:]:
            pieces = [
                part
                for start, end in pieces
                for part in ((start, min(end, other.start)), (max(start, other.end), end))
                if part[0] < part[1]
            ]
        kept += [Span(start, end, span.entity, span.confidence) for start, end in pieces]
    return sorted(kept, key=lambda each: each.start)


def replace_in_text(text: str, spans: Sequence[Span], replacement: Replacement) -> str:
    """A text with other words where spans are.

    :param spans: in their order, none over another, as ``find_in_text`` gives them.
    """
    parts: list[str] = []
    at = 0
    for span in spans:
        found = text[span.start : span.end]
        # What was left between two others, such as the blank of a full name, says nothing.
        says_something = any(map(str.isalnum, found))
        parts += [
            text[at : span.start],
            replacement(span.entity, found) if says_something else found,
        ]
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def label(entity: Entity, _found: str) -> str:
    """A replacement that says only what stood there: ``<PERSON>``."""
    return f"<{Entity.PERSON if entity in _NAMES else entity}>"


_NAMES = frozenset({Entity.FIRST_NAME, Entity.LAST_NAME})
