"""What people read about a running stack."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from deploy.local.stack import LocalInfo

EXAMPLE = {
    "name": "Italian cities",
    "data_type": "city",
    "attributes": [{"values": ["Italian"]}],
    "requested_count": 10,
    "multiline_values": False,
}


def show_running(console: Console, info: LocalInfo, *, var: Path, story: str) -> None:
    """The addresses, a request to try, and how to stop."""
    rows = {
        "API": f"{info.api_url}/dct/v3",
        "API key": info.api_key,
        "Synthesis": f"{info.api_url}/api/v1  (user {info.user_email}, password "
        f"{info.user_password}, or the API key)",
        "Flower": f"{info.flower_url}  (user {info.flower_user}, password {info.flower_password})",
        "PostgreSQL": info.database_url,
        "Redis": info.broker_url,
        "Values from": story,
        "Data and logs": str(var),
    }
    console.print()
    show_rows(console, rows)
    console.print("\nTry it:\n")
    console.print(Text(curl_line(info)), soft_wrap=True)
    console.print("\nCtrl-C stops it; so does `make down` from elsewhere.")


def show_rows(console: Console, rows: Mapping[str, object]) -> None:
    """Names and values below each other; never wrapped, so that values can be copied."""
    width = max(len(name) for name in rows) + 2
    for name, value in rows.items():
        console.print(Text.assemble((name.ljust(width), "bold"), str(value)), soft_wrap=True)


def curl_line(info: LocalInfo) -> str:
    """A command that submits a small request."""
    words = [
        "curl",
        *("-H", f"Authorization: apk {info.api_key}"),
        *("-H", "Content-Type: application/json"),
        *("-d", json.dumps(EXAMPLE)),
        f"{info.api_url}/dct/v3/ai/generate",
    ]
    return shlex.join(words)
