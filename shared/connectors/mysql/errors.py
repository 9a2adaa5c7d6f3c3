"""What MySQL's errors mean for a copy, in words that hold no value of anybody.

The server quotes values in what it says ("Duplicate entry '...' for key 'name'"), so of messages
about data only the names behind the values are passed on.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql

from shared.connectors.errors import ConnectorError, DataRefused, NotPermitted, NotReachable
from shared.text import escape_hidden
from shared.tls import is_distrust

LONGEST = 300

#: Rights, and states in which nothing may be written; their messages name users and tables.
_RIGHTS = frozenset(
    {1044, 1045, 1095, 1142, 1143, 1227, 1290, 1370, 1410, 1419, 1698, 1792, 1836, 3159}
)
#: Away, busy, or interrupted; it may be another time.
_AWAY = frozenset(
    {
        *(1040, 1053, 1077, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1317, 1969, 3024),
        *(2002, 2003, 2005, 2006, 2013, 2014, 2055, 4031),
    }
)
#: What is wrong with a row, in our words.
_DATA = {
    1021: "its disk is full",
    1048: "a column may not be null",
    1062: "a row has the key of another one",
    1114: "a table is full",
    1153: "a row is larger than max_allowed_packet",
    1264: "a number is out of its column's range",
    1265: "a value is none of its column's",
    1292: "a date or a number is none",
    1364: "a column without a default got no value",
    1366: "a value is none of its column's type or character set",
    1406: "a value is longer than its column may hold",
    1451: "a row is referred to",
    1452: "a row refers to none",
    1526: "a row fits in no partition",
    3140: "a document is no JSON",
    3819: "a row does not meet a check",
    4025: "a row does not meet a check",
}
#: Names and states alone: what does not exist, or exists already, or cannot be parsed.
_SPEAKING = frozenset({1046, 1049, 1050, 1051, 1054, 1146, 1359, 1360, 1005, 1215, 1217, 1824})

#: What the driver raises where a server does not keep to the protocol.
_NO_PROTOCOL = (
    *(RuntimeError, AssertionError, ValueError, LookupError, TypeError, AttributeError),
    struct.error,
)

_DISTRUSTED = (
    "{} does not show that it is the one that was named: its certificate is not believed, or is "
    "another's. Look at host, ca and ssl_mode."
)

_NAME = re.compile(r".* (?:for key|for column|for table|CONSTRAINT) (.{1,200}?)(?: at row \d+)?$")
_CHECK = re.compile(r"[^']*CONSTRAINT `([^`]{1,64})` failed")


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Raise errors of ours for those of the driver.

    :param what: the database, as our own words name it.
    """
    try:
        yield
    except pymysql.err.Error as error:
        # Without the cause: whoever logs a traceback would log what the server quoted.
        if is_distrust(error):
            raise NotPermitted(_DISTRUSTED.format(what)) from None
        raise translate(error, what) from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it has broken off"
        raise NotReachable(f"{what} cannot be reached ({reason}).") from None
    except _NO_PROTOCOL as error:
        if isinstance(error, RuntimeError) and "LOAD_LOCAL" in str(error):
            raise NotPermitted(
                f"{what} asked for a file of the worker's host, and got none. A server that does "
                "so is not what it seems to be."
            ) from None
        raise NotReachable(f"{what} does not speak MySQL's protocol as it should.") from None


def code_of(error: pymysql.err.Error) -> int:
    """The server's number of an error; 0: there is none."""
    code = error.args[0] if error.args else 0
    return code if isinstance(code, int) else 0


def translate(error: pymysql.err.Error, what: str) -> ConnectorError:
    """What to raise in place of an error of the driver."""
    code = code_of(error)
    message = str(error.args[1]) if len(error.args) > 1 else ""
    if code in _DATA:
        return DataRefused(f"{what} says: {_DATA[code]}{_named(code, message)} [{code}]")
    if code in _RIGHTS:
        return NotPermitted(f"{what} says: {_line(message)} [{code}]")
    if code in _AWAY or not code:
        return NotReachable(f"{what} is not there, or busy [{code or 'no answer'}].")
    if code == 2026:
        return NotReachable(f"{what} and we do not agree on TLS; look at ssl_mode [{code}].")
    if code in _SPEAKING:
        return ConnectorError(f"{what} says: {_line(message)} [{code}]")
    return ConnectorError(f"{what} has refused a statement [{code}].")


def _named(code: int, message: str) -> str:
    if code in (4025, 3819):
        found = _CHECK.match(message)
        return f" ({found[1]})" if found else ""
    found = _NAME.match(message.replace("\n", " "))
    return f" ({escape_hidden(found[1])})" if found else ""


def _line(message: str) -> str:
    return escape_hidden(message[:LONGEST])
