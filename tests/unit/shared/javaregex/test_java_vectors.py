"""What Java answered when the vectors were recorded; runs without Java."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.javaregex import JavaRegexError, compile_java

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text("ascii")
)


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if "result" in v], ids=lambda v: ascii(v["expression"])
)
def test_removes_what_java_removes(vector: dict[str, Any]) -> None:
    pattern = compile_java(vector["expression"])

    assert pattern.remove_all(vector["text"], timeout_seconds=60) == vector["result"]


@pytest.mark.parametrize(
    "expression", [v["expression"] for v in VECTORS if "refused" in v], ids=ascii
)
def test_refuses_what_java_refuses(expression: str) -> None:
    with pytest.raises(JavaRegexError):
        compile_java(expression)
