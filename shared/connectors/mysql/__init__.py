"""MySQL from 8.0.16 and MariaDB from 10.4, by PyMySQL. Tried on MariaDB 10.11.

What a copy has: tables with all that belongs to them, views, triggers. Routines and events are not
copied. A source is read in a consistent snapshot of each connection; these cannot be shared, so
processes that read the same source at once see it at slightly different moments, and what was
changed in between may leave orphans, which the target is looked over for at the end.

=============== ======================================================================
``connecting``  how it is connected to, and the settings of each session
``errors``      what its errors mean, in words without values
``quoting``     names and values within statements
``types``       what its types are, and the text forms of their values
``catalogue``   what ``information_schema`` says of a database's tables
``database``    what a source and a target have in common
``source``      a database that is read
``cutting``     a table in parts
``target``      a database that is filled
``charsets``    new values in columns that have not all characters
``definitions`` statements that make a schema, looked at before they are run
=============== ======================================================================
"""

from __future__ import annotations

from shared.connectors.interface import Address, Limits, Secrets, Source, Target
from shared.connectors.mysql.source import MysqlSource
from shared.connectors.mysql.target import MysqlTarget


def open_source(address: Address, secrets: Secrets, *, limits: Limits) -> Source:
    """See :func:`shared.connectors.opening.open_source`."""
    return MysqlSource(address, secrets, limits=limits)


def open_target(address: Address, secrets: Secrets, *, limits: Limits) -> Target:
    """See :func:`shared.connectors.opening.open_target`."""
    return MysqlTarget(address, secrets, limits=limits)
