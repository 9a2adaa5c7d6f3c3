"""Ids in paths."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.generation.ids import parse_operation_id
from api.jobs.ids import parse_job_id
from shared.errors import NotFound


@given(st.uuids())
def test_ids_come_back_as_they_are_shown(value: uuid.UUID) -> None:
    assert parse_operation_id(str(value)) == parse_operation_id(str(value).upper()) == value
    assert parse_job_id(value.hex) == parse_job_id(value.hex.upper()) == value
    for parse, text in ((parse_operation_id, value.hex), (parse_job_id, str(value))):
        with pytest.raises(NotFound):
            parse(text)


@given(st.text(max_size=40) | st.text("0123456789abcdef-{}\n", min_size=30, max_size=40))
def test_anything_else_names_nothing(text: str) -> None:
    for parse, shown in ((parse_operation_id, str), (parse_job_id, lambda value: value.hex)):
        with suppress(NotFound):
            assert shown(parse(text)) == text.lower()
