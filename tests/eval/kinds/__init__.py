"""The kinds of lists that are asked for, each with a scorer.

A third of them and more, of every sort, is held out: whoever tunes prompts, arms or the gate looks
at the others alone, so that the held-out ones tell what a kind that nobody thought of gets.

| module | kinds |
|---|---|
| ``kind`` | what a kind is |
| ``people`` | names of people |
| ``places`` | countries, cities, addresses |
| ``words`` | names of things, jobs, companies |
| ``codes`` | what has a form, or a check digit |
| ``texts`` | sentences, and values of several lines |
"""

from __future__ import annotations

from tests.eval.kinds import codes, people, places, texts, words
from tests.eval.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for module in (people, places, words, codes, texts) for kind in module.KINDS
}
