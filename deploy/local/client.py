"""The demo's client: what any program would write to use the HTTP API."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from werkzeug.http import parse_options_header

from deploy.local.errors import LocalStackError


class RequestRefused(LocalStackError):
    """The API answered with an error, or not at all; the message is the API's own."""


class Client:
    """Speaks to one API as one account. Jobs and operations are its JSON objects, as they are."""

    def __init__(self, *, api_url: str, api_key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{api_url}/dct/v3",
            headers={"Authorization": f"apk {api_key}"},
            timeout=30,
            trust_env=False,  # a proxy has no business between here and here
        )

    def submit(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask for values; returns the job."""
        job: dict[str, Any] = self._send("POST", "/ai/generate", json=request).json()["job"]
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        """How a job is."""
        return dict(self._send("GET", f"/jobs/{job_id}").json())

    def operation(self, operation_id: str) -> dict[str, Any]:
        """How an operation is."""
        return dict(self._send("GET", f"/ai/generate/{operation_id}").json())

    def values(self, operation_id: str, *, cursor: str | None) -> tuple[list[str], str | None]:
        """One page of values, and the cursor of the next where there is one by now."""
        query = {"cursor": cursor} if cursor else {}
        page = self._send("GET", f"/ai/generate/{operation_id}/values", params=query).json()
        return page["items"], page["response_metadata"].get("next_cursor")

    def download(self, operation_id: str, *, format_: str, folder: Path) -> Path:
        """Store the values in ``folder`` under the name that the API gives the file."""
        path = f"/ai/generate/{operation_id}/download"
        response = self._send("GET", path, params={"format": format_})
        _, options = parse_options_header(response.headers.get("Content-Disposition", ""))
        name = Path(options.get("filename", "")).name
        if not name:
            raise RequestRefused(f"GET {path} gave the file no name.")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / name
        target.write_bytes(response.content)
        return target

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise RequestRefused(f"{method} {path} failed: {error}") from error
        if response.is_error:
            raise RequestRefused(
                f"{method} {path} answered {response.status_code}: {_explain(response)}"
            )
        return response


class Follower:
    """Reads the values of an operation as they come, a page at a time.

    The last page is read again until it is full: it grows while the operation runs.
    """

    def __init__(self, client: Client, operation_id: str) -> None:
        self._client = client
        self._operation_id = operation_id
        self._cursor: str | None = None
        self._seen = 0

    def read_new(self) -> list[str]:
        """The values that have come since the last call."""
        found: list[str] = []
        while True:
            page, following = self._client.values(self._operation_id, cursor=self._cursor)
            found += page[self._seen :]
            self._seen = len(page)
            if following is None:
                return found
            self._cursor, self._seen = following, 0


def _explain(response: httpx.Response) -> str:
    try:
        return str(response.json()["error_description"])
    except (ValueError, TypeError, KeyError):
        return response.text[:500]
