"""Asks the JDK what it makes of expressions, through ``Referee.java``."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def java_version() -> int | None:
    """The feature release of the ``java`` on the path."""
    if shutil.which("java") is None:
        return None
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None


def ask(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """What Java says of each (expression, text): see ``Referee.java`` for the answers."""
    return _run(f"{_hex(expression)} {_hex(text)}" for expression, text in pairs)


def ask_members(expressions: Iterable[str]) -> list[dict[str, str]]:
    """The code points that each expression matches by themselves."""
    return _run(f"set {_hex(expression)}" for expression in expressions)


def _run(lines: Iterable[str]) -> list[dict[str, str]]:
    done = subprocess.run(
        ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", str(HERE / "Referee.java")],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _hex(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex()
