"""What commands have in common: reading names and time spans, opening the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from shared import settings
from shared.db import readiness
from shared.db.engine import Database
from shared.db.troubles import DatabaseRefused

#: Characters in the name of an account or a key.
MAX_LABEL = 200


class Label(click.ParamType[str]):
    """A name that people read: something to see, on one line, and not too long."""

    name = "text"

    def convert(self, value: str, param: object, ctx: object) -> str:  # noqa: ARG002
        """Return the name without surrounding blanks, or refuse it."""
        value = value.strip()
        if not value or len(value) > MAX_LABEL or not value.isprintable():
            self.fail(f"must be 1 to {MAX_LABEL} printable characters on one line")
        return value


class Duration(click.ParamType[timedelta]):
    """A time span such as ``90d``."""

    name = "duration"

    def convert(self, value: str | timedelta, param: object, ctx: object) -> timedelta:  # noqa: ARG002
        """Read it, or refuse it."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([0-9]{1,5})([smhdw])", value.strip())
        if found is None:
            self.fail("must be a number and a unit: 45s, 30m, 24h, 90d or 12w")
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def minute(time: datetime | None) -> str:
    """A time as tables show it."""
    return time.strftime("%Y-%m-%d %H:%M") if time else "-"


def open_database() -> Database:
    """The database that the environment names."""
    url = settings.load_database_url()
    return Database(url, pool_size=1, application="valuemill-cli")


@contextmanager
def transaction() -> Iterator[Any]:
    """A transaction on the tables. Where they are not there, or are older ones, that is said."""
    with open_database() as database:
        try:
            with database.transaction() as connection:
                yield connection
        except DatabaseRefused:
            readiness.check(database)
            raise
