"""SQL Server, by pyodbc: *not run against a server*.

It is written to the interface that the other connectors have, from the documentation of the server
and of its driver, and its statements are tested as texts. Nobody has run it against a SQL Server
yet, and it says so in all that it says. Copy a database with it only where you can look at what
comes of it.

It needs the extra ``valuemill[mssql]`` and the vendor's "ODBC Driver 18 for SQL Server". The
tables of a target have to be there: none is made. A source is read at the level ``SNAPSHOT`` where
its database allows that, else as it is at each moment, and only as far as its user can read: open
it as one who cannot write.

============== =======================================================================
``connecting`` the driver, and how it is told where to go
``statements`` names, values and queries within statements
``catalogue``  what ``sys`` says of the tables of a schema
``database``   what a source and a target have in common
``source``     a database that is read
``target``     a database that is filled
============== =======================================================================
"""

from __future__ import annotations

from shared.connectors.interface import Address, Limits, Secrets, Source, Target
from shared.connectors.mssql.source import MssqlSource
from shared.connectors.mssql.target import MssqlTarget


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """See :func:`shared.connectors.opening.open_source`."""
    return MssqlSource(address, secrets, limits=limits)


def open_target(address: Address, secrets: Secrets, *, limits: Limits) -> Target:
    """See :func:`shared.connectors.opening.open_target`."""
    return MssqlTarget(address, secrets, limits=limits)
