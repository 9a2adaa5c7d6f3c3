"""What a browser may do with an answer: next to nothing.

The answers are data for programs; only the page at ``/docs`` is for a browser, and says what more
it needs. That all traffic be encrypted is for whoever terminates TLS to say (HSTS).
"""

from __future__ import annotations

from flask import Flask, Response

#: On every answer, of gunicorn's errors too; a route may say otherwise.
ALWAYS = {
    # Not to guess that data is a script or a page, ...
    "X-Content-Type-Options": "nosniff",
    # ... not to do anything if it takes it for a page after all, ...
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    # ... not to show it within pages of others, nor hand it to them, ...
    "Cross-Origin-Resource-Policy": "same-origin",
    # ... not to tell others the address, in which ids stand, ...
    "Referrer-Policy": "no-referrer",
    # ... and not to keep it.
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    """Put them on every answer of the application."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - pairs else
    response.headers.extend([each for each in ALWAYS.items() if each[0].lower() not in said])
    return response
