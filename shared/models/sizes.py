"""How large a model is, from the words in which servers say it. Pure."""

from __future__ import annotations

import re

_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

# Experts stand before the size of one: 8x7B.
_SIZE = re.compile(r"(?:(\d{1,4})[xX])?(\d{1,15}(?:\.\d{1,15})?)([kKmMbBtT]?)", re.ASCII)


def weights(size: str | None) -> float | None:
    """The weights of a model, by texts such as ``134.52M``, ``7b`` and ``8x7B``.

    :returns: None for what says nothing: no text, one of another form, and zero.
    """
    found = _SIZE.fullmatch("" if size is None else size.strip())
    if found is None:
        return None
    experts, number, unit = found.groups()
    count = int(experts or 1) * float(number) * _UNITS.get(unit.upper(), 1.0)
    return count or None
