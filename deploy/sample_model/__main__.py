"""``python -m deploy.sample_model``: listen until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from deploy.ollama_api.listening import listen
from deploy.sample_model.knobs import BadKnob, Knobs, read_knobs
from deploy.sample_model.server import create_application
from deploy.sample_model.state import Server


def main() -> None:
    """Read the knobs and serve; exit status 2 when they or the address are no good."""
    logging.getLogger("faker").setLevel(logging.ERROR)  # it warns of invented numbers
    try:
        knobs = read_knobs(sys.argv[1:], os.environ)
        asyncio.run(serve(knobs))
    except (BadKnob, OSError) as error:
        sys.exit(f"sample model: {error}")


async def serve(knobs: Knobs) -> None:
    """Listen until told to stop."""
    turned = {n: v for n, v in knobs.changed().items() if n not in ("host", "port", "model")}

    def greet(address: str) -> str:
        return (
            f"sample model (Faker, not a language model) on {address} "
            f"as {', '.join(knobs.model)}; knobs: {turned or 'all at their defaults'}"
        )

    application = create_application(Server(knobs))
    await listen(application, host=knobs.host, port=knobs.port, greet=greet)


if __name__ == "__main__":
    main()
