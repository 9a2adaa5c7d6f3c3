"""Examples for the description that every product's routes need."""

from __future__ import annotations

from typing import Any

#: A cursor as it looks; this one was signed by nobody.
CURSOR = "W1s0MiwiMjAyNi0xMS0wNVQwODo1MTozNCswMDowMCJdLGZhbHNlXQ.c2lnbmF0dXJl"


def page(*items: Any, total: int | None = None) -> dict[str, Any]:
    """A page of these items; of a longer list where ``total`` says so."""
    metadata: dict[str, Any] = {"total": total or len(items)}
    if metadata["total"] > len(items):
        metadata["next_cursor"] = CURSOR
    return {"items": list(items), "response_metadata": metadata}
