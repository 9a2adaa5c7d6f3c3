"""From rows to what the schemas of answers expect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.statistics import statistics_of

#: What people call the types of jobs.
_LOCALIZED_TYPES = {"AI_GENERATE_DATA": "Generate data"}

#: There is one, the workers of this service together.
ORCHESTRATOR_ID = "valuemill"


def render_operation(
    row: Mapping[Any, Any], *, coverage: Mapping[Any, Any] | None = None
) -> dict[str, Any]:
    """Shape a row of ``operations`` for ``GenerateDataOperationSchema``.

    :param coverage: what ``operations.coverage`` returns, where it was asked for.
    """
    return {
        **row,
        "ai_orchestrator_id": ORCHESTRATOR_ID,
        "warning_message": row["warning"],
        "statistics": {**statistics_of(row), "coverage": coverage},
    }


def render_job(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Shape what ``shared.db.jobs.get`` returns for ``JobSchema``."""
    return {
        **row,
        "id": row["id"].hex,
        "localized_type": _LOCALIZED_TYPES.get(row["type"], row["type"]),
        "warning_message": row["waiting"] or row["warning"],
        "target_id": str(row["operation_id"]),
        "start_time": row["started_at"],
        "update_time": row["progressed_at"],
        "tags": row["tags"] or [],
        "tasks": [],
        **_result(row),
        "is_waiting_for_telemetry": False,
    }


def _result(row: Mapping[Any, Any]) -> dict[str, str]:
    if row["status"] in ("PENDING", "STARTED") or row["generated_count"] is None:
        return {}
    result = {
        "id": str(row["operation_id"]),
        "status": "COMPLETED" if row["status"] == "COMPLETED" else "FAILED",
        "generated_count": row["generated_count"],
    }
    return {"result_type": "GenerateDataOperation", "result": json.dumps(result)}
