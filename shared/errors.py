"""Every error that Valuemill raises on purpose.

::

    ValuemillError
    ├── ConfigurationError     the settings do not make sense
    ├── InvalidRequest         what was asked for is not valid; names the field
    ├── NotAuthenticated       no key, or not a valid one
    ├── NotFound               no such thing, or another account's
    ├── Conflict               the state of the thing forbids it
    ├── LimitReached           there is as much of something as there may be
    └── Unavailable            a backing service (PostgreSQL, Redis) does not answer

The message of each is written for the person who caused it: what is wrong, and how to mend it.
What HTTP makes of them is decided in ``api.http.errors`` alone. The distributions of their own,
``valuemill`` and ``shared.javaregex``, have errors of their own.
"""

from __future__ import annotations

from collections.abc import Iterable


class ValuemillError(Exception):
    """The root of all errors below."""


class ConfigurationError(ValuemillError):
    """The settings do not make sense; the message has a line for each thing that is wrong."""


class InvalidRequest(ValuemillError):
    """What was asked for is not valid.

    :param field: the path of the offending field, as ``attributes.0.values``.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        #: Each thing that is wrong; the message has all of them.
        self.problems: tuple[str, ...] = (str(self),)

    @classmethod
    def of(cls, problems: Iterable[str]) -> InvalidRequest:
        """For several things that are wrong at once, each with its field in front."""
        found = tuple(problems)
        error = cls("; ".join(found))
        error.problems = found
        return error


class NotAuthenticated(ValuemillError):
    """No API key came with the request, or not a valid one."""


class NotFound(ValuemillError):
    """No such thing exists, or it belongs to another account (the two look the same)."""


class Conflict(ValuemillError):
    """The thing exists, but its state forbids what was asked."""


class LimitReached(ValuemillError):
    """There is as much of something as there may be; later there may be room.

    :param wait: after so many seconds, where that is known.
    """

    def __init__(self, message: str, *, wait: int | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Unavailable(ValuemillError):
    """A backing service does not answer; the same request may succeed a little later."""
