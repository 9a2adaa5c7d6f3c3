"""A tiny request from submit to values, as an account that nobody has a key to."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

from deploy.doctor.findings import Finding, ok, problem
from shared.db import inspection
from shared.db.engine import Database
from shared.db.listing import Wanted
from shared.db.troubles import DatabaseRefused, sqlstate_of
from shared.generation.operation import OperationState
from shared.generation.product import ValueGeneration
from shared.generation.requests import GenerateRequest
from shared.generation.service import Lists
from shared.queue.job import Job
from shared.queue.service import Jobs
from shared.queue.wakeups import WakeUps, create_celery
from shared.settings import Settings

CHECK = "trial"
COUNT = 3
POLL = 0.2
INSUFFICIENT_PRIVILEGE = "42501"

REQUEST = GenerateRequest(
    name="doctor's trial",
    data_type="first name",
    multiline_values=False,
    requested_count=COUNT,
    error_tolerance=1_000,
    # Before all other work, since somebody is waiting.
    priority=2**31 - 1,
)


def check(database: Database, settings: Settings, *, patience: float) -> Iterator[Finding]:
    """Have a few values made, look at them, and delete them.

    :param patience: how long to wait for them, in seconds; a model may have to be loaded.
    :raises Unavailable: when the database does not answer.
    """
    try:
        yield _try(database, settings, patience)
    except DatabaseRefused as error:
        if sqlstate_of(error) != INSUFFICIENT_PRIVILEGE:
            raise
        yield problem(
            CHECK,
            "this role may not submit as the doctor's own account",
            "run it as the owner of the tables once; after that the API's role will do",
        )


def _try(database: Database, settings: Settings, patience: float) -> Finding:
    began = time.monotonic()
    with database.transaction() as connection:
        account = inspection.internal_account(connection)
    jobs = Jobs(database=database, products=[ValueGeneration(default_model=settings.model)])
    wake_ups = WakeUps(create_celery(settings.broker_url, name="valuemill-doctor"))
    lists = Lists(database=database, jobs=jobs, wake_ups=wake_ups)
    job = lists.submit(REQUEST, account_id=account, trace_id=f"doctor-{uuid.uuid4().hex}")
    try:
        return _await(lists, job, account, until=began + patience, began=began)
    finally:
        lists.delete(job.target_id, account_id=account)


def _await(lists: Lists, job: Job, account: int, *, until: float, began: float) -> Finding:
    while True:
        operation = lists.get(job.target_id, account_id=account)
        page = lists.values(
            job.target_id, account_id=account, wanted=Wanted(sort="", limit=COUNT + 1)
        )
        if operation.status == OperationState.COMPLETED:
            break
        if operation.end_time is not None:
            return problem(
                CHECK, f"the trial failed: {operation.failure_reason}", "see the workers' logs"
            )
        if time.monotonic() > until:
            job = lists.jobs.get(job.id, account_id=account)
            return problem(
                CHECK,
                f"no {COUNT} values within {until - began:g} s: "
                f"{job.waiting or 'work goes on, but slowly'}",
                "see the findings above and the workers' logs; --patience waits for longer",
            )
        time.sleep(POLL)
    if len(set(page.rows)) != COUNT or not all(page.rows):
        return problem(
            CHECK, f"{len(page.rows)} values are stored, not {COUNT}", "please report this"
        )
    return ok(
        CHECK,
        f"{COUNT} values from {operation.llm_model_name} in {time.monotonic() - began:.1f} s, "
        "and deleted again",
    )
