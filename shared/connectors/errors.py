"""What goes wrong with customers' databases. Pure.

::

    ConnectorError
    ├── NotReachable           no connection, or a lost one; the same may succeed later
    ├── NotPermitted           a right is missing, or the operator does not allow it
    ├── SchemaDiffers          source and target, or the source and what is known of it
    ├── DataRefused            the target objects to what was to be written
    └── NotSupported           what this connector cannot copy faithfully

Each message says what is wrong and how to mend it. None quotes a password, an address with one,
or a value of the source: drivers put values into their messages, so these are never passed on
but for their first line where it is known to hold none.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import ValuemillError


class ConnectorError(ValuemillError):
    """The root of all errors below."""


class NotReachable(ConnectorError):
    """The database cannot be reached, or went away; the same step may succeed later."""


class NotPermitted(ConnectorError):
    """A right is missing in the database, or the operator's settings do not allow it."""


class SchemaDiffers(ConnectorError):
    """Two schemas that have to be equal are not.

    :param differences: a sentence for each difference.
    """

    def __init__(self, message: str, differences: Sequence[str] = ()) -> None:
        super().__init__("\n".join([message, *(f"- {each}" for each in differences)]))
        self.differences = tuple(differences)


class DataRefused(ConnectorError):
    """The target objects to a row: a constraint, a type, a length, or a full disk."""


class NotSupported(ConnectorError):
    """What this connector cannot read or write faithfully; it is named, and nothing was done."""
