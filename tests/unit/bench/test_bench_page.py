"""The page of the benchmarks: a part measured again leaves the rest as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.figures import Figure, Row, at_least, at_most, told
from tests.bench.page import read_section, write_section
from tests.bench.table import write


def nothing(_folder: Path) -> list[Figure]:
    return []


ROWS = [Row(name=name, how=f"How {name} is.", measure=nothing) for name in ("tail", "scale-out")]


def table_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_a_row_measured_again_replaces_all_its_figures_and_no_others() -> None:
    first = write(
        ROWS,
        {"tail": [told("a", "1"), told("b", "2")], "scale-out": [told("c", "3 | 4")]},
        before="",
        day="2026-01-01",
    )
    second = write(ROWS, {"tail": [at_most("", 0.5, 1)]}, before=first, day="2026-02-02")
    assert table_lines(second) == [
        "| `tail` |  | 0.500 | at most 1 | yes | 2026-02-02 |",
        "| `scale-out` | c | 3 \\| 4 |  |  | 2026-01-01 |",
    ]
    assert "- `tail`: How tail is." in second


def test_rows_keep_their_order_whatever_was_measured_first() -> None:
    text = write(ROWS, {"scale-out": [told("", "2")]}, before="", day="d")
    text = write(ROWS, {"tail": [told("", "1")]}, before=text, day="d")
    assert [line.split("`")[1] for line in table_lines(text)] == ["tail", "scale-out"]


def test_a_row_that_is_no_more_goes() -> None:
    text = write(ROWS, {"scale-out": [told("", "2")]}, before="", day="d")
    assert table_lines(write(ROWS[:1], {}, before=text, day="d")) == []


@pytest.mark.parametrize(("value", "met"), [(0.949, False), (0.95, True)])
def test_a_target_is_judged_before_the_figure_is_rounded(value: float, met: bool) -> None:
    assert at_least("", value, 0.95).met is met
    assert at_most("", -value, -0.95).met is met
    assert at_least("", 0.94999, 0.95).met is False


def test_a_section_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write_section("Lists", "about lists", page=page)
    write_section("The whole service", "old", page=page)
    write_section("The whole service", "new", page=page)
    assert "about lists" in read_section("Lists", page=page)
    found = read_section("The whole service", page=page)
    assert "new" in found
    assert "old" not in page.read_text(encoding="utf-8")
    assert read_section("Nothing", page=page) == ""
