"""Texts that the user's own model is to look through: it reads each once, before rows are written.

The names that it finds are known as those of columns are, so whoever writes a row asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any

from shared.synthesis.frozen import Frozen
from shared.synthesis.plans import ColumnName, Entity, GeneratorType
from shared.synthesis.setting_types import Recogniser, recogniser_of
from worker.synthesis.batches import in_batches
from worker.synthesis.classify import Classifier, open_classifier
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
        texts = (
            text[: settings.get("cutoff_length")]
            for (text,) in source.distinct(work.session.schema[column.table], [column.name])
        )
        with closing(classifier.gateway):
            for names in in_batches(
                texts,
                partial(_names, classifier),
                size=run.settings["default_textpii_scan_batch_size"],
                at_once=run.settings["default_textpii_parallel_jobs"],
            ):
                yield from names


def _names(classifier: Classifier, texts: list[str]) -> list[tuple[Entity, str]]:
    return [
        (span.entity, text[span.start : span.end])
        for text in texts
        for span in classifier.find_names(text)
    ]
