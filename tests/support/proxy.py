"""A reverse proxy that lets in who shows what it wants, as a process of its own.

``python -m tests.support.proxy URL 'Basic dXNlcjpwQHNz'`` prints its address, and passes to the URL
what brings that ``Authorization``, piece by piece; everything else is a 401 in its own words.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def proxy(to: str, authorization: str) -> Iterator[str]:
    """The address of one, as long as the block runs."""
    command = [sys.executable, "-m", "tests.support.proxy", to, authorization]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main(to: str, authorization: str) -> None:
    upstream = httpx.Client(base_url=to, timeout=None, trust_env=False)  # noqa: S113

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with suppress(OSError):
                if self.headers.get("Authorization") != authorization:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="models"')
                    self.end_headers()
                    self.wfile.write(b"<h1>Who goes there?</h1>")
                    return
                with upstream.stream(
                    self.command, self.path, content=body, headers={"Accept-Encoding": "identity"}
                ) as answer:
                    self.send_response(answer.status_code)
                    if kind := answer.headers.get("Content-Type"):
                        self.send_header("Content-Type", kind)
                    self.end_headers()
                    for piece in answer.iter_raw():
                        self.wfile.write(piece)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
