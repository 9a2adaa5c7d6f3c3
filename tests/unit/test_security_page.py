"""The page on security names tests that there are, and one for each threat."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

#: Threats that no test can show the end of: what is known of packages changes without us.
UNTESTED = {"a dependency that is known to be unsafe"}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    page = Path(__file__).resolve().parents[2] / "docs" / "security.md"
    found = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in page.read_text().splitlines()
        if line.startswith("| ")
    ]
    return [row for row in found if row[0] not in ("threat", "who") and "---" not in row[0]]


def names_of(cell: str) -> list[str]:
    return [each for each in re.findall(r"`([^`]+)`", cell) if "_" in each or "/" in each]


def test_every_threat_has_a_test(rows: list[list[str]]) -> None:
    threats = [row for row in rows if len(row) == 3]
    assert len(threats) > 40
    assert [row[0] for row in threats if not names_of(row[2]) and row[0] not in UNTESTED] == []


def test_every_test_that_is_named_is_there(rows: list[list[str]], project: Path) -> None:
    source = "\n".join(path.read_text() for path in (project / "tests").rglob("test_*.py"))
    named = {name for row in rows if len(row) == 3 for name in names_of(row[2])}
    files = {name for name in named if "/" in name or name.endswith(".py")}
    assert [name for name in files if not list((project / "tests").glob(f"**/{name}"))] == []
    assert [name for name in named - files if f"def test_{name}(" not in source] == []
