"""From rows to what the schemas of answers expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.answers import StatisticsSchema

#: What people call the types of jobs.
_LOCALIZED_TYPES = {"AI_GENERATE_DATA": "Generate data"}

_STATISTICS = tuple(StatisticsSchema().fields)


def render_operation(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Shape a row of ``operations`` for ``GenerateDataOperationSchema``."""
    return {
        **row,
        "warning_message": row["warning"],
        "statistics": {name: row[name] for name in _STATISTICS},
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
        "percent_complete": _percent(row),
        "tasks": [],
        "is_waiting_for_telemetry": False,
    }


def _percent(row: Mapping[Any, Any]) -> int | None:
    if row["status"] == "COMPLETED":
        return 100
    if row["requested_count"] is None:  # the operation is deleted, and its counts with it
        return None
    return int(100 * row["generated_count"] // row["requested_count"])
