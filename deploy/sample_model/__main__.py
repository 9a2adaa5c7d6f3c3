"""``python -m deploy.sample_model``: listen until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from deploy.sample_model.knobs import BadKnob, Knobs, read_knobs
from deploy.sample_model.server import BODY_LIMIT, create_application
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
    """Listen until SIGTERM or SIGINT; then end at once, whatever is under way."""
    sockets = bind_sockets(knobs.port, knobs.host, backlog=1024)
    http = HTTPServer(create_application(Server(knobs)), max_body_size=BODY_LIMIT)
    http.add_sockets(sockets)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    host, port = sockets[0].getsockname()[:2]
    turned = {n: v for n, v in knobs.changed().items() if n not in ("host", "port", "model")}
    sys.stdout.write(
        f"sample model (Faker, not a language model) on http://{host}:{port} "
        f"as {', '.join(knobs.model)}; knobs: {turned or 'all at their defaults'}\n"
    )
    sys.stdout.flush()
    await stop.wait()
    http.stop()
    await http.close_all_connections()


if __name__ == "__main__":
    main()
