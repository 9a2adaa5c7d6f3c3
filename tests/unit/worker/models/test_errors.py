"""What an answer means that is an error."""

from __future__ import annotations

import json

import pytest

from shared.addresses import Access
from worker.models.errors import from_status

TOKEN = "sk-0123456789abcdefghijklmnop"


@pytest.mark.parametrize("ahead", range(440, 510, 5))
@pytest.mark.parametrize("write", [str, lambda text: json.dumps({"error": text})])
def test_no_part_of_what_lets_us_in_is_told_wherever_an_error_is_cut(ahead: int, write) -> None:
    said = write("x" * ahead + f" bad token {TOKEN}")
    assert "sk-" not in str(from_status(500, said, access=Access(token=TOKEN)))
