"""A job as it is polled: the key that asks, the job, and what it waits for, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, literal_column, select

from shared.db import accounts as keys
from shared.db.accounts import Account
from shared.db.lookup import Found, Lookup
from shared.db.schema import accounts, jobs
from shared.errors import NotFound
from shared.queue.job import Job
from shared.queue.jobs import COLUMNS
from shared.queue.products import Product, of_type
from shared.queue.watch import Sighting

_FACTS = "waiting_facts"

_BY_ID = jobs.c.id == bindparam("job_id")
# With "+ 0", no index of an account's jobs is thought of, of which there may be many.
_OF_ACCOUNT = jobs.c.account_id + literal_column("0") == accounts.c.id


@dataclass(frozen=True)
class Sight:
    """A job that was found and is not read yet: to tell whether it has changed needs no more."""

    row: Found
    #: Why nothing of it can be done at the moment.
    waiting: str | None

    @property
    def version(self) -> str:
        """Another one for anything else in the job; long."""
        return f"{self.waiting!r} {self.row.texts(COLUMNS)!r}"

    def read(self) -> Job:
        """The job."""
        return Job.from_row(self.row, waiting=self.waiting)


@dataclass(frozen=True)
class Polls:
    """Finds jobs of these products; each call asks the database once."""

    products: Sequence[Product]
    #: How the parts are that all work needs.
    sighting: Callable[[], Sighting] = Sighting

    def find(self, connection: Connection, job_id: uuid.UUID, *, account_id: int) -> Sight:
        """A job of an account.

        :raises NotFound: when there is none, or it is another account's.
        """
        return self._see(
            self._of_account.find(connection, job_id=job_id, account_id=account_id), job_id
        )

    def admit(
        self, connection: Connection, job_id: uuid.UUID, *, key: str
    ) -> tuple[Account, Sight]:
        """Whose key this is, and a job of that account.

        :raises NotAuthenticated: when it is nobody's.
        :raises NotFound: as :meth:`find`.
        """
        row = self._of_key.find(connection, job_id=job_id, key_id=keys.id_of(key))
        account = keys.admit(connection, row, key=key)
        return account, self._see(row, job_id)

    def _see(self, row: Found | None, job_id: uuid.UUID) -> Sight:
        if row is None or row["type"] is None:
            raise NotFound(f"there is no job {job_id.hex}")
        facts = row[_FACTS]
        product = None if facts is None else of_type(self.products, row["type"])
        if product is None:
            return Sight(row, None)
        return Sight(row, self.sighting().explain(product.why_waiting(facts)))

    @cached_property
    def _of_account(self) -> Lookup:
        columns = [column.label(name) for name, column in COLUMNS.items()]
        return Lookup(
            select(*columns, self._facts())
            .join_from(jobs, accounts, _OF_ACCOUNT)
            .where(_BY_ID, accounts.c.id == bindparam("account_id"))
        )

    @cached_property
    def _of_key(self) -> Lookup:
        known = keys.KEY.selected_columns
        columns = [column.label(name) for name, column in COLUMNS.items() if name not in known]
        return Lookup(
            keys.KEY.outerjoin(jobs, and_(_BY_ID, _OF_ACCOUNT)).add_columns(*columns, self._facts())
        )

    def _facts(self) -> ColumnElement[Any]:
        """What products go by; nothing for jobs that have ended."""
        cases = " ".join(
            f"WHEN '{product.job_type}' THEN ({product.waiting_facts})" for product in self.products
        )
        return literal_column(
            f"CASE WHEN jobs.status IN ('PENDING', 'STARTED') THEN CASE jobs.type {cases} END END"
        ).label(_FACTS)
