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
``target``     a database that is filled
``rights``     what we may do there
``creating``   an empty schema becomes one like the source's
``dumping``    a schema as statements, by ``pg_dump``
``wordings``   expressions that are printed one way and read another
``trusting``   whether the code of a source's schema may run in a target
``baring``     what is taken away from tables while they are filled, and put back
``progress``   which blocks of a run a target has
``finishing``  sequences, statistics, materialized views; what is looked at in the end
============== =======================================================================
"""

from __future__ import annotations

from shared.connectors.interface import Address, Limits, Secrets, Source, Target
from shared.connectors.postgresql.source import PostgresSource
from shared.connectors.postgresql.target import PostgresTarget


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """See :func:`shared.connectors.opening.open_source`."""
    return PostgresSource(address, secrets, limits=limits)


def open_target(address: Address, secrets: Secrets, *, limits: Limits) -> Target:
    """See :func:`shared.connectors.opening.open_target`."""
    return PostgresTarget(address, secrets, limits=limits)
