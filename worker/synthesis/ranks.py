"""Ranks: read all values of some columns, and keep what later steps have to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from shared.synthesis.generators import build, known_key, needs
from shared.synthesis.generators.needs import Needs
from shared.synthesis.plans import ColumnName, Entity
from shared.synthesis.recognise.known import KnownValues
from worker.synthesis.reading import names_in_texts
from worker.synthesis.session import KNOWN, choices_of
from worker.synthesis.work import Work

#: So many values that must not stand in texts are remembered, some twenty bytes each.
_MOST_KNOWN: Final = 10_000_000


def ranks(work: Work) -> dict[str, Any]:
    """Make one artifact, of the need that the parameters name.

    That is the order that the secret gives to the values of keys; or, under :data:`KNOWN`, the
    hashes of all values that must not stand in any text.
    """
    choices = choices_of(work.session.run.settings, work.session.frozen)
    wanted = needs(work.session.schema, work.session.frozen.plan, choices)
    if work.task.parameters["need"] == KNOWN:
        _know(work, wanted)
        return {}
    need = next(each for each in wanted.ranks if each.name == work.task.parameters["need"])
    streams = (_values(work, column) for column in need.columns)
    work.tells.keep(need.name, build(need, streams, work.session.run.seed))
    return {}


def _know(work: Work, wanted: Needs) -> None:
    def values() -> Iterator[tuple[Entity, str]]:
        # Names that a model finds go first: nothing else of the plan would find these.
        yield from names_in_texts(work)
        for entity, column in wanted.known:
            for value in _values(work, column):
                yield entity, value

    found = values()
    known = KnownValues.build(known_key(work.session.run.seed), islice(found, _MOST_KNOWN))
    if next(found, None) is not None:
        work.tells.warn(
            f"There are more than {_MOST_KNOWN:,} personal values. Texts were looked through for "
            "so many of them, for those of their own row, and for all that has a form of its own."
        )
    work.tells.keep(KNOWN, known.parts())


def _values(work: Work, column: ColumnName) -> Iterator[str]:
    source = work.session.source(work.task.snapshot)
    table = work.session.schema[column.table]
    return (value for (value,) in source.distinct(table, [column.name]))
