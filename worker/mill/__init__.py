"""From a claim to values: ask a model, read its answer, keep what is fit.

================ ==================================================================
``claimer``      claims for all threads that want work at once
``planner``      what each prompt asks for
``sizing``       how many values make a good prompt
``strategy``     which, so that they are new
``survey``       what the parts of a cell are believed to hold
``arms``         the ways of asking
``book``         what is known of them, for a model and a kind
``cell``         and in one cell
``choosing``     which is used next
``books``        what a process has learned of them
``sharing``      how all workers learn of it from each other
``lore``         what a process remembers of a cell
``regions``      parts of all values that a prompt can be steered to
``words``        what a model is told, in the words of a person
``formats``      kinds of values that have a form
``check_digits`` digits that others are checked by
``prompts``      the words, the JSON schema, and the room for the answer
``grind``        one prompt from its words to its report
``hearing``      one answer, from its first piece to its end
``answers``      from a stream of text to values
``lists``        lists that are no JSON array
``refine``       filter, trim, reject, deduplicate
``filtering``    takes out what a request does not want
``looks``        what is none of the kind asked for, and why
``stall``        when an answer has stopped to pay
``ledger``       settles what all prompts bring, in groups
``memory``       what a process remembers of cells, and how it keeps up with others
``leaves``       the parts of a cell, and what is believed of each
================ ==================================================================

``sizing``, ``strategy``, ``survey``, ``arms``, ``book``, ``cell``, ``choosing``, ``lore``,
``regions``, ``words``, ``formats``, ``check_digits``, ``prompts``, ``answers``, ``lists``,
``refine``, ``looks`` and ``stall`` are pure; ``filtering`` but for its clock.
"""
