"""The client: one method for each thing that the API does."""

from __future__ import annotations

import math
import ssl
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx

from valuemill.errors import ApiError, ClientError, JobFailed, UnexpectedAnswer, WaitTimeout
from valuemill.files import store
from valuemill.records import Attribute, Job, Operation, Statistics
from valuemill.transport import Transport

FileFormat = Literal["JSON", "SECURE_LOOKUP"]
Result = TypeVar("Result")

#: Names of files that the service did not name.
_FALLBACKS: Mapping[FileFormat, str] = {"JSON": "values.json", "SECURE_LOOKUP": "values.txt"}

#: Shortest pause between two looks at a job, in seconds.
SHORTEST_POLL = 0.1
#: A job is looked at again after this share of the time that it has been waited for.
POLL_SHARE = 0.1


class Valuemill:
    """Uses the API of one service as one account. Close it, or use it in a ``with``.

    Every method may raise :class:`ApiError` when the API refuses, :class:`Unreachable` when no
    answer comes for longer than ``patience``, and :class:`UnexpectedAnswer` when something else
    answers. Threads may share a client.

    :param url: ``http://host:8000``, with or without ``/dct/v3``.
    :param key: the API key, ``<id>.<secret>``.
    :param timeout: longest wait for a connection, and for the next bytes of an answer; seconds.
    :param patience: how long an outage may last, from the first failed try, before a method
        gives up; seconds. 0 tries everything once.
    :param verify: False trusts any certificate; an ``ssl.SSLContext`` brings your own.
    :param trust_env: whether proxies and certificates come from the environment.
    :raises ClientError: when ``url`` or ``key`` cannot be one.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        patience: float = 30.0,
        verify: ssl.SSLContext | bool = True,
        trust_env: bool = True,
    ) -> None:
        self._transport = Transport(
            url, key, timeout=timeout, patience=patience, verify=verify, trust_env=trust_env
        )

    @property
    def http(self) -> httpx.Client:
        """For what no method does: paths are relative to ``/dct/v3``, nothing is tried again."""
        return self._transport.http

    def submit(
        self,
        *,
        name: str,
        data_type: str,
        multiline_values: bool = False,
        description: str | None = None,
        attributes: Iterable[Attribute | Mapping[str, Any]] | None = None,
        max_value_length: int | None = None,
        requested_count: int | None = None,
        filter_characters: str | None = None,
        allow_duplicates: bool | None = None,
        trim_values: bool | None = None,
        retention_time: int | None = None,
        error_tolerance: int | None = None,
        priority: int | None = None,
        llm_model_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Start to generate a list of values; what is None is left to the service.

        ``mill.submit(name="Cities", data_type="city", attributes=[{"values": ["Italian"]}])``

        A request whose answer is lost is sent again under the same key, and so makes one job.

        :param max_value_length: in Unicode code points.
        :param retention_time: seconds after its end at which everything is deleted.
        :param error_tolerance: values asked for in vain, as a percentage of
            ``requested_count``, beyond which it fails.
        :param idempotency_key: printable ASCII. Give one that you keep, and the same call made
            again (by a program that was restarted, say) returns the same job. None makes one for
            this call.
        :raises ApiError: 400 names the field that is not valid; 409: the key was used for another
            request.
        """
        wanted = {
            "name": name,
            "description": description,
            "data_type": data_type,
            "attributes": None if attributes is None else [_attribute(item) for item in attributes],
            "max_value_length": max_value_length,
            "requested_count": requested_count,
            "filter_characters": filter_characters,
            "allow_duplicates": allow_duplicates,
            "trim_values": trim_values,
            "multiline_values": multiline_values,
            "retention_time": retention_time,
            "error_tolerance": error_tolerance,
            "priority": priority,
            "llm_model_name": llm_model_name,
        }
        key = uuid.uuid4().hex if idempotency_key is None else idempotency_key
        if not key or not key.isascii() or not key.isprintable():
            raise ClientError("idempotency_key must be printable ASCII, one character or more")
        response = self._transport.send(
            "POST",
            "/ai/generate",
            repeatable=True,
            json={name: value for name, value in wanted.items() if value is not None},
            headers={"Idempotency-Key": key},
        )
        return _read(response, lambda data: Job.from_json(data["job"]))

    def job(self, job_id: str) -> Job:
        """How a job is.

        :raises ApiError: 404 when there is none.
        """
        return self._job(job_id, deadline=math.inf)

    def operation(self, operation_id: str) -> Operation:
        """How an operation is.

        :raises ApiError: 404 when there is none; it may have expired or been deleted.
        """
        path = _path("ai/generate", operation_id)
        return _read(self._transport.send("GET", path, repeatable=True), Operation.from_json)

    def statistics(self, operation_id: str) -> Statistics:
        """What an operation has cost so far, and how it is getting on.

        :raises ApiError: 404 when there is none; it may have expired or been deleted.
        """
        path = _path("ai/generate", operation_id, "statistics")
        return _read(self._transport.send("GET", path, repeatable=True), Statistics.from_json)

    def wait(
        self,
        job: Job | str,
        *,
        timeout: float | None = None,
        poll: float = 5.0,
        on_progress: Callable[[Job], object] | None = None,
    ) -> Operation:
        """Wait until a job has ended; return its operation, which has all its values.

        Looks often at first, then ever less: after a tenth of the time it has waited so far, so
        that at most a tenth is waited in vain. Outages shorter than ``patience`` are sat out.

        ``mill.wait(job, on_progress=lambda job: print(job.percent_complete))``

        :param job: the job, or its id.
        :param timeout: seconds to wait at most, give or take a request; None: as long as it takes.
        :param poll: longest pause between two looks, in seconds.
        :param on_progress: called with the job after every look, the last one included; what it
            raises ends the waiting.
        :raises JobFailed: it ended without all values; carries its operation and the reason.
        :raises WaitTimeout: it still works.
        """
        job_id = job if isinstance(job, str) else job.id
        began = time.monotonic()
        deadline = math.inf if timeout is None else began + timeout
        while True:
            seen = self._job(job_id, deadline=deadline)
            if on_progress:
                on_progress(seen)
            if seen.ended:
                return self._outcome(seen)
            now = time.monotonic()
            if now >= deadline:
                raise WaitTimeout(seen, seconds=now - began)
            pause = min(poll, max(SHORTEST_POLL, (now - began) * POLL_SHARE))
            time.sleep(min(pause, deadline - now))

    def values(
        self, operation_id: str, *, sort: str | None = None, limit: int = 1000
    ) -> Iterator[str]:
        """The values of an operation, fetched page by page as you go.

        While it works you get those that are there by then.

        :param sort: ``value`` or ``-value``, by code points; None is the order of generation.
        :param limit: values in one page, 1 to 1000.
        """
        path = _path("ai/generate", operation_id, "values")
        return self._items("GET", path, {"sort": sort, "limit": limit}, read=str)

    def operations(
        self, filter_expression: str | None = None, *, sort: str | None = None, limit: int = 100
    ) -> Iterator[Operation]:
        """Operations, fetched page by page as you go.

        ``mill.operations("status EQ 'FAILED' AND requested_count GT 100", sort="-submit_time")``

        :param filter_expression: which; None is all.
        :param sort: a field; ``-`` before it turns the order around.
        :param limit: operations in one page, 1 to 1000.
        :raises ApiError: 400 says where the expression is not valid.
        """
        query = {"sort": sort, "limit": limit}
        return self._search("/ai/generate", filter_expression, query, read=Operation.from_json)

    def jobs(
        self, filter_expression: str | None = None, *, sort: str | None = None, limit: int = 100
    ) -> Iterator[Job]:
        """Jobs, fetched page by page as you go; see :meth:`operations`.

        ``mill.jobs("tags CONTAINS {key EQ 'team' AND value EQ 'billing'}")``
        """
        query = {"sort": sort, "limit": limit}
        return self._search("/jobs", filter_expression, query, read=Job.from_json)

    def download(
        self, operation_id: str, file_format: FileFormat, path_or_folder: str | Path
    ) -> Path:
        """Store all values of an operation in a file; return its path.

        The file appears under its name when it is whole, taking the place of one that was there.
        A transfer that breaks off is started again, as far as ``patience`` goes.

        :param file_format: ``JSON`` is one array of strings; ``SECURE_LOOKUP`` is one value a
            line.
        :param path_or_folder: the path of the file; or a folder that exists, for a file with the
            name that the service gives it, made safe.
        :raises ApiError: 409 when values of several lines are wanted as ``SECURE_LOOKUP``.
        :raises OSError: when the file cannot be written.
        """
        path = _path("ai/generate", operation_id, "download")
        place = Path(path_or_folder)

        def attempt() -> Path:
            with self._transport.stream(path, params={"format": file_format}) as response:
                return store(response, place, fallback=_FALLBACKS[file_format])

        return self._transport.repeat(attempt, request=f"GET {path}", repeatable=True)

    def cancel(self, operation_id: str) -> None:
        """End an operation early; it fails, its job is ``CANCELED``, and its values are kept.

        :raises ApiError: 409 when it has ended already.
        """
        self._post(_path("ai/generate", operation_id, "cancel"))

    def delete(self, operation_id: str) -> None:
        """Delete an operation and its values; one that works is cancelled first. Its job stays."""
        self._post(_path("ai/generate", operation_id, "delete"))

    def abandon(self, job: Job | str) -> None:
        """End a job early; its operation keeps the values that it has.

        :raises ApiError: 409 when it has ended already.
        """
        self._post(_path("jobs", job if isinstance(job, str) else job.id, "abandon"))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Valuemill:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _job(self, job_id: str, *, deadline: float) -> Job:
        response = self._transport.send(
            "GET", _path("jobs", job_id), repeatable=True, deadline=deadline
        )
        return _read(response, Job.from_json)

    def _outcome(self, job: Job) -> Operation:
        if job.status == "COMPLETED":
            return self.operation(job.target_id)
        try:
            operation = self.operation(job.target_id)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise JobFailed(job, None) from None
        raise JobFailed(job, operation)

    def _post(self, path: str) -> None:
        self._transport.send("POST", path, repeatable=False)

    def _search(
        self,
        path: str,
        filter_expression: str | None,
        query: Mapping[str, Any],
        *,
        read: Callable[[Any], Result],
    ) -> Iterator[Result]:
        if filter_expression is None:
            return self._items("GET", path, query, read=read)
        body = {"filter_expression": filter_expression}
        return self._items("POST", f"{path}/search", query, read=read, json=body)

    def _items(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        *,
        read: Callable[[Any], Result],
        **options: Any,
    ) -> Iterator[Result]:
        """The items of all pages; a page is asked for when its first item is."""

        def read_page(page: Any) -> tuple[list[Result], str | None]:
            cursor = page["response_metadata"].get("next_cursor")
            return [read(item) for item in page["items"]], cursor

        parameters = {name: value for name, value in query.items() if value is not None}
        while True:
            response = self._transport.send(
                method, path, repeatable=True, params=parameters, **options
            )
            items, cursor = _read(response, read_page)
            yield from items
            if not cursor:
                return
            parameters["cursor"] = cursor


def _path(room: str, thing: str, action: str = "") -> str:
    return f"/{room}/{quote(thing, safe='')}" + (f"/{action}" if action else "")


def _attribute(attribute: Attribute | Mapping[str, Any]) -> Mapping[str, Any]:
    return attribute.as_json() if isinstance(attribute, Attribute) else attribute


def _read(response: httpx.Response, read: Callable[[Any], Result]) -> Result:
    """Make something of a good answer."""
    try:
        return read(response.json())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        request = response.request
        raise UnexpectedAnswer(
            f"{request.method} {request.url.copy_with(query=None)} did not answer as Valuemill "
            f"does ({error}); is it the URL of its API?"
        ) from error
