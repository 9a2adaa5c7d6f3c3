"""From two addresses to the end of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, Protocol

from deploy.synthesize.addresses import Address
from deploy.synthesize.engines import Engines, Job, Workspace
from shared.errors import ValuemillError
from valuemill import ClientError

#: Between two looks at a job: at first, and after a while, in seconds.
SHORTEST_LOOK, LONGEST_LOOK = 0.2, 2.0

#: Of the time that was waited, until the next look.
LOOK_SHARE = 0.1


class NotCopied(ValuemillError):
    """A job did not do what it was for."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be copied, where to, and how.

    :param seed: all chance comes of it; None: of a new one.
    :param parallel: processes that work on it at once, over all workers.
    """

    name: str
    source: Address
    target: Address
    mode: str
    key_method: str
    locale: str
    seed: int | None = None
    parallel: int = 1

    def as_workspace(self) -> dict[str, Any]:
        """What the API takes for a workspace."""
        return {
            "name": self.name,
            "source_connection": {**self.source.as_connection(), "is_source": True},
            "target_connection": {**self.target.as_connection(), "is_source": False},
            "initialization_mode": self.mode,
            "key_generation_method": self.key_method,
            "default_locale": self.locale,
        }

    def as_settings(self) -> dict[str, Any]:
        """What is to be other than the service has it."""
        seeded = {} if self.seed is None else {"use_seed": True, "seed_value": self.seed}
        several = {"n_parallel_pipeline_processes": self.parallel} if self.parallel > 1 else {}
        return {**seeded, **several}


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A copy that was made.

    :param tables: by their names, ``rows`` and ``written``.
    :param report: what became of each column, as the API has it.
    """

    workspace: Workspace
    job: Job
    tables: Mapping[str, Mapping[str, Any]]
    report: Mapping[str, Any]
    warnings: Sequence[str]


class Tells(Protocol):
    """Whom the progress is told."""

    def progress(self, text: str, percent: int | None = None) -> None:
        """How far it is; said often, and often the same."""


def copy(engines: Engines, order: Order, tells: Tells) -> Copied:
    """Make a workspace, have its databases looked at, fill the target, and wait for it.

    Who ends it by Ctrl-C ends the run too.

    :raises NotCopied: a job failed, or somebody ended it; says why.
    """
    tells.progress("Making a workspace")
    workspace = engines.create(order.as_workspace())
    looked = _wait(engines, workspace.job_id, tells, "Looking at both databases")
    if not looked.went_well:
        raise NotCopied(_words("The databases cannot be copied", looked))
    if settings := order.as_settings():
        engines.change(workspace.engine_id, settings)
    job_id = engines.start(workspace.engine_id)
    done = _wait(engines, job_id, tells, "Copying")
    if not done.went_well:
        raise NotCopied(_words("The copy was not made", done))
    return Copied(
        workspace=workspace,
        job=done,
        tables=engines.summary(job_id),
        report=engines.report(job_id),
        warnings=engines.warnings(job_id),
    )


def _wait(engines: Engines, job_id: str, tells: Tells, doing: str) -> Job:
    began = monotonic()
    try:
        while True:
            job = engines.job(job_id)
            tells.progress(_progress(engines, job, doing), job.percent)
            if job.has_ended:
                return job
            waited = monotonic() - began
            sleep(min(LONGEST_LOOK, max(SHORTEST_LOOK, waited * LOOK_SHARE)))
    except KeyboardInterrupt:
        # It may have ended by itself just now.
        with suppress(ClientError):
            engines.cancel(job_id)
        raise


def _progress(engines: Engines, job: Job, doing: str) -> str:
    if job.status == "STARTED":
        return f"{doing}: waiting for a worker"
    tables = engines.summary(job.id).values()
    written = sum(int(table.get("written") or 0) for table in tables)
    rows = sum(int(table.get("rows") or 0) for table in tables)
    counts = f", {written:,} of about {rows:,} rows" if rows else ""
    waiting = "" if not job.warning.startswith("Waiting") else f" ({job.warning.rstrip('.')})"
    return f"{doing}{counts}{waiting}"


def _words(what: str, job: Job) -> str:
    how = "somebody has cancelled it" if job.status == "REVOKED" else job.reason
    return f"{what}: {how or 'the service gave no reason'}"
