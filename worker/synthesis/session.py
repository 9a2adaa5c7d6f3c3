"""What the process of a step keeps open from one step to the next of the same run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shared.connectors.interface import Source, Target
from shared.connectors.opening import open_source, open_target
from shared.connectors.reaching import meet
from shared.errors import ConfigurationError
from shared.synthesis.frozen import Frozen
from shared.synthesis.plans import ColumnName
from shared.synthesis.schema import Schema, Table
from worker.synthesis.task import Place, RunFacts, Task

if TYPE_CHECKING:
    from shared.synthesis.generators import Choices, Context, Rewriter

#: The artifact of the values that must not stand in any text.
KNOWN = "known"


class Session:
    """The two databases of a run, opened when they are first asked for, and its rewriters."""

    def __init__(self, run: RunFacts) -> None:
        self.run = run
        # Each of its own: the source is opened anew for another view of it.
        self._of_source, self._of_target = ExitStack(), ExitStack()
        self._source: Source | None = None
        self._target: Target | None = None
        self._snapshot: str | None = None
        self._context: Context | None = None
        self._rewriters: dict[Any, Rewriter] = {}

    def meet(self) -> dict[str, str]:
        """Take the host keys of SSH servers that nobody has met before, to be kept from now on.

        :returns: by ``SOURCE`` and ``TARGET``, where there is one.
        """
        met = {}
        for name in ("source", "target"):
            place: Place = getattr(self.run, name)
            if key := meet(place.address, limits=self.run.limits):
                known = replace(place, address=place.address.with_host_key(key))
                self.run = replace(self.run, **{name: known})  # type: ignore[arg-type]
                met[name.upper()] = key
        return met

    def source(self, snapshot: str | None = None) -> Source:
        """The source as it was when the snapshot was taken.

        :raises NotReachable: also where the snapshot is not there any more.
        """
        if self._source is not None and self._snapshot != snapshot:
            self._of_source.close()
            self._source = None
        if self._source is None:
            self._source = self._of_source.enter_context(
                open_source(
                    self.run.source.address, self.run.source.secrets, limits=self.run.limits
                )
            )
            if snapshot is not None:
                self._source.use_snapshot(snapshot)
            self._snapshot = snapshot
        return self._source

    def target(self) -> Target:
        """The target."""
        if self._target is None:
            self._target = self._of_target.enter_context(
                open_target(
                    self.run.target.address, self.run.target.secrets, limits=self.run.limits
                )
            )
        return self._target

    @property
    def schema(self) -> Schema:
        """The source's schema, as it is known."""
        if self.run.schema is None:
            raise ConfigurationError("the source was not looked at yet; create the engine first")
        return self.run.schema

    @property
    def frozen(self) -> Frozen:
        """What becomes of each column."""
        if self.run.frozen is None:
            raise ConfigurationError("this run has no plan")
        return self.run.frozen

    def included(self) -> list[Table]:
        """The tables whose rows are copied."""
        left_out = {table.name for table in self.frozen.tables if table.is_excluded}
        return [table for table in self.schema if table.name not in left_out]

    def rewriter(self, table: Table, task: Task) -> Rewriter:
        """What rewrites the rows of a table; made once."""
        from shared.synthesis.generators import Rewriter

        if self._context is None:
            self._context = self._make_context(task)
        if table.name not in self._rewriters:
            self._rewriters[table.name] = Rewriter(table, self._context)
        return self._rewriters[table.name]

    def _make_context(self, task: Task) -> Context:
        from shared.synthesis.generators import Context, Ranks, known_key, needs
        from shared.synthesis.recognise.known import KnownValues

        plan, choices = self.frozen.plan, choices_of(self.run.settings, self.frozen)
        wanted = needs(self.schema, plan, choices)
        if not {need.name for need in wanted.ranks} <= task.artifacts.keys():
            raise ConfigurationError(
                "this run was planned by another version of Valuemill, which needed less than this "
                "one; start it again"
            )
        return Context(
            schema=self.schema,
            plan=plan,
            choices=choices,
            secret=self.run.seed,
            ranks={
                need.name: Ranks(need, (), self.run.seed, file=task.artifacts[need.name])
                for need in wanted.ranks
            },
            lists=self.run.lists,
            known=KnownValues.from_bytes(
                known_key(self.run.seed), task.artifacts[KNOWN].read_bytes()
            )
            if KNOWN in task.artifacts
            else None,
        )

    def close(self) -> None:
        """Close both databases."""
        self._source = self._target = None
        self._of_source.close()
        self._of_target.close()


def choices_of(settings: Any, frozen: Frozen) -> Choices:
    """What an engine's settings say to generators."""
    # Slow to load, and wanted by some steps alone.
    from shared.synthesis.generators import Choices

    columns = [
        (ColumnName(table.name, column.name), column)
        for table in frozen.tables
        for column in table.columns
    ]
    return Choices(
        key_method=settings["key_generation_method"],
        locale=settings["default_locale"],
        shuffle_threshold=settings["default_consistent_integer_shuffle_threshold"],
        columns={name: column.settings for name, column in columns},
        personal=frozenset(name for name, column in columns if column.is_personal),
        by_hand=frozenset(name for name, column in columns if column.by_hand),
    )
