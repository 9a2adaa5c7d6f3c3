"""Supervision of real processes: order, accidents, ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import pytest

from deploy.local.errors import LocalStackError, PartFailed, PortTaken
from deploy.local.options import PROJECT
from deploy.local.part import Part, answers, listens, writes_file
from deploy.local.supervisor import Supervisor
from tests.support.waiting import PATIENCE, wait_until

#: Writes a line when it starts and one when it is asked to end; may start a child of its own.
WORKER = """
import os, signal, subprocess, sys, time
from pathlib import Path
name, diary, ready, *more = sys.argv[1:]
def note(what):
    with open(diary, "a") as file:
        file.write(f"{what} {name}\\n")
def end(*_):
    note("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in more else end)
if "parent" in more:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(diary + ".child").write_text(str(child.pid))
note("start")
Path(ready).touch()
time.sleep(60)
"""

#: Runs a supervisor in a process that can be killed.
SUPERVISED = """
import sys, time
from pathlib import Path
from deploy.local.part import Part
from deploy.local.supervisor import Supervisor
sleeper = Part(name="s", argv=(sys.executable, "-c", "import time; time.sleep(60)"),
               log=Path(sys.argv[1]) / "log")
supervisor = Supervisor(report=lambda line: None, launched=lambda: None)
supervisor.start([sleeper])
supervisor.wait_ready()
print(supervisor.pids()["s"], flush=True)
time.sleep(60)
"""


class Workshop:
    """A supervisor and parts that write a diary together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.diary = folder / "diary"
        self.lines: list[str] = []
        self.launches = 0
        self.supervisor = Supervisor(report=self.lines.append, launched=self._count)

    def part(
        self, name: str, *habits: str, needs: tuple[str, ...] = (), grace: float = 10.0
    ) -> Part:
        ready = self.folder / f"{name}.ready"
        words = (name, str(self.diary), str(ready), *habits)
        return Part(
            name=name,
            argv=(sys.executable, "-c", WORKER, *words),
            log=self.folder / f"{name}.log",
            needs=needs,
            grace=grace,
            prepare=lambda: ready.unlink(missing_ok=True),
            ready=writes_file(ready),
        )

    def once(self, name: str, code: str, *, needs: tuple[str, ...] = ()) -> Part:
        argv = (sys.executable, "-c", code)
        return Part(name=name, argv=argv, log=self.folder / f"{name}.log", needs=needs, once=True)

    def read_diary(self) -> list[str]:
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def _count(self) -> None:
        self.launches += 1


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    shop = Workshop(tmp_path)
    yield shop
    shop.supervisor.stop()


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_the_needed_start_first_and_stop_last(workshop: Workshop) -> None:
    parts = [
        workshop.part("api", needs=("schema",)),
        workshop.once("schema", "import time; time.sleep(0.1)", needs=("database",)),
        workshop.part("database"),
    ]
    workshop.supervisor.start(parts)
    workshop.supervisor.wait_ready()
    assert set(workshop.supervisor.pids()) == {"api", "database"}
    workshop.supervisor.stop()
    assert workshop.read_diary() == ["start database", "start api", "end api", "end database"]
    assert workshop.supervisor.pids() == {}


def test_a_killed_part_comes_back(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one"), workshop.part("two")])
    workshop.supervisor.wait_ready()
    before = workshop.supervisor.pids()
    workshop.supervisor.kill("one", Signals.SIGKILL)
    wait_until(lambda: workshop.read_diary().count("start one") == 2)
    after = workshop.supervisor.pids()
    assert after["one"] != before["one"]
    assert after["two"] == before["two"]
    assert workshop.launches == 3
    assert "one ended (killed by SIGKILL); starting it again in 0.2 s" in workshop.lines


#: Says what a full disk makes it say, once it has been ready for a moment.
FAILING = """
import sys, time
from pathlib import Path
Path(sys.argv[1]).touch()
time.sleep(0.2)
print("starting", "FATAL: could not write: No space left on device", sep="\\n", flush=True)
sys.exit(1)
"""


def failing(workshop: Workshop, *, with_check: bool) -> Part:
    ready = workshop.folder / "one.ready"
    return Part(
        name="one",
        argv=(sys.executable, "-c", FAILING, str(ready)),
        log=workshop.folder / "one.log",
        prepare=lambda: ready.unlink(missing_ok=True),
        ready=writes_file(ready if with_check else workshop.folder / "never"),
    )


def test_field_e6_a_part_that_ends_by_itself_has_its_last_words_shown(workshop: Workshop) -> None:
    workshop.supervisor.start([failing(workshop, with_check=True)])
    workshop.supervisor.wait_ready()
    wait_until(lambda: "No space left on device" in "\n".join(workshop.lines))
    assert any("one ended (exit code 1)" in line for line in workshop.lines)
    assert any(str(workshop.folder / "one.log") in line for line in workshop.lines)


def test_field_e6_so_has_one_that_never_was_ready(workshop: Workshop) -> None:
    workshop.supervisor.start([failing(workshop, with_check=False)])
    with pytest.raises(PartFailed, match="No space left on device"):
        workshop.supervisor.wait_ready()


def test_what_a_part_has_started_ends_with_it(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one", "parent")])
    workshop.supervisor.wait_ready()
    child = int(Path(f"{workshop.diary}.child").read_text())
    assert is_alive(child)
    workshop.supervisor.kill("one", Signals.SIGKILL)
    wait_until(lambda: not is_alive(child))


def test_restart_is_gentle_and_waits(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one")])
    workshop.supervisor.wait_ready()
    workshop.supervisor.restart("one")
    assert workshop.read_diary() == ["start one", "end one", "start one"]
    with pytest.raises(LocalStackError, match="no part 'two'; there are one"):
        workshop.supervisor.restart("two")


def test_a_part_that_does_not_listen_is_killed_after_its_grace(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one", "deaf", grace=0.2)])
    workshop.supervisor.wait_ready()
    pid = workshop.supervisor.pids()["one"]
    workshop.supervisor.stop()
    assert not is_alive(pid)
    assert workshop.read_diary() == ["start one"]


def test_a_second_interrupt_hurries(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one", "deaf", grace=PATIENCE * 10)])
    workshop.supervisor.wait_ready()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.8)
    try:
        workshop.supervisor.stop()
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert workshop.supervisor.pids() == {}


def test_a_part_that_cannot_start_ends_all_and_shows_its_log(workshop: Workshop) -> None:
    code = "import sys; sys.exit('the cat has eaten the configuration')"
    broken = Part(
        name="broken",
        argv=(sys.executable, "-c", code),
        log=workshop.folder / "broken.log",
        ready=listens(1),
    )
    workshop.supervisor.start([workshop.part("one"), broken])
    with pytest.raises(PartFailed) as caught:
        workshop.supervisor.wait_ready()
    assert "broken did not start: exit code 1" in str(caught.value)
    assert str(caught.value).endswith("the cat has eaten the configuration")
    assert workshop.launches == 1 + 5
    assert workshop.read_diary()[-1] == "end one"


def test_a_step_that_fails_is_not_tried_again(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.once("schema", "raise SystemExit(3)")])
    with pytest.raises(
        PartFailed, match=r"(?s)schema did not start: exit code 3.*\(the log is empty\)"
    ):
        workshop.supervisor.wait_ready()
    assert workshop.launches == 1


def test_a_taken_port_is_told_apart(workshop: Workshop) -> None:
    code = "import sys; sys.exit('OSError: [Errno 98] Address already in use')"
    workshop.supervisor.start([workshop.once("api", code)])
    with pytest.raises(PortTaken):
        workshop.supervisor.wait_ready()


def test_a_program_that_is_not_there_is_named(workshop: Workshop) -> None:
    part = Part(name="ghost", argv=("/nowhere/ghost",), log=workshop.folder / "log", once=True)
    workshop.supervisor.start([part])
    with pytest.raises(PartFailed, match=r"Cannot run /nowhere/ghost: .*No such file"):
        workshop.supervisor.wait_ready()


def test_a_part_that_never_gets_ready_says_what_was_awaited(workshop: Workshop) -> None:
    part = Part(
        name="mute",
        argv=(sys.executable, "-c", "import time; time.sleep(60)"),
        log=workshop.folder / "log",
        ready=answers(1, "/healthz"),
        start_timeout=0.3,
    )
    workshop.supervisor.start([part])
    with pytest.raises(PartFailed, match=r"should answer 200 at http://127\.0\.0\.1:1/healthz"):
        workshop.supervisor.wait_ready()
    assert workshop.supervisor.pids() == {}


def test_failed_preparations_end_the_start(workshop: Workshop) -> None:
    def prepare() -> None:
        raise LocalStackError("The cellar is flooded.")

    part = Part(name="one", argv=("true",), log=workshop.folder / "log", prepare=prepare)
    workshop.supervisor.start([part])
    with pytest.raises(LocalStackError, match="The cellar is flooded"):
        workshop.supervisor.wait_ready()


def test_a_part_can_be_added(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one")])
    workshop.supervisor.wait_ready()
    workshop.supervisor.add(workshop.once("later", "print('done')", needs=("one",)))
    workshop.supervisor.wait_ready()
    assert (workshop.folder / "later.log").read_text() == "done\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel must know PR_SET_PDEATHSIG")
def test_parts_outlive_the_thread_that_asked_for_them(workshop: Workshop) -> None:
    """The kernel ends children with the *thread* that made them: it must be the supervisor's."""

    def start() -> None:
        workshop.supervisor.start([workshop.part("one")])
        workshop.supervisor.wait_ready()

    short_lived = threading.Thread(target=start)
    short_lived.start()
    short_lived.join()
    pid = workshop.supervisor.pids()["one"]
    time.sleep(0.5)
    assert is_alive(pid)
    assert workshop.supervisor.pids() == {"one": pid}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel must know PR_SET_PDEATHSIG")
def test_parts_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISED, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_alive(pid)
        process.kill()
    wait_until(lambda: not is_alive(pid))


def test_parts_hear_signals_that_their_stack_ignores(workshop: Workshop) -> None:
    """A shell makes its background commands ignore SIGINT, and that is inherited."""
    code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        workshop.supervisor.start([workshop.once("one", code)])
        workshop.supervisor.wait_ready()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert (workshop.folder / "one.log").read_text() == "True\n"


def test_parts_have_sessions_of_their_own(workshop: Workshop) -> None:
    workshop.supervisor.start([workshop.part("one")])
    workshop.supervisor.wait_ready()
    pid = workshop.supervisor.pids()["one"]
    assert os.getsid(pid) == os.getpgid(pid) == pid
