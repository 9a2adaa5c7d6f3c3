"""A client of the API, and a worker without a model."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.db.engine import Database
from shared.generation import claims, reports, settle
from shared.generation.claim import Claim
from shared.models import gateways
from shared.settings import GatewaySettings

BASE = "/dct/v3"
GENERATE = f"{BASE}/ai/generate"

#: The least that can be asked for.
PLAIN = {"name": "some", "data_type": "word", "multiline_values": False}


#: Values stored at once; what is stored in one statement must be within its limit of time.
STORED_AT_ONCE = 5_000


class Client:
    """Calls the real application with one account's key."""

    def __init__(self, http: FlaskClient, *, key: str) -> None:
        self.http = http
        self.key = key

    def open(self, path: str, *, method: str = "GET", **options: Any) -> TestResponse:
        headers = {"Authorization": f"apk {self.key}", **options.pop("headers", {})}
        return self.http.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        if "json" in options:
            # In ASCII, which is how half a character can be said at all.
            options["data"] = json.dumps(options.pop("json"))
            options["content_type"] = "application/json"
        return self.open(path, method="POST", **options)

    def submit(self, **fields: Any) -> dict[str, Any]:
        """Submit what must be valid; return the job."""
        answer = self.post(GENERATE, json=PLAIN | fields)
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json["job"]
        return job

    def operation(self, job: dict[str, Any]) -> dict[str, Any]:
        answer = self.get(path_of(job))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def statistics(self, job: dict[str, Any]) -> dict[str, Any]:
        answer = self.get(f"{path_of(job)}/statistics")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def job(self, job: dict[str, Any]) -> dict[str, Any]:
        answer = self.get(f"{BASE}/jobs/{job['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def values(self, job: dict[str, Any], **query: Any) -> dict[str, Any]:
        answer = self.get(f"{path_of(job)}/values", query_string=query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json
        return page

    def download(self, job: dict[str, Any], file_format: str, **options: Any) -> TestResponse:
        return self.get(f"{path_of(job)}/download", query_string={"format": file_format}, **options)


def path_of(job: dict[str, Any]) -> str:
    return f"{GENERATE}/{job['target_id']}"


class Mill:
    """Claims and settles as a worker does; the values are said by the test."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._models = (f"model-{number}" for number in itertools.count(1))

    def fill(self, client: Client, values: Sequence[str], **fields: Any) -> dict[str, Any]:
        """Submit an operation and store these values in it; return its job."""
        model = next(self._models)
        job = client.submit(
            **{"requested_count": max(1, len(values)), "llm_model_name": model, **fields}
        )
        self.store(values, model=model)
        return job

    def store(self, values: Sequence[str], *, model: str) -> None:
        """Store values in the operation that asked for this model."""
        left = list(values)
        while left:
            claim = self.claim(model=model, size=min(len(left), STORED_AT_ONCE))
            assert claim is not None, f"{len(left)} values more than there is work for"
            said, left = left[: claim.asked], left[claim.asked :]
            self.settle(claim, said, prompt_tokens=7, output_tokens=11)

    def claim(self, *, model: str, size: int = 1) -> Claim | None:
        """Claim a batch of the operation that asked for this model."""
        url = f"http://{model}:11434"
        with self.database.transaction() as connection:
            gateways.register(connection, [GatewaySettings(url=url, max_concurrent_tasks=4)])
            gateways.report(connection, url=url, status="UP", models=[model])
        with self.database.transaction() as connection:
            [claim] = claims.claim(
                connection,
                worker="test",
                gateways=[url],
                lease_seconds=60,
                plan=lambda _: SimpleNamespace(asked=size, focus=None),
                # Work of other tests' operations stays where it is.
                default_model="none",
            )
        return claim

    def settle(
        self,
        claim: Claim,
        said: Sequence[str],
        *,
        repeated: int = 0,
        too_long: int = 0,
        echo: int = 0,
        **facts: Any,
    ) -> None:
        """Settle the whole answer to a claim."""
        report = reports.Report(
            batch_id=claim.batch_id,
            values=list(said),
            repeated=repeated,
            rejected=Counter(too_long=too_long, echo=echo),
            ended=reports.Ended(said=len(said) + repeated + too_long + echo, **facts),
        )
        with self.database.transaction() as connection:
            settled = settle.settle(connection, {claim.operation_number: [report]})
        assert claim.batch_id in settled[claim.operation_number].stored


def walk(client: Client, job: dict[str, Any], **query: Any) -> Iterator[dict[str, Any]]:
    """Page after page, from the first to the last."""
    cursor: dict[str, str] = {}
    while True:
        page = client.values(job, **query, **cursor)
        yield page
        metadata = page["response_metadata"]
        if "next_cursor" not in metadata:
            return
        cursor = {"cursor": metadata["next_cursor"]}


def assert_error(answer: TestResponse, status: int, code: str, *words: str) -> str:
    """Check an error's form; return its description."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    body = answer.json
    assert set(body) == {"error", "error_description"}
    assert body["error"] == code
    description: str = body["error_description"]
    assert 1 <= len(description) <= 1024
    for word in words:
        assert word in description
    return description
