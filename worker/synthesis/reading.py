"""Texts that the user's own model is to look through: it reads each once, before rows are written.

The names that it finds are known as those of columns are, so whoever writes a row asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from shared.synthesis.frozen import Frozen
from shared.synthesis.plans import ColumnName, Entity, GeneratorType
from shared.synthesis.setting_types import Recogniser, recogniser_of
from worker.synthesis.classify import open_classifier
from worker.synthesis.work import Work

#: The setting of a column that chooses what looks through its texts.
PROCESSOR = "text_processor_model_settings"


def read_by_model(frozen: Frozen) -> dict[ColumnName, dict[str, Any]]:
    """The columns of texts that a model is to look through, and their settings."""
    return {
        ColumnName(table.name, column.name): dict(column.settings)
        for table in frozen.tables
        for column in table.columns
        if not table.is_excluded
        and column.generator.type is GeneratorType.FREE_TEXT
        and recogniser_of(column.settings.get(PROCESSOR) or {}) is Recogniser.OLLAMA
    }


def names_in_texts(work: Work) -> Iterator[tuple[Entity, str]]:
    """The people that models find in texts.

    :raises Unavailable: a model could not be asked.
    """
    run = work.session.run
    for column, settings in read_by_model(work.session.frozen).items():
        locale = settings.get("locale") or run.settings["default_locale"]
        classifier = open_classifier(settings[PROCESSOR], run.model_servers, locale=locale)
        if classifier is None:
            continue
        source = work.session.source(work.task.snapshot)
        with closing(classifier.gateway):
            for (text,) in source.distinct(work.session.schema[column.table], [column.name]):
                seen = text[: settings.get("cutoff_length")]
                for span in classifier.find_names(seen):
                    yield span.entity, seen[span.start : span.end]
