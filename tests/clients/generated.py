"""Clients that `openapi-generator-cli` makes of the description that the service serves."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clients.environments import HERE, PLACE, jars, keep, need, run

#: Java is wanted to start quickly here, and with little memory.
JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m")
#: What the modules that are made for Go name as the oldest that will do.
GO = (1, 23)
#: What the generators are told: no more than names for what they make.
OPTIONS: dict[str, dict[str, str]] = {
    "java": {},
    "python": {"packageName": "generated"},
    "go": {"packageName": "generated"},
}


def sources(description: bytes) -> Path:
    """A folder with the three clients, ``java/``, ``python/`` and ``go/``.

    The generator refuses a description that is not valid.
    """
    generator = jars() / "generator.jar"

    def make(folder: Path) -> None:
        written = folder / "description.yaml"
        written.write_bytes(description)
        run(*JAVA, "-jar", generator, "validate", "--recommend", "--input-spec", written)
        orders = []
        for language, options in OPTIONS.items():
            order = {
                "generatorName": language,
                "inputSpec": str(written),
                "outputDir": str(folder / language),
                **options,
            }
            orders.append(folder / f"{language}.json")
            orders[-1].write_text(json.dumps(order))
        run(*JAVA, "-jar", generator, "batch", "--fail-fast", "--threads", "1", *orders)

    return keep("generated", description, make)


def java_session(description: bytes) -> list[str | Path]:
    """The command that runs the session with the Java client; arguments follow."""
    libraries = jars() / "libraries"
    source = sources(description) / "java" / "src" / "main"
    program = HERE / "java" / "Session.java"

    def make(folder: Path) -> None:
        listed = folder / "sources"
        listed.write_text("\n".join(map(str, [*source.rglob("*.java"), program])))
        options = ("-J-XX:+UseSerialGC", "-nowarn", "-proc:none", "-encoding", "UTF-8")
        run("javac", *options, "-cp", f"{libraries}/*", "-d", folder / "classes", f"@{listed}")

    built = keep("java-session", description + program.read_bytes(), make)
    return [*JAVA, "-cp", f"{built / 'classes'}:{libraries}/*", "Session"]


def go_session(description: bytes) -> list[str | Path]:
    """The command that runs the session with the Go client; arguments follow."""
    need_go()
    source = sources(description) / "go"
    program = HERE / "go"

    def make(folder: Path) -> None:
        for file in program.iterdir():
            shutil.copy(file, folder)
        shutil.copytree(source, folder / "generated", ignore=shutil.ignore_patterns("test", "go.*"))
        # The client needs no modules, so no registry is asked.
        run(
            "go", "build", "-C", folder, "-o", "session", ".",
            GOCACHE=PLACE / "go-build", GOFLAGS="-buildvcs=false", GOTOOLCHAIN="local",
        )  # fmt: skip

    made_of = description + b"".join(file.read_bytes() for file in sorted(program.iterdir()))
    return [keep("go-session", made_of, make) / "session"]


def need_go() -> None:
    """Skip the test where there is no Go, or one that is too old."""
    need("go")
    version = run("go", "env", "GOVERSION", GOTOOLCHAIN="local").strip()
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < GO:
        pytest.skip(f"{version} is older than what clients are made for")
