"""What the code of a step is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from worker.synthesis.session import Session
from worker.synthesis.task import Task


class Tells(Protocol):
    """What a step can say before it is done."""

    def warn(self, *sentences: str) -> None:
        """Say something to the people of the engine."""

    def log(self, event: str, **facts: object) -> None:
        """Write a line in the worker's log; no value of a source may be in it."""

    def keep(self, name: str, parts: Iterable[bytes]) -> None:
        """Leave something to later steps, once this one is done."""

    def hold(self, result: dict[str, Any]) -> None:
        """What later steps need is there, for as long as this process lives."""


@dataclass(frozen=True)
class Work:
    """A step, the databases of its run, and how it tells of itself."""

    session: Session
    task: Task
    tells: Tells


#: One kind of step: does it, and returns its result as JSON.
Kind = Callable[[Work], dict[str, Any]]
