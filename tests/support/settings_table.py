"""The table of settings in the docs, made of the catalogue.

``python -m tests.support.settings_table`` writes it anew; a test holds the two equal.
"""

from __future__ import annotations

import json
from pathlib import Path

from shared.synthesis.settings import CATALOGUE, Setting

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engine-api.md"

BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"

#: Where the words of a type are too many for a cell.
_BOUNDS = {"default_locale": "one of `GET /engine/initialization_modes/`"}


def table() -> str:
    """All settings, a line for each, in the published order."""
    lines = [
        "| setting | values | default | whose | what it does |",
        "|---|---|---|---|---|",
        *map(_line, CATALOGUE),
    ]
    return "\n".join(lines) + "\n"


def _line(setting: Setting) -> str:
    own = "" if setting.own_name == setting.name else f" `{setting.own_name}`"
    return " | ".join(
        [
            f"| `{setting.name}`",
            _BOUNDS.get(setting.name, setting.type.bounds),
            f"`{json.dumps(setting.default)}`",
            f"{setting.scope}{own}",
            f"{setting.sentence}{' *Waits.*' if setting.waits else ''} |",
        ]
    )


def replaced(page: str) -> str:
    """A page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text()))
