"""What is refused as soon as both databases were looked at."""

from __future__ import annotations

import pytest

from shared.connectors.errors import NotSupported
from worker.synthesis.reflect import refuse_other_kind


def test_an_empty_target_is_of_the_sources_kind() -> None:
    refuse_other_kind("sqlite", target="sqlite")
    with pytest.raises(NotSupported, match=r"empty sqlite target .* postgresql source"):
        refuse_other_kind("postgresql", target="sqlite")
