from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from shared.synthesis.frozen import Frozen, FrozenColumn, FrozenTable
from shared.synthesis.plans import Entity, Generator, GeneratorType
from shared.synthesis.recognise.spans import Span
from shared.synthesis.schema import Column, Kind, Schema, Table, TableName
from worker.synthesis import reading

NOTES = TableName("public", "notes")


class Model:
    """Finds the first word of each text, once as many texts are read at once as are said."""

    def __init__(self, at_once: int) -> None:
        self.together = threading.Barrier(at_once, timeout=30)
        self.gateway = SimpleNamespace(close=lambda: None)

    def find_names(self, text: str) -> list[Span]:
        self.together.wait()
        return [Span(start=0, end=text.index(" "), entity=Entity.PERSON, confidence=1.0)]


def test_texts_are_read_in_so_many_batches_at_once_as_the_engine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = Generator(type=GeneratorType.FREE_TEXT)
    own = {reading.PROCESSOR: {"nlp_engine_name": "ollama"}, "cutoff_length": 9, "locale": "en"}
    column = FrozenColumn(name="text", generator=generator, settings=own)
    frozen = Frozen((FrozenTable(name=NOTES, is_excluded=False, settings={}, columns=(column,)),))
    texts = [(f"Name{number} writes",) for number in range(4)]
    settings = {
        "default_locale": "en",
        "default_textpii_scan_batch_size": 2,
        "default_textpii_parallel_jobs": 2,
    }
    shape = Column(name="text", type="text", kind=Kind.TEXT)
    session = SimpleNamespace(
        frozen=frozen,
        run=SimpleNamespace(settings=settings, model_servers={}),
        schema=Schema(tables=(Table(name=NOTES, columns=(shape,)),)),
        source=lambda _: SimpleNamespace(distinct=lambda *_: iter(texts)),
    )
    work: Any = SimpleNamespace(session=session, task=SimpleNamespace(snapshot=None))
    monkeypatch.setattr(reading, "open_classifier", lambda *_, **__: Model(2))
    assert list(reading.names_in_texts(work)) == [
        (Entity.PERSON, f"Name{number}") for number in range(4)
    ]
