"""``docs/benchmarks.md``: each measurement renews its own section and leaves the others."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"

TITLE = """# Benchmarks

Measured by `make bench` and `make bench-lists`, which also write this page. Compare ratios, not
seconds: machines differ, and these are shared with others.
"""


def write_section(name: str, body: str, *, page: Path = PAGE) -> None:
    """Put ``body`` (Markdown) under the heading ``name``, in place of what stood there."""
    text = _read(page)
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}."
    )
    section = f"\n## {name}\n\n{machine}\n\n{body.strip()}\n"
    pattern = _section(name)
    text = pattern.sub(lambda _: section, text) if pattern.search(text) else text + section
    page.write_text(text, encoding="utf-8")


def read_section(name: str, *, page: Path = PAGE) -> str:
    """What stands under the heading ``name``; empty when there is no such heading."""
    found = _section(name).search(_read(page))
    return found[0] if found else ""


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else TITLE


def _section(name: str) -> re.Pattern[str]:
    return re.compile(rf"\n## {re.escape(name)}\n.*?(?=\n## |\Z)", re.DOTALL)
