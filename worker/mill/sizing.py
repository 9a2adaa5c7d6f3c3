"""How many values to ask for in one prompt."""

from __future__ import annotations

from shared.db.claims import Outlook

#: Characters that one answer may grow to; keeps answers within the context window and a prompt
#: within seconds, whatever the length of a value.
ANSWER_CHARACTERS = 8_000

#: Below this a prompt costs more than its values.
WORTHWHILE = 5


def batch_size(outlook: Outlook, *, max_values: int) -> int:
    """Values to ask for: as many as fit, but fewer near the end of an operation.

    There the rest is shared among all slots, so that none is idle while one works through a long
    last answer (guided self-scheduling, Polychronopoulos and Kuck 1987).
    """
    fitting = max(1, min(max_values, ANSWER_CHARACTERS // outlook.max_value_length))
    share = -(-outlook.open_count // max(1, outlook.total_slots))
    return min(fitting, max(share, WORTHWHILE))
