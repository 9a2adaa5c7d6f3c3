"""Programs that stand in for the service's own, so that the stack is tested without them.

``python standin.py migrate|keys|worker|api PORT|model PORT|crash`` behave as the stack expects
of each part; ``python standin.py cli up|down|demo`` is the stack's command line with these parts.
They keep what they know in the folder that ``STANDIN_FOLDER`` names.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PROJECT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("STANDIN_FOLDER", "."))
ME = (sys.executable, __file__)
COMMANDS = {
    "migrate": (*ME, "migrate"),
    "create_key": (*ME, "keys"),
    "create_user": ("true",),
    "worker": (*ME, "worker", "{name}"),
    "api": (*ME, "api", "{port}"),
    "sample_model": (*ME, "model", "{port}"),
    "small_model": (*ME, "model", "{port}"),
    "flower": (*ME, "model", "{port}"),
}
VALUES = ["Anna", "Björn", "Clara", "Dörte", "Emil"]
PAGE = 2


class Handler(BaseHTTPRequestHandler):
    """Health, and one job that ends at its third look with all values there."""

    protocol_version = "HTTP/1.1"
    looks = 0

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path in ("/healthz", "/healthcheck", "/api/version"):
            self.answer(200, {"version": "0"})
        elif self.headers.get("Authorization", "")[4:] not in known_keys():
            self.answer(401, {"error": "x", "error_description": "That key is not known."})
        elif url.path == "/dct/v3/jobs/job":
            type(self).looks += 1
            self.answer(200, self.job())
        elif url.path.endswith("/values"):
            self.answer_values(int(query.get("cursor", ["0"])[0]))
        elif url.path.endswith("/download"):
            self.answer_file(query["format"][0])
        elif url.path == "/dct/v3/ai/generate/operation":
            self.answer(200, {"id": "operation", "generated_count": len(VALUES)})
        elif url.path == "/dct/v3/ai/generate/operation/statistics":
            self.answer(200, {"prompts": 3, "duplicates": 4})
        else:
            self.answer(404, {"error": "x", "error_description": "There is no such thing."})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, {"job": self.job()})

    def job(self) -> dict[str, str]:
        end = os.environ.get("STANDIN_END", "COMPLETED")
        status = end if self.looks >= 3 else "STARTED"
        reason = {"error_details": "Out of ideas."} if status == "FAILED" else {}
        return {"id": "job", "target_id": "operation", "status": status, **reason}

    def answer_values(self, start: int) -> None:
        there = VALUES[: max(0, (self.looks - 1)) * 3]
        links = {"next_cursor": str(start + PAGE)} if len(there) > start + PAGE else {}
        items = there[start : start + PAGE]
        self.answer(200, {"items": items, "response_metadata": links})

    def answer_file(self, format_: str) -> None:
        suffix = "json" if format_ == "JSON" else "txt"
        self.send_response(200)
        name = f"attachment; filename=\"names.{suffix}\"; filename*=UTF-8''..%2Fn%C3%A4mes.{suffix}"
        self.send_header("Content-Disposition", name)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


def known_keys() -> list[str]:
    path = FOLDER / "keys"
    return path.read_text().split() if path.exists() else []


def make_key() -> None:
    key = f"1.{secrets.token_hex(8)}"
    with (FOLDER / "keys").open("a") as file:
        file.write(f"{key}\n")
    print(key)


def work() -> None:
    Path(os.environ["VALUEMILL_READY_FILE"]).touch()
    signal.sigwait([signal.SIGTERM])


def serve(port: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait([signal.SIGTERM, signal.SIGQUIT])


def crash() -> None:
    print("all is well so far")
    print("the cat has eaten the configuration", file=sys.stderr)
    sys.exit(3)


def run_cli(*arguments: str) -> None:
    sys.path.insert(0, str(PROJECT))
    from deploy.local import __main__
    from deploy.local.parts import Commands

    stack = sys.modules["deploy.local.stack"]
    stack.Commands = partial(Commands, **COMMANDS)  # type: ignore[attr-defined]
    sys.argv = ["standin", *arguments]
    __main__.main()


if __name__ == "__main__":
    programs: dict[str, Callable[..., None]] = {
        "migrate": lambda: None,
        "keys": make_key,
        "worker": lambda _name: work(),
        "api": serve,
        "model": serve,
        "crash": crash,
        "cli": run_cli,
    }
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGQUIT])
    if sys.argv[1] == "cli":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGQUIT])
    programs[sys.argv[1]](*sys.argv[2:])
