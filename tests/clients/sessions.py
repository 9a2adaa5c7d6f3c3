"""One session, whatever client holds it: a program has a list made, uses it, and does all else.

A session prints one JSON object: ``calls``, how often each method was called, by the names that
its language gives them; and ``saw``, what its answers held. Here is what ``saw`` must be. Models of
the client's own have read every answer, so one that they cannot read ends the session.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.clients.environments import run

#: Methods as the description names them: all that is published and has a place here.
METHODS = {
    "abandon_job",
    "create_job_tags",
    "delete_job_tag",
    "download_generate_values",
    "generate_data",
    "get_all_generate_operations",
    "get_all_llm_gateways",
    "get_all_llm_models",
    "get_generate_operation",
    "get_generate_values",
    "get_job_by_id",
    "get_job_result",
    "get_job_tags",
    "get_jobs",
    "get_llm_model",
    "search_all_generate_operations",
    "search_jobs",
}


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a client needs to hold one."""

    #: Of the server.
    url: str
    key: str
    #: For the files that it downloads.
    folder: Path
    #: Is told what was called.
    tell: Callable[[str], None]

    def description(self) -> bytes:
        """As it is served to programs that have no key."""
        answer = httpx.get(f"{self.url}/dct/static/api-external.yaml", trust_env=False)
        return answer.raise_for_status().content

    def hold(self, *command: str | Path, **environment: str | Path) -> None:
        """Run a program with this session's arguments, check what it saw, tell what it called."""
        base = f"{self.url}/dct/v3"
        report = json.loads(run(*command, base, self.key, self.folder, **environment))
        calls = {_snake(name): count for name, count in report["calls"].items()}
        told = ", ".join(f"{name} {count}" for name, count in sorted(calls.items()))
        self.tell(f"{sum(calls.values())} calls of {len(calls)} methods: {told}")
        assert calls.keys() == METHODS
        headers = {"Authorization": f"apk {self.key}"}
        with httpx.Client(base_url=base, headers=headers, trust_env=False) as http:
            check(report["saw"], http)


def check(saw: dict[str, Any], http: httpx.Client) -> None:
    """Hold what a client saw against what was asked for, and what the service says without it."""
    operation, job = saw["operation_id"], saw["job_id"]
    values = http.get(f"/ai/generate/{operation}/values").raise_for_status().json()["items"]
    result = http.get(f"/jobs/{job}").raise_for_status().json()["result"]
    assert len(values) == len(set(values)) == 12
    assert isinstance(result, dict)

    assert saw["ended"] == ["COMPLETED", "German first names", 100, result]
    assert saw["result"] == [job, result]
    assert saw["operation"] == ["German first names", "COMPLETED", 12, 12, True]
    assert saw["attributes"] == [["Gender", "male", "female"], ["", "German"]]

    assert saw["pages"] == [values[:5], values[5:10], values[10:]]
    assert (saw["total"], saw["back"]) == (12, values[5:10])
    assert saw["descending"] == sorted(values, reverse=True)
    names, texts = zip(saw["json"], saw["lines"], strict=True)
    assert json.loads(texts[0]) == values
    assert texts[1] == "\n".join(values)
    if any(names):  # where the client makes files: two, each of its kind
        assert [Path(name).suffix for name in names] == [".json", ".txt"]

    assert saw["failed"] == ["FAILED", "FAILED", True]
    assert saw["abandoned"] == ["ABANDONED", "FAILED"]
    assert saw["listed"] == saw["newest"]
    assert saw["found"] == [operation]
    assert saw["jobs listed"] == saw["jobs found by nothing"] == 3
    assert saw["jobs found"] == [job]

    run_, blue, red = ["run", "1"], ["team", "blue"], ["team", "red"]
    assert saw["tags"] == [[run_, blue, red], [run_, blue], [run_], []]
    assert saw["models"] == [saw["model"]] == ["sample-faker"]
    assert ["OLLAMA_API", "UP"] in saw["gateways"]

    assert saw["unknown job"] == saw["unknown operation"] == [404, "not_found"]
    assert saw["unknown cursor"] == saw["unknown field"] == [400, "invalid_request"]
    assert saw["unknown key"] == [401, "not_authenticated"]
    assert saw["ended job"] == saw["lines of several"] == [409, "conflict"]


def _snake(name: str) -> str:
    """``getJobById`` and ``GetJobById`` as ``get_job_by_id``."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
