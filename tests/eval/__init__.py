"""What the values are worth: lists made by the service and by a plain loop, scored alike.

``python -m tests.eval`` (``make eval``) has both make the same kinds of lists on one real model,
and writes what came of it into ``docs/quality.md``.

| module | |
|---|---|
| ``kinds`` | what is asked for, and who knows right from wrong |
| ``dictionaries``, ``grammars``, ``checksums`` | what the scorers know |
| ``lists`` | short lists of words, where no package has one |
"""
