"""Texts in which anything may stand: where in them something personal does. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.spans import Span, settle

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def find_in_text(
    text: str, *, locale: str = "en", row: Sequence[tuple[Entity, str]] = ()
) -> list[Span]:
    """What is personal in a text.

    :param locale: whose names, numbers and addresses are looked for first.
    :param row: personal values of the same row, such as the name that stands in another column:
        they are found wherever they stand.
    :returns: spans in their order, none over another.
    """
    del locale
    spans = [Span(*each.span(), Entity.EMAIL, 1.0) for each in _EMAIL.finditer(text)]
    for entity, value in row:
        spans += [
            Span(*each.span(), entity, 1.0)
            for each in re.finditer(re.escape(value), text, re.IGNORECASE)
            if value
        ]
    return settle(spans)
