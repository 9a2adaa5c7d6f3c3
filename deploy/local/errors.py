"""What can keep the embedded stack from running.

::

    ValuemillError
    └── LocalStackError
        ├── AlreadyRunning     another process runs a stack on the same folder
        └── PartFailed         a part did not start
            └── PortTaken      ... because somebody else listens on its port
"""

from __future__ import annotations

from shared.errors import ValuemillError


class LocalStackError(ValuemillError):
    """The embedded stack cannot do what was asked; the message says why and how to mend it."""


class AlreadyRunning(LocalStackError):
    """Another process runs a stack on the same folder; the message names it."""


class PartFailed(LocalStackError):
    """A part did not start; the message ends with the last lines of its log."""


class PortTaken(PartFailed):
    """A part did not start because its port was taken between choosing and using it."""
