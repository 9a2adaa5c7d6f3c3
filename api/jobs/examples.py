"""Examples for the description of jobs: one that makes a list of values."""

from __future__ import annotations

from typing import Any

JOB_ID = "8c1c1f5b0f6e4a3f9d0b7a2e5c4d3b2a"

TARGET_ID = "a638d976-6b7e-43f4-9212-90f4dc6d405c"

TAGS: list[dict[str, str]] = [{"key": "team", "value": "billing"}]

RESULT: dict[str, Any] = {
    "job_id": JOB_ID,
    "result_type": "GenerateDataOperation",
    "result": {"id": TARGET_ID, "status": "COMPLETED", "generated_count": 65},
}

JOB: dict[str, Any] = {
    "id": JOB_ID,
    "status": "STARTED",
    "type": "AI_GENERATE_DATA",
    "localized_type": "Generate data",
    "target_id": TARGET_ID,
    "target_name": "German first names",
    "start_time": "2026-11-05T08:51:34.120Z",
    "update_time": "2026-11-05T08:51:50.300Z",
    "trace_id": "5f0c7d0a8b5e4a37b9c3b7c8b0a9d1e2",
    "tags": TAGS,
    "account_id": 1,
    "account_name": "acme",
    "percent_complete": 40,
    "tasks": [],
    "is_waiting_for_telemetry": False,
}
