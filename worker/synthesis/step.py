"""The process of a step, ``python -m worker.synthesis.step``; ``child`` starts it.

It reads tasks from its standard input and answers on its standard output; see ``wire``. When the
input ends, its worker is gone, and so is the process, whatever it was doing, with all that it has
started. Nothing that a driver says of an error nobody expected leaves it: it may hold values.
"""

from __future__ import annotations

import os
import queue
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from shared.connectors.errors import NotReachable
from shared.errors import Unavailable, ValuemillError
from worker.synthesis import wire
from worker.synthesis.kinds import kind
from worker.synthesis.session import Session
from worker.synthesis.task import RunFacts, Task
from worker.synthesis.work import Work


@dataclass
class Answer:
    """How a step tells of itself while it goes on; see ``kinds``."""

    stream: BinaryIO
    warnings: list[str] = field(default_factory=list)

    def warn(self, *sentences: str) -> None:
        """Say something to the people of the engine."""
        self.warnings += sentences

    def log(self, event: str, **facts: object) -> None:
        """Write a line in the worker's log; no value of a source may be in it."""
        wire.write(self.stream, {"type": wire.LOG, "event": event, "facts": facts})

    def keep(self, name: str, parts: Iterable[bytes]) -> None:
        """Leave something to later steps, once this one is done."""
        for number, part in enumerate(parts):
            message = {"type": wire.ARTIFACT, "name": name, "part": number, "has_content": True}
            wire.write(self.stream, message, part)

    def hold(self, result: dict[str, Any]) -> None:
        """What later steps need is there, for as long as this process lives."""
        wire.write(
            self.stream, {"type": wire.HELD, "result": result, "warnings": list(self.warnings)}
        )


def main() -> None:
    """Do steps to the end of the input."""
    answers = os.fdopen(os.dup(1), "wb")
    # What libraries print is in nobody's way.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tasks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    try:
        _work(tasks.get, answers)
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(1)


def _listen(tasks: queue.SimpleQueue[dict[str, Any]]) -> None:
    try:
        for message in wire.read(sys.stdin.buffer):
            tasks.put(message)
    finally:
        # Of the whole group: what we have started, such as pg_dump, goes too.
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _work(next_task: Callable[[], dict[str, Any]], answers: BinaryIO) -> None:
    session: Session | None = None
    while True:
        message = next_task()
        if "memory_bytes" in message:
            _limit(message["memory_bytes"])
        answer = Answer(answers)
        try:
            if message.get("run") is not None:
                if session is not None:
                    session.close()
                session = Session(RunFacts.from_json(message["run"]))
            assert session is not None  # noqa: S101 - the first task has its run with it
            task = Task.from_json(message["task"], run=session.run)
            result = kind(task.kind)(Work(session, task, answer))
            end = {"type": wire.DONE, "result": result, "warnings": answer.warnings}
        except Exception as error:
            end = _say(error)
        wire.write(answers, end)
        if end["type"] != wire.DONE:
            # Connections may be in any state.
            return


def _limit(memory_bytes: int) -> None:
    """Take no more memory than that; what is mapped from files is not counted."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(error: Exception) -> dict[str, Any]:
    """The last message of a step that was not done."""
    if isinstance(error, NotReachable | Unavailable):
        return {"type": wire.AGAIN, "reason": str(error)}
    if isinstance(error, ValuemillError):
        return {"type": wire.REFUSED, "reason": str(error)}
    if isinstance(error, MemoryError):
        return {
            "type": wire.BROKEN,
            "reason": "it needs more memory than a process may have "
            "(VALUEMILL_SYNTHESIS_MEMORY_BYTES)",
            "trace": _trace(error),
        }
    return {"type": wire.BROKEN, "reason": type(error).__name__, "trace": _trace(error)}


def _trace(error: Exception) -> list[str]:
    """Where an error came from, without what it says."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


if __name__ == "__main__":
    main()
