"""Where the clients live: each in a place of its own, made on first use.

All of them are in ``.venv/clients``, which `make clean` removes with whatever else was installed.
Nothing of theirs is among what Valuemill itself needs: their pins would bind it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / ".venv" / "clients"

#: What pip, Maven and Go say where their registry does not answer or is not allowed. Whatever else
#: they say is a fault of ours: a pin that there is not, a hash that is another.
NO_REGISTRY = re.compile(
    r"from versions: none|Could not transfer|Unknown host|Connection (refused|timed out)"
    r"|no such host|i/o timeout|Temporary failure in name resolution"
)
#: Seconds that a registry gets.
INSTALLING = 400
#: Seconds for anything else: a compiler, a session.
RUNNING = 300


def need(*tools: str) -> None:
    """Skip the test where one of these commands is not on the path."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} on the path")


def run(*command: str | Path, **environment: str | Path) -> str:
    """What a command prints. It must succeed."""
    done = _run(command, RUNNING, environment)
    assert done.returncode == 0, f"{command[0]}: {done.stderr[-4000:] or done.stdout[-4000:]}"
    return done.stdout


def fetch(*command: str | Path, **environment: str | Path) -> None:
    """Run a command that asks a registry; skip the test where that cannot be reached."""
    try:
        done = _run(command, INSTALLING, environment)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{command[0]} took longer than {INSTALLING} s")
    said = done.stdout + done.stderr
    if done.returncode and (found := NO_REGISTRY.search(said)):
        pytest.skip(f"{Path(command[0]).name} cannot reach its registry ({found[0]})")
    assert done.returncode == 0, said[-4000:]


def _run(
    command: tuple[str | Path, ...], seconds: float, environment: dict[str, str | Path]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        env=os.environ | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def keep(name: str, of: bytes, make: Callable[[Path], None]) -> Path:
    """The folder that was made of these bytes, or is made now.

    What was made of others before is removed. A folder that was not finished is made anew.
    """
    folder = PLACE / name
    stamp = folder / ".made-of"
    digest = hashlib.sha256(of).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        stamp.write_text(digest)
    return folder


def python_for(client: str) -> Path:
    """The interpreter of an environment with what the lock of this client names."""
    lock = HERE / "pins" / f"{client}.lock"

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True, symlinks=True)
        pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
        options = (
            "--retries",
            "1",
            "--timeout",
            "20",
            "--require-hashes",
            "--only-binary",
            ":all:",
        )
        fetch(*pip, "install", *options, "-r", lock)

    made_of = lock.read_bytes() + sys.version.encode()
    return keep(f"python-{client}", made_of, make) / "bin" / "python"


def jars() -> Path:
    """A folder with ``generator.jar``, and the Java client's ``libraries/``."""
    need("java", "javac", "mvn")
    pom = HERE / "java" / "pom.xml"

    def make(folder: Path) -> None:
        options = ("--batch-mode", "--quiet", f"-Dmaven.repo.local={PLACE / 'maven'}")
        fetch("mvn", *options, "--file", pom, f"-Djars={folder}", "generate-resources")

    return keep("jars", pom.read_bytes(), make)
