"""The rows of one table, rewritten. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.synthesis.generators.needs import Choices
from shared.synthesis.keys.ranks import Ranks
from shared.synthesis.plans import ColumnName, GeneratorType, Plan
from shared.synthesis.schema import Schema, Table

#: The values of some columns, all of one length.
Columns = Mapping[str, Sequence[str | None]]


@dataclass(frozen=True, kw_only=True)
class Context:
    """All that rewriters of a run's tables have in common.

    :param secret: all chance of the run comes of it; of a seed: ``keys.chance.seeded(seed)``.
    :param ranks: by the names of :class:`RankNeed`.
    :param lists: by the names of :class:`ListNeed`; a list that is missing or empty is made up.
    """

    schema: Schema
    plan: Plan
    choices: Choices
    secret: bytes = field(repr=False)
    ranks: Mapping[str, Ranks] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Rewriter:
    """Rewrites rows of one table; the same row always becomes the same row.

    :ivar reads: the columns that have to be decoded.
    :ivar writes: the columns that :meth:`rewrite` answers.
    :ivar omits: the columns that are not written at all, so that the database takes its default.
    :ivar strays: by column, how many values of a key were met that the key's ranks do not know,
        so far. (They have no row to refer to.)
    """

    def __init__(self, table: Table, context: Context) -> None:
        self.table = table
        self.reads: tuple[str, ...] = ()
        self.writes: tuple[str, ...] = ()
        self.omits: tuple[str, ...] = tuple(
            column.name
            for column in table.columns
            if column.generated
            or (
                (one := context.plan.get(ColumnName(table.name, column.name))) is not None
                and one.type is GeneratorType.EXCLUDE
            )
        )
        self.strays: dict[str, int] = {}

    def rewrite(
        self, columns: Columns, *, rows: int, first_row: int
    ) -> dict[str, list[str | None]]:
        """New values for the columns of ``writes``.

        :param columns: at least those of ``reads``, each with so many ``rows``.
        :param first_row: the number of the first row within the table, or any other number from
            which on so many are these rows' own, the same in each run; generators that do not look
            at values go by it.
        """
        del columns, rows, first_row
        return {}
