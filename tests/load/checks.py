"""What must hold when a run is over: nothing that was accepted is lost, and the books are right."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text

from shared.db.engine import Database
from tests.chaos.checks import RULES
from tests.load.client import Memory
from tests.load.tally import Tally


def check(database_url: str, *, memory: Memory, tally: Tally, kept: bool) -> None:
    """Compare what the clients were told with what is in the database, in one snapshot.

    :param kept: nothing has been deleted, so each job has its operation still.
    """
    with Database(database_url, pool_size=1) as database, database.reading() as connection:
        for rule, query in RULES.items():
            rows = connection.execute(text(query)).all()
            if rows:
                tally.complain(rule, rows)
        jobs = connection.execute(
            text(
                """
                SELECT j.id, j.target_name AS name, count(o.number) AS operations
                FROM jobs j LEFT JOIN operations o ON o.id = j.operation_id
                GROUP BY j.id
                """
            )
        ).all()
    made = Counter(job.name for job in jobs)
    known = {job.id.hex: job for job in jobs}
    for name, job_id in memory.accepted.items():
        job = known.get(job_id)
        if made[name] != 1 or job is None or job.name != name or (kept and job.operations != 1):
            tally.complain("an accepted request exists, once", (name, job_id, made[name], job))
    for name in memory.unsure:
        if made[name] > 1:
            tally.complain("a request is done once", (name, made[name]))
    tally.counts["accepted"] = len(memory.accepted)
    tally.counts["found"] = sum(made[name] for name in memory.accepted)
