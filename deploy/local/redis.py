"""Redis: wake-ups only, so nothing is kept on disk."""

from __future__ import annotations

from pathlib import Path

from deploy.local.files import write_private


def write_config(path: Path, *, port: int, password: str) -> None:
    """Write Redis's configuration (mode 0600: it holds the password), and make its folder."""
    folder = path.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
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
