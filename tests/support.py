"""What several tests need to talk to a running stack as a client would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from deploy.local.stack import LocalInfo

BASE = "/dct/v3"


class Api:
    """A client of a running stack."""

    def __init__(self, info: LocalInfo) -> None:
        self.http = httpx.Client(
            base_url=info.api_url + BASE,
            headers={"Authorization": f"apk {info.api_key}"},
            timeout=30,
            trust_env=False,
        )

    def submit(self, count: int, data_type: str = "full name", **fields: Any) -> dict[str, Any]:
        """Submit and return the job."""
        body = {
            "name": f"{count} of {data_type}",
            "data_type": data_type,
            "multiline_values": False,
            "requested_count": count,
            **fields,
        }
        answer = self.http.post("/ai/generate", json=body)
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()["job"]
        return job

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = self.http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def job(self, job: Mapping[str, Any]) -> dict[str, Any]:
        return self.get(f"/jobs/{job['id']}")

    def operation(self, job: Mapping[str, Any]) -> dict[str, Any]:
        return self.get(f"/ai/generate/{job['target_id']}")

    def wait(self, job: Mapping[str, Any], *, seconds: float = 90) -> dict[str, Any]:
        """Poll until the job has ended; return its operation."""
        wait_until(
            lambda: self.job(job)["status"] not in ("PENDING", "STARTED"),
            seconds=seconds,
            what=lambda: f"job {self.job(job)} to end; {self.operation(job)}",
        )
        return self.operation(job)

    def values(self, job: Mapping[str, Any], **parameters: Any) -> Iterator[str]:
        """All values, page by page."""
        path = f"/ai/generate/{job['target_id']}/values"
        while True:
            page = self.get(path, **parameters)
            yield from page["items"]
            cursor = page["response_metadata"].get("next_cursor")
            if cursor is None:
                return
            parameters["cursor"] = cursor

    def post(self, path: str) -> int:
        return self.http.post(path).status_code


class SampleModel:
    """The knobs and counters of a running sample model."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def turn(self, **knobs: Any) -> None:
        self._http.post("/_sample/knobs", json=knobs).raise_for_status()

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get("/_sample/stats").raise_for_status().json()
        return found


def wait_until(
    condition: Callable[[], bool], *, seconds: float, what: Callable[[], str] | str
) -> None:
    """Wait for something to become true; fail with what was waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(
                f"waited {seconds} s for {what if isinstance(what, str) else what()}"
            )
        time.sleep(0.05)
