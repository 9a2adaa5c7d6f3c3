"""The deliberate breakages: each finds the code that it is to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_it_breaks_what_is_there(project: Path, mutation: Mutation) -> None:
    for file, before, after in mutation.changes:
        assert (project / file).read_text().count(before) == 1
        assert before != after
