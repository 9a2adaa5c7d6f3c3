"""The names of what can be turned off in the making of values. Pure."""

from __future__ import annotations

#: The looks at each value; see ``worker.mill.looks``. ``marks`` takes off what marks the items of a
#: list, the others refuse values for the reason of their name.
LOOKS = ("marks", "refusal", "echo", "markup", "counting", "cut_off", "run_away", "off_shape")

#: The levers on how a model is asked; see ``worker.mill``. ``arms``: the way of asking goes by its
#: measured yield; ``check_digits``: they are computed, not left to the model; ``early_end``: a
#: model that has not proved itself may end an answer early; ``example``: an example goes ahead of
#: the request; ``forms``: values that have a form are held to it; ``lengths``: values get the room
#: that their kind has shown; ``stall``: an answer that has stopped to pay is ended.
LEVERS = ("arms", "check_digits", "early_end", "example", "forms", "lengths", "stall")
