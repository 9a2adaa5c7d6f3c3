"""A client for programs that use the API for value generation. Needs ``httpx`` and nothing else.

::

    from valuemill import Valuemill

    with Valuemill("http://127.0.0.1:8000", "1.secret") as mill:
        job = mill.submit(name="German first names", data_type="first name", requested_count=65)
        operation = mill.wait(job)
        print(*mill.values(operation.id), sep="\\n")

============== ==============================================================
``client``     the client: one method for each thing that the API does
``records``    jobs and operations, as it hands them out
``errors``     what can go wrong
``transport``  requests, and when to send one again
``files``      downloads that are whole or not there
============== ==============================================================
"""

from valuemill.client import FileFormat, Valuemill
from valuemill.errors import (
    ApiError,
    ClientError,
    JobFailed,
    UnexpectedAnswer,
    Unreachable,
    WaitTimeout,
)
from valuemill.records import Attribute, Job, Operation, Statistics, Tag

__all__ = [
    "ApiError",
    "Attribute",
    "ClientError",
    "FileFormat",
    "Job",
    "JobFailed",
    "Operation",
    "Statistics",
    "Tag",
    "UnexpectedAnswer",
    "Unreachable",
    "Valuemill",
    "WaitTimeout",
]
