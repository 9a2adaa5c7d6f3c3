"""What can go wrong for a client.

::

    ClientError            all of these; by itself: an argument that cannot be used
    ├── ApiError           the API refused: status, code, description
    ├── Unreachable        no answer came, or it broke off
    ├── UnexpectedAnswer   something answered, but not as Valuemill does
    ├── JobFailed          a job ended without all values: job, operation, reason
    └── WaitTimeout        a job works for longer than you wanted to wait
"""

from __future__ import annotations

from valuemill.records import Job, Operation


class ClientError(Exception):
    """The root of the errors below; by itself, an argument cannot be used."""


class ApiError(ClientError):
    """The API refused a request.

    :param status: the HTTP status.
    :param code: the API's name for the error, ``not_found``; empty when it gave none.
    :param description: what is wrong and how to mend it, in the API's words.
    :param retry_after: seconds after which to try again, where the API said so.
    :param trace_id: finds the request in the logs of the service.
    """

    def __init__(
        self,
        request: str,
        *,
        status: int,
        code: str,
        description: str,
        retry_after: float | None = None,
        trace_id: str | None = None,
    ) -> None:
        super().__init__(f"{request} answered {status}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.trace_id = trace_id


class Unreachable(ClientError):
    """No answer came, or it broke off; ``__cause__`` is the error of ``httpx``.

    Of a request that changes something one cannot tell whether it was done.
    """


class UnexpectedAnswer(ClientError):
    """Something answered, but not as Valuemill does; the URL may be of something else."""


class JobFailed(ClientError):
    """A job ended without all values: it failed, or was cancelled or abandoned.

    :param job: as it ended; its ``status`` tells how.
    :param operation: with the values that it has; None when it is deleted.
    """

    def __init__(self, job: Job, operation: Operation | None) -> None:
        self.job = job
        self.operation = operation
        #: Why, in the service's words; empty when it gave no reason.
        self.reason = job.error_details or ""
        super().__init__(f"The job ended as {job.status}: {self.reason or 'no reason was given'}")


class WaitTimeout(ClientError):
    """A job works for longer than you wanted to wait; it goes on working.

    :param job: as it was last seen.
    """

    def __init__(self, job: Job, *, seconds: float) -> None:
        self.job = job
        told = f" {job.warning_message}" if job.warning_message else ""
        done = "" if job.percent_complete is None else f" at {job.percent_complete}%"
        super().__init__(
            f"Job {job.id} is {job.status}{done} after {seconds:g} s of waiting.{told}"
        )
