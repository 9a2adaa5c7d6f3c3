"""What several tests need to talk to a running stack as a client would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from deploy.local.stack import LocalInfo
from tests.support.waiting import PATIENCE
from valuemill import JobFailed, Valuemill

#: Data of which the sample model says nothing twice, for tests in which nothing may be wasted.
NEVER_TWICE = "passport number"


class Api:
    """A client of a running stack that takes no failure for granted: everything is tried once.

    Jobs and operations are the API's JSON objects, as they are.
    """

    def __init__(self, info: LocalInfo) -> None:
        self.client = Valuemill(info.api_url, info.api_key, patience=0, trust_env=False)
        self.http = self.client.http

    def submit(self, count: int, data_type: str = "full name", **fields: Any) -> dict[str, Any]:
        """Submit and return the job."""
        fields = {"name": f"{count} of {data_type}", "requested_count": count, **fields}
        return dict(self.client.submit(data_type=data_type, **fields).raw)

    def job(self, job: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.client.job(job["id"]).raw)

    def operation(self, job: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.client.operation(job["target_id"]).raw)

    def statistics(self, job: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.client.statistics(job["target_id"]).raw)

    def wait(self, job: Mapping[str, Any], *, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the job has ended, well or not; return its operation."""
        try:
            operation = self.client.wait(job["id"], timeout=seconds, poll=0.05)
        except JobFailed as failed:
            operation = failed.operation
        assert operation is not None
        return dict(operation.raw)

    def values(self, job: Mapping[str, Any], **parameters: Any) -> Iterator[str]:
        """All values, page by page."""
        return self.client.values(job["target_id"], **parameters)

    def post(self, path: str) -> int:
        return self.http.post(path).status_code


class SampleModel:
    """The knobs and counters of a running sample model."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False)

    def turn(self, **knobs: Any) -> None:
        self._http.post("/_sample/knobs", json=knobs).raise_for_status()

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get("/_sample/stats").raise_for_status().json()
        return found

    def speak(self, text: str) -> None:
        """Have it say something; its model is unloaded afterwards."""
        body = {
            "model": self._http.get("/api/tags").json()["models"][0]["name"],
            "messages": [{"role": "user", "content": text}],
            "stream": False,
            "keep_alive": 0,
        }
        self._http.post("/api/chat", json=body).raise_for_status()
