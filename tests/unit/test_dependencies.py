"""What is installed is what was locked: the part of a dependency audit that needs no network.

``make audit`` asks for known vulnerabilities besides; it needs the network, so it is no part of
``make check``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "deploy/local/binaries.lock", "deploy/small_model/wheels.lock")

#: In an environment without being locked: this project, what installs, and what locks.
BESIDES = {"valuemill", "pip", "uv", "wheel"}


def entries(lock: Path) -> Iterator[str]:
    """The lock's entries, each with its hashes on one line."""
    return (line for line in lock.read_text().replace("\\\n", " ").splitlines() if line.strip())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_nothing_else(project: Path, lock: str) -> None:
    entry = r"[a-z0-9.-]+(\[[a-z0-9,]+\])?==[^\s;*]+( ; [^-]+?)?( +--hash=sha256:[0-9a-f]{64})+\s*"
    found = list(entries(project / lock))
    assert found
    assert [line for line in found if not re.fullmatch(entry, line)] == []


def locked(project: Path) -> dict[str, str]:
    """Versions by name, of what this interpreter on this system needs."""
    found = {}
    for line in entries(project / LOCKS[0]):
        wanted = Requirement(line.split("--hash")[0].strip())
        if wanted.marker is None or wanted.marker.evaluate():
            (pin,) = wanted.specifier
            found[canonicalize_name(wanted.name)] = pin.version
    return found


def installed() -> dict[str, str]:
    return {canonicalize_name(each.name): each.version for each in distributions()}


def test_what_is_installed_is_what_is_locked(project: Path) -> None:
    wanted, there = locked(project), installed()
    assert {name: there.get(name) for name in wanted} == wanted
    assert there.keys() - wanted.keys() <= BESIDES


def test_what_is_installed_fits_together() -> None:
    there = installed()
    for each in distributions():
        for text in each.requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                version = there.get(canonicalize_name(needed.name))
                assert version is not None, f"{each.name} needs {needed.name}"
                assert needed.specifier.contains(version, prereleases=True), (each.name, text)


def test_the_lock_holds_what_the_project_asks_for(project: Path) -> None:
    asked = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    extras = [
        needed
        for extra, needed in asked["optional-dependencies"].items()
        # What only some operators install, beside a driver that is on no index.
        if extra != "mssql"
    ]
    wanted = locked(project)
    for text in (*asked["dependencies"], *(each for extra in extras for each in extra)):
        needed = Requirement(text)
        assert needed.specifier.contains(wanted[canonicalize_name(needed.name)]), text
