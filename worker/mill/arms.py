"""The ways of asking. Pure."""

from __future__ import annotations

from enum import StrEnum


class Arm(StrEnum):
    """A way of asking."""

    #: The request, and nothing else.
    PLAIN = "plain"
    #: In other words.
    REWORDED = "reworded"
    #: With a lower temperature: fewer slips, more repeats.
    COOL = "cool"
    #: With a higher temperature: more of what is rare.
    HOT = "hot"
    #: Known values stand as the model's own earlier answer, and it is asked for more.
    MORE = "more"
    #: Known values are named, not to be said again.
    NAMED = "named"
    #: A region, in words.
    WORDS = "words"
    #: A region, in words and forced by a pattern of the schema; its known values are named.
    PATTERN = "pattern"


#: Arms that know nothing of the values that are there.
BLIND = (Arm.PLAIN, Arm.REWORDED, Arm.COOL, Arm.HOT)
#: Arms that are steered by them.
STEERED = (Arm.PATTERN, Arm.WORDS, Arm.MORE, Arm.NAMED)
