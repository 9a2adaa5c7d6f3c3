"""The process of a step: what it shows to others, and when it ends."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from worker.synthesis import wire
from worker.synthesis.child import LOST, Child
from worker.synthesis.under_way import StepsUnderWay


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setenv("VALUEMILL_CONNECTOR_KEY", "a secret key")
    started = Child()
    yield started
    started.kill()


def state_of(pid: int) -> str:
    """As the system names it; Z: it has ended, and nobody has asked for its status yet."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def test_nothing_secret_is_in_its_arguments_or_its_environment(child: Child) -> None:
    folder = Path("/proc") / str(child.pid)
    wait_until(lambda: b"worker.synthesis.step" in (folder / "cmdline").read_bytes())
    shown = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
    assert b"PATH=" in shown
    assert b"VALUEMILL" not in shown
    assert b"a secret key" not in shown


def test_it_ends_with_the_pipe_that_its_worker_holds(child: Child) -> None:
    assert child._process.stdin is not None
    child._process.stdin.close()
    wait_until(lambda: not child.is_alive, what="the end of the process")


def test_a_task_that_it_cannot_read_is_broken_and_tells_no_value(child: Child) -> None:
    message = {"task": {"kind": "a canary"}, "run": {"version": "a canary"}}
    end = child.do(message, hear=lambda _: None)
    assert end["type"] == wire.BROKEN
    assert end["reason"] == "KeyError"
    assert "canary" not in str(end)


def test_it_takes_no_more_memory_than_it_may() -> None:
    code = (
        "from worker.synthesis.step import _limit\n"
        "bytearray(300 << 20)\n"
        "_limit(200 << 20)\n"
        "try:\n"
        "    bytearray(300 << 20)\n"
        "except MemoryError:\n"
        "    print('no more')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "no more\n"


def test_a_process_that_is_killed_is_lost_and_says_by_what(child: Child) -> None:
    os.kill(child.pid, signal.SIGKILL)
    end = child.do({"task": {}}, hear=lambda _: None)
    assert end["type"] == LOST
    assert "SIGKILL" in end["reason"]
    assert state_of(child.pid) == ""


def test_one_that_was_ended_before_it_had_a_process_is_ended_at_once() -> None:
    steps = StepsUnderWay()
    stopped = []
    step = steps.watch(7)
    steps.end_all()
    step.runs_in(lambda: stopped.append(step.claim_id))
    assert stopped == [7]
    assert step.ended
    steps.release(7)
    assert steps.all() == []


def test_messages_come_through_the_pipe_as_they_were() -> None:
    stream = io.BytesIO()
    wire.write(stream, {"type": "log", "event": "ä"})
    wire.write(stream, {"type": "artifact", "has_content": True}, b"\x00\xff")
    wire.write(stream, {"type": "done"})
    whole = stream.getvalue()
    assert list(wire.read(io.BytesIO(whole))) == [
        {"type": "log", "event": "ä"},
        {"type": "artifact", "has_content": True, "content": b"\x00\xff"},
        {"type": "done"},
    ]
    # One that breaks off is not there.
    assert len(list(wire.read(io.BytesIO(whole[:-1])))) == 2


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(wire.BadFrame):
        list(wire.read(io.BytesIO(b"Traceback (most recent call last)")))
