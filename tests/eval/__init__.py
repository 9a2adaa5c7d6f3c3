"""What the values are worth: lists made by the service and by a plain loop, scored alike.

``python -m tests.eval`` (``make eval``) has both make the same kinds of lists on one real model,
and writes what came of it into ``docs/quality.md``.

| module | |
|---|---|
| ``run`` | both sides make each kind, one after the other |
| ``sides`` | the service, and the loop, within the same limits |
| ``plain_loop`` | what a competent user would write in twenty lines |
| ``meter`` | stands before the model, and counts the tokens of both alike |
| ``score``, ``junk`` | what a list is worth, and what is wrong with the rest |
| ``refusals``, ``truths`` | what the service's rules refuse of true values |
| ``page`` | the tables |
| ``kinds`` | what is asked for, and who knows right from wrong |
| ``dictionaries``, ``grammars``, ``checksums`` | what the scorers know |
| ``lists`` | short lists of words, where no package has one |
"""
