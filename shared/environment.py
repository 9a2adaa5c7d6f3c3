"""Reading settings from the environment, such that all that is wrong is told at once.

A value may come from a file instead: ``VALUEMILL_DATABASE_URL_FILE=/run/secrets/db``. What is
missing or wrong is noted, a line each, and reading goes on. No line repeats a value, or the name
of a secret's file: a password may stand where another thing belongs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from environs import EnvError, FileAwareEnv

from shared.errors import ConfigurationError

PREFIX = "VALUEMILL_"

#: What the readers of types, by their names, take.
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "timedelta": "a time such as 30m or 1h30m",
}


class Environment:
    """The variables ``VALUEMILL_*``."""

    def __init__(self) -> None:
        self._read = FileAwareEnv(prefix=PREFIX, strip_whitespace=True)
        #: What was missing or wrong so far, a line each.
        self.problems: list[str] = []

    def get(self, kind: str, name: str, default: Any) -> Any:
        """The value of a variable; the default where it is not set, or wrong.

        :param kind: its type: ``str``, ``int``, ``float``, ``bool``, ``list`` or ``timedelta``.
        """
        try:
            return getattr(self._read, kind)(name, default)
        except (EnvError, OverflowError):
            self.problems.append(f"{PREFIX}{name} must be {_KINDS.get(kind, 'text')}")
        except (ValueError, OSError):
            self.problems.append(
                f"{PREFIX}{name}_FILE must name a file of UTF-8 text that can be read"
            )
        return default

    def require(self, name: str, *, such_as: str) -> str:
        """The value of a variable that must be set; empty where it is not.

        :param such_as: what it looks like.
        """
        known = len(self.problems)
        value: str = self.get("str", name, "")
        if not value and len(self.problems) == known:
            self.problems.append(f"{PREFIX}{name} is not set; it is {such_as}")
        return value

    @contextmanager
    def noting(self, name: str = "") -> Iterator[None]:
        """Note what the block finds wrong, instead of raising it.

        :param name: the variable that it is about, where that is not said.
        """
        try:
            yield
        except ConfigurationError as error:
            prefix = f"{PREFIX}{name}: " if name else ""
            self.problems += [f"{prefix}{line}" for line in str(error).splitlines()]

    def finish(self) -> None:
        """End reading.

        :raises ConfigurationError: with a line for each thing that was missing or wrong.
        """
        if self.problems:
            raise ConfigurationError("\n".join(dict.fromkeys(self.problems))) from None
