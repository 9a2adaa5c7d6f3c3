"""PostgreSQL 12 to 18, by psycopg.

============== =======================================================================
``connecting`` how it is connected to, and the settings of each transaction
``errors``     what its errors mean, in words without values
``marks``      by what one database is told from another
``types``      what its types are
``catalogue``  what its catalogue says of the tables of a schema
``database``   what a source and a target have in common
``source``     a database that is read
``cutting``    a table in parts
``lines``      rows as COPY writes them
``progress``   which blocks of a run a target has
============== =======================================================================
"""

from __future__ import annotations

from shared.connectors.interface import Address, Limits, Secrets, Source
from shared.connectors.postgresql.source import PostgresSource


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """See :func:`shared.connectors.opening.open_source`."""
    return PostgresSource(address, secrets, limits=limits)
