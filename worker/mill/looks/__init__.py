"""The look at each value: what a model says that is no value of the kind asked for.

A small model says junk, and junk is distinct, so it would fill lists. All here is pure, and cheap
beside the saying of a value. A suspicion that most others of a cell carry is none: a list of
numbers, or of pieces of JSON, is what its kind is.

============= ==================================================================
``wording``   what the request says in words
``echo``      the request, or an instruction, said back
``refusal``   the model's word that it gives none
``markup``    key names, pieces of JSON or code, tags, labels before a value
``counting``  bare numbers, and templates that count up
``cut_off``   values that end in the middle
``run_away``  repeats of a unit, and values that grow out of one another
``off_shape`` what differs in shape from nearly all others of its cell
``marks``     marks of a list that most items carry: taken off, not refused
``profile``   what a cell's values have been like, across its prompts
``look``      all of them together, on one answer
============= ==================================================================
"""

from __future__ import annotations

from worker.mill.looks.look import Look
from worker.mill.looks.profile import Profile, Profiles
from worker.mill.looks.wording import read_wording

__all__ = ["Look", "Profile", "Profiles", "read_wording"]
