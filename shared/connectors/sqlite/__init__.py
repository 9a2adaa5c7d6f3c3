"""SQLite 3.37 or later, by Python's own module: files in one folder of the operator's.

============== =======================================================================
``files``      opening one, and what its connection may not do
``catalogue``  what SQLite says of its tables
``statements`` what only the statement that made a table tells
``values``     values as texts, and back as what they were
``database``   a file, and the source that reads it
``target``     a file that is filled
============== =======================================================================
"""

from __future__ import annotations

from shared.connectors.interface import Address, Limits, Secrets, Source, Target
from shared.connectors.sqlite.database import SqliteSource
from shared.connectors.sqlite.target import SqliteTarget


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """See :func:`shared.connectors.opening.open_source`."""
    return SqliteSource(address, secrets, limits=limits)


def open_target(address: Address, secrets: Secrets, *, limits: Limits) -> Target:
    """See :func:`shared.connectors.opening.open_target`."""
    return SqliteTarget(address, secrets, limits=limits)
