"""A realm of Kerberos, and a PostgreSQL that lets in by tickets, where the system has them."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.postgres import ENVIRONMENT
from deploy.local.unprivileged import OURSELVES, choose_account
from tests.support.failover import Program, free_port
from tests.support.waiting import wait_until

REALM = "VALUEMILL.TEST"
SERVICE = f"postgres/localhost@{REALM}"


@dataclass(frozen=True)
class Realm:
    """A running realm; ``configuration`` is what an operator has at ``/etc/krb5.conf``."""

    folder: Path
    configuration: Path
    environment: Mapping[str, str]

    def keytab(self, *principals: str) -> Path:
        """New principals with random keys, and a file with these."""
        path = self.folder / f"{len(list(self.folder.iterdir()))}.keytab"
        for principal in principals:
            self.administer(f"addprinc -randkey {principal}")
            self.administer(f"ktadd -k {path} {principal}")
        return path

    def administer(self, query: str) -> None:
        """What an administrator of the realm says."""
        subprocess.run(
            ["kadmin.local", "-r", REALM, "-q", query],
            env=self.environment,
            check=True,
            capture_output=True,
        )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def as_secret(keytab: Path) -> str:
    """A keytab as clients give it."""
    return base64.b64encode(keytab.read_bytes()).decode()


@contextmanager
def realm(folder: Path) -> Iterator[Realm]:
    """A realm on loopback for as long as the block runs; skips where no server is installed."""
    programs = ("krb5kdc", "kdb5_util", "kadmin.local")
    if not all(map(shutil.which, programs)):
        pytest.skip("needs a KDC (`apt-get install krb5-kdc krb5-admin-server`)")
    port = free_port()
    configuration, of_server = folder / "krb5.conf", folder / "kdc.conf"
    configuration.write_text(
        f"[libdefaults]\n default_realm = {REALM}\n"
        f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n"
        f"[domain_realm]\n localhost = {REALM}\n"
    )
    of_server.write_text(
        f"[realms]\n {REALM} = {{\n  database_name = {folder}/principal\n"
        f"  key_stash_file = {folder}/stash\n  acl_file = {folder}/acl\n"
        f"  kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n }}\n"
    )
    environment = {
        **os.environ,
        "KRB5_CONFIG": str(configuration),
        "KRB5_KDC_PROFILE": str(of_server),
    }
    subprocess.run(
        ["kdb5_util", "create", "-s", "-r", REALM, "-P", "master-Secret"],
        env=environment,
        check=True,
        capture_output=True,
    )
    program = Program("krb5kdc", "-n", log=folder / "kdc.log", account=OURSELVES, env=environment)
    try:
        wait_until(lambda: _listens(port) or not program.is_alive, what="the KDC")
        assert program.is_alive, (folder / "kdc.log").read_text()
        yield Realm(folder, configuration, environment)
    finally:
        program.end()


@contextmanager
def postgres_by_tickets(folder: Path, running: Realm, *, user: str) -> Iterator[int]:
    """The port of a server that lets one user in, by a ticket of this name alone."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("needs a PostgreSQL with GSSAPI (`apt-get install postgresql`)")
    binaries, data, port = found[-1].parent, folder / "data", free_port()
    account = choose_account(data=data, program=binaries / "postgres")
    keytab = running.keytab(SERVICE)
    account.own(keytab)
    data.mkdir()
    account.own(data)

    def once(*command: str) -> None:
        program = Program(*command, log=folder / "log", account=account, env=ENVIRONMENT)
        assert program.process.wait() == 0, (folder / "log").read_text()

    once(
        str(binaries / "initdb"),
        f"--pgdata={data}",
        "--username=admin",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
    )
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 gss include_realm=0\n")
    role = data / "role.sql"
    role.write_text(f"CREATE ROLE {user} LOGIN;\n")
    account.own(role)
    account.own(data / "pg_hba.conf")
    once(
        *("/bin/sh", "-c"),
        f"'{binaries}/postgres' --single -D '{data}' postgres < '{role}'",
    )
    server = Program(
        *(str(binaries / "postgres"), "-D", str(data), "-p", str(port)),
        *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
        *("-c", f"krb_server_keyfile={keytab}"),
        log=folder / "log",
        account=account,
        env={**ENVIRONMENT, "KRB5_CONFIG": str(running.configuration), "KRB5RCACHENAME": "none:"},
    )
    try:
        wait_until(
            lambda: (
                "ready to accept connections" in (folder / "log").read_text() or not server.is_alive
            ),
            what="PostgreSQL",
        )
        assert server.is_alive, (folder / "log").read_text()
        yield port
    finally:
        server.end()
