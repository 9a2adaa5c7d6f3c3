"""The part of the API that makes copies, as this command uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from valuemill import UnexpectedAnswer
from valuemill.transport import Transport

BASE = "/api/v1"

#: Longest wait for an answer, and how long an outage may last, in seconds.
TIMEOUT = 30.0
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Job:
    """How a job is.

    :param reason: why it failed, or has ended.
    """

    id: str
    status: str
    percent: int
    warning: str
    reason: str

    @property
    def has_ended(self) -> bool:
        """Whether nothing will come of it any more."""
        return self.status not in ("STARTED", "IN_PROGRESS")

    @property
    def went_well(self) -> bool:
        """Whether it did what it was for."""
        return self.status == "SUCCESS"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A workspace that was made, and the job that looks at its databases."""

    pk: int
    engine_id: str
    job_id: str


class Engines:
    """Speaks to one service, as one account.

    Every method may raise what those of ``valuemill.Valuemill`` do.
    """

    def __init__(self, url: str, key: str) -> None:
        self._transport = Transport(
            url,
            key,
            timeout=TIMEOUT,
            patience=PATIENCE,
            verify=True,
            trust_env=True,
            base=BASE,
        )

    @property
    def url(self) -> str:
        """The API's address."""
        return str(self._transport.http.base_url).rstrip("/")

    def create(self, workspace: Mapping[str, Any]) -> Workspace:
        """Make a workspace."""
        made = self._send("POST", "/workspaces/", workspace)
        return Workspace(pk=made["pk"], engine_id=made["engine_id"], job_id=made["job_id"])

    def change(self, engine_id: str, settings: Mapping[str, Any]) -> None:
        """Give some of its settings other values."""
        body = {"id": engine_id, **settings}
        self._send("PUT", f"/engine/{engine_id}/update-settings/", body)

    def start(self, engine_id: str) -> str:
        """Begin to fill the target; return the id of the job."""
        return str(self._send("POST", f"/synthesize/{engine_id}/start/", {})["job_id"])

    def job(self, job_id: str) -> Job:
        """Look at a job."""
        found = self._send("GET", f"/jobs/{job_id}/")
        return Job(
            id=job_id,
            status=str(found["status"]),
            percent=int(found.get("percent_complete") or 0),
            warning=str(found.get("warning_message") or ""),
            reason=str(found.get("error_details") or ""),
        )

    def cancel(self, job_id: str) -> None:
        """End a job."""
        self._send("PUT", f"/jobs/{job_id}/cancel/")

    def summary(self, job_id: str) -> Mapping[str, Any]:
        """How far a job is, table by table: ``rows`` of the source, and those ``written``."""
        tables = self._send("GET", f"/synthesize/{job_id}/summary/")["summary"].get("tables", {})
        return dict(tables)

    def report(self, job_id: str) -> Mapping[str, Any]:
        """What became of each column and why; empty where the job did not come so far."""
        return dict(self._send("GET", f"/synthesize/{job_id}/report/")["report"] or {})

    def warnings(self, job_id: str) -> list[str]:
        """What did not go as asked."""
        return [
            str(each) for each in self._send("GET", f"/synthesize/{job_id}/report/")["warnings"]
        ]

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        options: dict[str, Any] = {} if body is None else {"json": body}
        # Whoever sends one of the others twice has two workspaces, or two runs.
        answer: httpx.Response = self._transport.send(
            method, path, repeatable=method in ("GET", "PUT"), **options
        )
        try:
            found = answer.json()
        except (ValueError, json.JSONDecodeError) as error:
            raise UnexpectedAnswer(f"{method} {path} did not answer with JSON") from error
        if not isinstance(found, dict):
            raise UnexpectedAnswer(f"{method} {path} answered with something else than an object")
        return found
