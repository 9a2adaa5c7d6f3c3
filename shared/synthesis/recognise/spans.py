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


def settle(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order, none over another: the surer one stays, and then the longer.

    What a span that gives way had for itself alone stays found: it is cut, and not dropped.
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (-each.confidence, each.start - each.end)):
        pieces = [(span.start, span.end)]
        for other in kept:
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
        parts += [text[at : span.start], replacement(span.entity, text[span.start : span.end])]
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def label(entity: Entity, _found: str) -> str:
    """A replacement that says only what stood there: ``<PERSON>``."""
    return f"<{entity}>"
