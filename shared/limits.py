"""How much one account may have in use at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """0 is no limit."""

    #: Operations that have not ended.
    open_operations: int = 0
    #: Values that are stored, or still to be generated.
    values: int = 0


NONE = Limits()
