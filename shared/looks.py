"""The names of the looks at each value; see ``worker.mill.looks``. Pure."""

from __future__ import annotations

#: Looks that can be turned off. ``marks`` takes off what marks the items of a list, the others
#: refuse values for the reason of their name.
LOOKS = ("marks", "echo", "markup", "counting", "cut_off", "run_away", "off_shape")
