"""What the routes work with, made once in ``api.app``."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from redis import Redis

from shared.db.engine import Database
from shared.generation.service import Lists
from shared.models.catalogue import Catalogue
from shared.queue.service import Jobs
from shared.queue.wakeups import BackgroundWakeUps
from shared.queue.watch import Watch
from shared.settings import Settings
from shared.synthesis.service import Engines
from shared.synthesis.table_service import Tables

KEY = "valuemill"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that a route may need beside the request."""

    settings: Settings
    database: Database
    #: For rate limits, and to see whether it answers; wake-ups go their own way.
    broker: Redis
    catalogue: Catalogue
    wake_ups: BackgroundWakeUps
    watch: Watch
    #: What clients do with jobs, and with lists of values.
    jobs: Jobs
    lists: Lists
    #: With engines that copy databases, and with their tables.
    engines: Engines
    tables: Tables

    def close(self) -> None:
        """Close the connections."""
        self.watch.close()
        self.database.close()
        self.broker.close()


def parts() -> Parts:
    """The parts of the application that handles the current request."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Parts)  # noqa: S101 - narrows the type for mypy
    return found
