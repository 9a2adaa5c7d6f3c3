"""Redis: wake-ups only, so nothing is kept on disk."""

from __future__ import annotations

from pathlib import Path

from deploy.local.files import write_private


def write_config(folder: Path, *, port: int, password: str) -> Path:
    """Write ``redis.conf`` into ``folder`` (mode 0600: it holds the password) and return it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    path = folder / "redis.conf"
    write_private(
        path,
        "\n".join(
            [
                "bind 127.0.0.1",
                f"port {port}",
                f"requirepass {password}",
                f'dir "{quoted}"',
                'save ""',
                "appendonly no",
                "maxmemory 256mb",
                # A broker that evicts loses tasks without a word.
                "maxmemory-policy noeviction",
                "daemonize no",
                'logfile ""',
                "",
            ]
        ),
    )
    return path
