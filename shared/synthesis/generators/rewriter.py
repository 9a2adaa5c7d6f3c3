"""The rows of one table, rewritten. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shared.synthesis.generators.library import Library
from shared.synthesis.generators.makers import Makers
from shared.synthesis.generators.needs import Choices
from shared.synthesis.generators.outline import KeyUse, Outline
from shared.synthesis.generators.rows import Columns, Maker, Rows
from shared.synthesis.keys.maps import KeyMap
from shared.synthesis.keys.ranks import Ranks
from shared.synthesis.plans import ColumnName, Entity, GeneratorType, Plan
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.schema import Schema, Table

#: New names are there before what is made of them.
_ORDER = {Entity.FIRST_NAME: 0, Entity.LAST_NAME: 0}


@dataclass(frozen=True, kw_only=True)
class Context:
    """All that rewriters of a run's tables have in common.

    :param secret: all chance of the run comes of it; of a seed: ``keys.chance.seeded(seed)``.
    :param ranks: by the names of :class:`RankNeed`.
    :param lists: by the names of :class:`ListNeed`; a list that is missing or empty is made up.
    :param known: of the columns of ``Needs.known``, under :func:`~.needs.known_key`; without them,
        texts are rid only of what is found by its form, and of what stands in the same row.
    """

    schema: Schema
    plan: Plan
    choices: Choices
    secret: bytes = field(repr=False)
    ranks: Mapping[str, Ranks] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    known: KnownValues | None = None

    @cached_property
    def outline(self) -> Outline:
        """The plan as it is done."""
        return self.choices.outline(self.schema, self.plan)

    @cached_property
    def library(self) -> Library:
        """What values are made up of."""
        return Library(self.secret, self.lists)

    @cached_property
    def _maps(self) -> dict[str, KeyMap]:
        return {}

    def key_map(self, use: KeyUse) -> KeyMap:
        """What maps a key domain; one for all of its columns.

        :raises KeyError: its ranks are not there.
        """
        name = f"{use.domain.label} {use.domain.name} {use.method}"
        if name not in self._maps:
            need = self.outline.key_need(use)
            self._maps[name] = KeyMap(
                use.domain,
                use.method,
                self.secret,
                ranks=None if need is None else self.ranks[need.name],
                keep=use.keep,
            )
        return self._maps[name]


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
        self.strays: dict[str, int] = {}
        self._context = context
        outline = context.outline
        entities: dict[str, Entity] = {}
        omits: list[str] = []
        for column in table.columns:
            name = ColumnName(table.name, column.name)
            generator = context.plan.get(name)
            excluded = generator is not None and generator.type is GeneratorType.EXCLUDE
            if column.generated or excluded:
                omits.append(column.name)
            mocked = outline.mocked(name)
            if mocked is not None and mocked.entity is not None:
                entities[column.name] = mocked.entity
        makers = Makers(table, context, entities)
        made = {
            column.name: maker
            for column in table.columns
            if (maker := self._maker(column.name, makers)) is not None
        }
        self._makers = dict(
            sorted(made.items(), key=lambda item: _ORDER.get(entities.get(item[0]), 1))  # type: ignore[arg-type]
        )
        self.omits: tuple[str, ...] = tuple(omits)
        self.writes: tuple[str, ...] = tuple(made)
        reads = {*makers.reads}
        self.reads: tuple[str, ...] = tuple(
            column.name for column in table.columns if column.name in reads
        )

    def rewrite(
        self, columns: Columns, *, rows: int, first_row: int
    ) -> dict[str, list[str | None]]:
        """New values for the columns of ``writes``.

        :param columns: at least those of ``reads``, each with so many ``rows``.
        :param first_row: the number of the first row within the table, or any other number from
            which on so many are these rows' own, the same in each run; generators that do not look
            at values go by it.
        """
        under_way = Rows(count=rows, source=columns, first=first_row)
        for name, make in self._makers.items():
            under_way.new[name] = make(under_way)
        return {name: under_way.new[name] for name in self.writes}

    def _maker(self, column: str, makers: Makers) -> Maker | None:
        name = ColumnName(self.table.name, column)
        use = self._context.outline.key_use(name)
        if use is None:
            return makers.maker(name)
        if use.method == "duplicate":
            return None
        return self._counting(column, self._context.key_map(use), makers)

    def _counting(self, column: str, keys: KeyMap, makers: Makers) -> Maker:
        makers.reads.add(column)

        def make(rows: Rows) -> list[str | None]:
            before = keys.strays
            drawn = keys(rows.source[column])
            if keys.strays > before:
                self.strays[column] = self.strays.get(column, 0) + keys.strays - before
            return drawn

        return make
