"""The table of figures, for the terminal and for the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table

from tests.bench.figures import Figure, Row

INTRODUCTION = (
    "The whole service as `make up` runs it, on model servers of its own: the sample model, which "
    "paces its answers as told, or one that answers at once. How each row is measured stands "
    "below the table; `make bench ONLY=tail` measures one of them again."
)
HEAD = "| row | of it | figure | target | met | measured |\n|---|---|---|---|---|---|"
_LINE = re.compile(r"^\| `([\w-]+)` \|.*\|$", re.MULTILINE)


def terminal_table(measured: Mapping[str, Sequence[Figure]]) -> Table:
    """What was measured now, for people at a terminal."""
    table = Table("row", "of it", "figure", "target", "met")
    for name, figures in measured.items():
        for figure in figures:
            style = "bold red" if figure.met is False else ""
            cells = (name, figure.case, figure.value, figure.target, _met(figure))
            table.add_row(*cells, style=style)
    return table


def write(
    rows: Iterable[Row], measured: Mapping[str, Sequence[Figure]], *, before: str, day: str
) -> str:
    """The section of the page (Markdown).

    :param rows: all there are, in their order.
    :param measured: what is new; of the other rows ``before`` is kept.
    :param before: the section as it was.
    """
    kept: dict[str, list[str]] = {}
    for line in _LINE.finditer(before):
        kept.setdefault(line[1], []).append(line[0])
    rows = list(rows)
    lines = [INTRODUCTION, "", HEAD]
    for row in rows:
        if row.name in measured:
            lines += [_line(row, figure, day) for figure in measured[row.name]]
        else:
            lines += kept.get(row.name, [])
    lines += ["", *(f"- `{row.name}`: {row.how}" for row in rows)]
    return "\n".join(lines)


def _line(row: Row, figure: Figure, day: str) -> str:
    cells = (figure.case, figure.value, figure.target, _met(figure), day)
    return " | ".join([f"| `{row.name}`", *map(_cell, cells)]) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _met(figure: Figure) -> str:
    return {True: "yes", False: "NO", None: ""}[figure.met]
