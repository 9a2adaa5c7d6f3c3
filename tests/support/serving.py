"""The application behind its real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.settings import Settings
from tests.support.waiting import PATIENCE, wait_until


@dataclass(frozen=True)
class Server:
    url: str
    #: Of the process that answers.
    pid: int
    #: Of the one that watches over it.
    parent: int


@contextmanager
def serve(
    settings: Settings,
    *options: str,
    project: Path,
    prefix: tuple[str, ...] = (),
    **environment: str,
) -> Iterator[Server]:
    """One process of gunicorn, as in production, with these options besides.

    :param prefix: a command that becomes the one that follows it.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = (
        f"gunicorn --bind 127.0.0.1:{port} --worker-class api.http.serving.Worker --workers 1 "
        # Of the longest cursor there is, the default would cut the end off.
        "--threads 16 --worker-connections 4000 --limit-request-line 8190 --no-control-socket"
    )
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", *command.split(), *options, "api.app:create_app()"],
        cwd=project,
        env={
            **os.environ,
            "VALUEMILL_DATABASE_URL": settings.database_url,
            "VALUEMILL_BROKER_URL": settings.broker_url,
            "VALUEMILL_SECRET_KEY": settings.secret_key,
            **environment,
        },
    )
    try:
        url = f"http://127.0.0.1:{port}"
        root = url + environment.get("SCRIPT_NAME", "")
        wait_until(lambda: is_alive(root), what="the server to answer")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        pid = int(children.read_text().split()[0]) if children.exists() else process.pid
        yield Server(url=url, pid=pid, parent=process.pid)
    finally:
        process.terminate()
        status = process.wait(timeout=PATIENCE)
    assert status == 0, "the server did not end in order"


def is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False
