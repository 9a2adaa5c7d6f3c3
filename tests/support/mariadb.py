"""A MariaDB of the system's, where there is one, on a free port and in a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.support.waiting import wait_until

PASSWORD = "mariadb-Secret-3"


@dataclass(frozen=True)
class MariaDb:
    """A running server; ``root`` and ``reader``, who may read alone, have one password."""

    port: int
    socket: Path

    def connect(self, database: str | None = None, *, user: str = "root") -> Any:
        """A connection as one of its users."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=PASSWORD,
            database=database,
            autocommit=True,
            charset="utf8mb4",
        )

    def run(self, *statements: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Execute statements as root; the rows of the last one."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def script(self, text: str, *, database: str) -> None:
        """Run a file of statements by the server's own client."""
        subprocess.run(
            [
                *("mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root"),
                *(f"--password={PASSWORD}", "--default-character-set=utf8mb4", database),
            ],
            input=text.encode(),
            check=True,
            capture_output=True,
        )

    def fresh(self, *names: str) -> None:
        """Empty databases of these names."""
        self.run(
            "SET foreign_key_checks = 0",
            *(f"DROP DATABASE IF EXISTS `{name}`" for name in names),
            *(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4" for name in names),
        )


@contextmanager
def mariadb(folder: Path, *options: str) -> Iterator[MariaDb]:
    """A server for as long as the block runs; skips the test where none is installed."""
    program, installer = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if not program or not installer:
        pytest.skip("needs the server of MariaDB (`apt-get install mariadb-server`)")
    data = folder / "data"
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [
            *(installer, "--no-defaults", f"--datadir={data}", "--skip-test-db"),
            *("--auth-root-authentication-method=normal", *as_root),
        ],
        check=True,
        capture_output=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = MariaDb(port, folder / "socket")
    process = subprocess.Popen(
        [
            *(program, "--no-defaults", f"--datadir={data}", f"--socket={server.socket}"),
            *(f"--port={port}", "--bind-address=127.0.0.1", "--skip-log-bin", *as_root),
            *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"),
            *("--innodb-doublewrite=0", "--innodb-flush-method=nosync", *options),
        ],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )
    try:
        wait_until(lambda: _set_up(server) or process.poll() is not None, what="MariaDB")
        yield server
    finally:
        process.terminate()
        process.wait()


def _set_up(server: MariaDb) -> bool:
    try:
        with pymysql.connect(unix_socket=str(server.socket), user="root") as connection:
            cursor = connection.cursor()
            cursor.execute(f"CREATE USER reader@localhost IDENTIFIED BY '{PASSWORD}'")
            cursor.execute("GRANT SELECT, SHOW VIEW, TRIGGER ON *.* TO reader@localhost")
            cursor.execute(f"SET PASSWORD = PASSWORD('{PASSWORD}')")
    except pymysql.err.OperationalError:
        return False
    return True
