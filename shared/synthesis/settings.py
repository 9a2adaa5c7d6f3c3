"""The settings of an engine: one table that all else is made of. Pure.

What the API takes, what its description says, the defaults and the table in the docs come from
:data:`CATALOGUE`. Settings are plain mappings by name. A ``default_X`` of an engine is what each
of its tables, or columns, gets as ``X``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.synthesis.locales import LOCALES
from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.setting_types import (
    ModelSettings,
    Names,
    Number,
    OneOf,
    Text,
    TrueOrFalse,
    Type,
    WholeNumber,
)

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


class Scope(StrEnum):
    """Whose a setting is: tables and columns have theirs from the engine."""

    ENGINE = "engine"
    TABLE = "table"
    COLUMN = "column"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    :param type: reads and describes its values.
    :param sentence: what it does, for the docs and the description.
    :param waits: has no effect before tables can be drawn from models.
    """

    name: str
    type: Type
    default: Any
    sentence: str
    scope: Scope = Scope.ENGINE
    waits: bool = False

    @property
    def own_name(self) -> str:
        """What a table or a column calls it; the engine's name where the engine keeps it."""
        if self.scope is Scope.ENGINE:
            return self.name
        return _OWN_NAMES.get(self.name, self.name.removeprefix("default_"))

    @property
    def described(self) -> dict[str, Any]:
        """Its values as JSON Schema."""
        waits = " Waits for models of tables." if self.waits else ""
        return {**self.type.described, "description": self.sentence + waits}


#: Published so; the others leave ``default_`` away.
_OWN_NAMES = {"default_order_by_nr_columns": "order_by_columns"}

CATALOGUE: tuple[Setting, ...] = (
    Setting(
        name="seed_value",
        type=WholeNumber(lowest=INT64_MIN, highest=INT64_MAX),
        default=42,
        sentence="With `use_seed`: the number that everything drawn by chance comes of.",
    ),
    Setting(
        name="use_seed",
        type=TrueOrFalse(),
        default=False,
        sentence="Whether equal values become equal ones in every run; without it each run has a "
        "seed of its own.",
    ),
    Setting(
        name="pii_model_settings",
        type=ModelSettings(),
        default={},
        sentence="What finds personal columns; nothing named means `rules`.",
    ),
    Setting(
        name="initialization_mode",
        type=OneOf(tuple(Mode)),
        default=Mode.SCRATCH.value,
        sentence="What columns that nobody set by hand become.",
    ),
    Setting(
        name="key_generation_method",
        type=OneOf(tuple(KeyMethod)),
        default=KeyMethod.DUPLICATE.value,
        sentence="What becomes of keys: as they are, mapped one to one, or new.",
    ),
    Setting(
        name="n_parallel_pipeline_processes",
        type=WholeNumber(lowest=1, highest=256),
        default=1,
        sentence="Processes of this engine at work at once, over all workers.",
    ),
    Setting(
        name="default_n_training_rows",
        type=WholeNumber(lowest=1, highest=10_000_000, besides=-1),
        default=20_000,
        sentence="Rows that the models of a table are fitted on; -1: all.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_read_random_subset",
        type=TrueOrFalse(),
        default=False,
        sentence="Whether these rows are drawn by chance, or are the first ones.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_sample_noise_ratio",
        type=Number(lowest=0, highest=1),
        default=0.0001,
        sentence="The share of training values that another row's take the place of.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_max_n_feat_per_model",
        type=WholeNumber(lowest=1, highest=10_000, besides=-1),
        default=-1,
        sentence="The most columns that one is predicted from; -1: no limit.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_feat_model_train_order",
        type=Text(),
        default="as_given",
        sentence="The order of the columns' models: `as_given`, `cardinality` or `dependency`; "
        "any other word is as `as_given`.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_max_sequence_length",
        type=WholeNumber(lowest=1, highest=1_000_000),
        default=100,
        sentence="The most rows that belong to one row of another table.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_end_of_sequence_token",
        type=Number(lowest=-1e15, highest=1e15),
        default=-1,
        sentence="The number that marks the end of such rows in their model.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_cardinality_threshold",
        type=WholeNumber(lowest=0, highest=1_000_000),
        default=5,
        sentence="A category in fewer rows never reaches the target.",
        scope=Scope.COLUMN,
        waits=True,
    ),
    Setting(
        name="default_rare_category_replacement",
        type=Text(),
        default="*",
        sentence="What stands in place of such a category.",
        scope=Scope.COLUMN,
        waits=True,
    ),
    Setting(
        name="default_clip_threshold",
        type=WholeNumber(lowest=0, highest=1_000_000),
        default=5,
        sentence="So many of the lowest and of the highest values are drawn in to the next one.",
        scope=Scope.COLUMN,
        waits=True,
    ),
    Setting(
        name="default_locale",
        type=OneOf(LOCALES),
        default="en",
        sentence="The language and country that values are made up in.",
        scope=Scope.COLUMN,
    ),
    Setting(
        name="default_pii_mock_replace",
        type=TrueOrFalse(),
        default=True,
        sentence="Whether what is personal in free text becomes another such, or a label.",
        scope=Scope.COLUMN,
    ),
    Setting(
        name="default_noise_factor",
        type=Number(lowest=0, highest=1_000),
        default=0.0001,
        sentence="The noise on numbers that come of a model, in standard deviations.",
        scope=Scope.COLUMN,
        waits=True,
    ),
    Setting(
        name="default_text_processor_model_settings",
        type=ModelSettings(),
        default={},
        sentence="What finds personal words in free text; nothing named means `rules`.",
        scope=Scope.COLUMN,
    ),
    Setting(
        name="default_textpii_parallel_jobs",
        type=WholeNumber(lowest=1, highest=64),
        default=1,
        sentence="Batches of texts that a model (`ollama`) looks through at once; rules look "
        "through texts as their blocks are written.",
    ),
    Setting(
        name="default_textpii_scan_batch_size",
        type=WholeNumber(lowest=1, highest=100_000),
        default=1_000,
        sentence="Texts in such a batch. After a loss all of the step are read again.",
    ),
    Setting(
        name="default_cutoff_length",
        type=WholeNumber(lowest=0, highest=10_000_000),
        default=4_000,
        sentence="Characters of a text that are looked at; what lies behind is left out.",
        scope=Scope.COLUMN,
    ),
    Setting(
        name="default_long_sequence_threshold",
        type=WholeNumber(lowest=0, highest=1_000_000),
        default=5,
        sentence="How many rows may belong to one is learnt only from so many such rows.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_min_sample_size",
        type=WholeNumber(lowest=1, highest=1_000_000),
        default=50,
        sentence="For a table of fewer rows no model is fitted.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_fast_executemany",
        type=TrueOrFalse(),
        default=True,
        sentence="Whether rows are written in bulk, or statement by statement; SQLite has one way.",
    ),
    Setting(
        name="default_drop_indexes",
        type=TrueOrFalse(),
        default=True,
        sentence="Whether indexes of the target are dropped before, and made again after.",
    ),
    Setting(
        name="default_consistent_integer_shuffle_threshold",
        type=WholeNumber(lowest=0, highest=10_000_000),
        default=1_000_000,
        sentence="An integer column with at most so many values is hashed by a shuffle of these, "
        "another by a permutation of the range.",
    ),
    Setting(
        name="default_order_by_nr_columns",
        type=Names(),
        default=[],
        sentence="Columns that give the rows of a table their order: the first that it has.",
        scope=Scope.TABLE,
        waits=True,
    ),
    Setting(
        name="default_ray_memory_optimization",
        type=TrueOrFalse(),
        default=True,
        sentence="Whether what lies between two steps is kept in files instead of in memory. It "
        "always is, so far.",
        waits=True,
    ),
    Setting(
        name="default_max_pending_tasks",
        type=WholeNumber(lowest=1, highest=64),
        default=4,
        sentence="Chunks of its block that a process reads and rewrites ahead of what it writes.",
    ),
)

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in CATALOGUE}


def defaults() -> dict[str, Any]:
    """All settings of a new engine."""
    return {setting.name: setting.default for setting in CATALOGUE}


def scoped(scope: Scope) -> Iterator[Setting]:
    """The settings that a table, or a column, has as its own."""
    return (setting for setting in CATALOGUE if setting.scope is scope)


def own_settings(scope: Scope, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a new table, or column, gets of its engine's settings.

    :param settings: of the engine, all or some of them.
    """
    return {
        setting.own_name: settings[setting.name]
        for setting in scoped(scope)
        if setting.name in settings
    }
