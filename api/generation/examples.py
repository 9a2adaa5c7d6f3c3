"""Examples for the description of lists: one, from its request to its last value."""

from __future__ import annotations

from typing import Any

from api.jobs.examples import TARGET_ID

OPERATION_ID = TARGET_ID

MODEL_ID = "3a4f1f0e-2c1d-5f6a-8a5b-0c9d8e7f6a5b"

REQUEST: dict[str, Any] = {
    "name": "German first names",
    "description": "For the test customers of the Munich branch",
    "data_type": "first name",
    "attributes": [
        {"values": ["German"]},
        {"label": "Gender", "values": ["female", "male", ""]},
    ],
    "max_value_length": 20,
    "requested_count": 65,
    "filter_characters": "[{}]",
    "allow_duplicates": False,
    "trim_values": True,
    "multiline_values": False,
    "retention_time": 86_400,
    "error_tolerance": 500,
    "priority": 0,
}

OPERATION: dict[str, Any] = {
    "id": OPERATION_ID,
    **{name: value for name, value in REQUEST.items() if name != "retention_time"},
    "status": "COMPLETED",
    "generated_count": 65,
    "account_id": "1",
    "submit_time": "2026-11-05T08:51:34.000Z",
    "start_time": "2026-11-05T08:51:34.120Z",
    "end_time": "2026-11-05T08:52:10.480Z",
    "expiration_time": "2026-11-06T08:52:10.480Z",
    "ai_orchestrator_id": "valuemill",
    "llm_model_name": "llama3.2:1b",
}

STATISTICS: dict[str, Any] = {
    "prompts": 6,
    "asked": 80,
    "wasted": 15,
    "duplicates": 14,
    "rejected": 1,
    "too_long": 1,
    "several_lines": 0,
    "empty": 0,
    "filter_timeout": 0,
    "echo": 0,
    "markup": 0,
    "counting": 0,
    "cut_off": 0,
    "run_away": 0,
    "off_shape": 0,
    "refusal": 0,
    "failed_prompts": 0,
    "broken_prompts": 0,
    "refused_prompts": 0,
    "cut_prompts": 0,
    "lost_prompts": 0,
    "prompt_tokens": 1130,
    "output_tokens": 540,
    "waiting_seconds": 0.014,
    "values_per_second": 1.788,
    "unique_per_asked": 0.8125,
    "coverage": {"cells": 1, "filled": 1, "dry": 0, "least_percent": 100},
}

MODEL: dict[str, Any] = {
    "id": MODEL_ID,
    "name": "llama3.2:1b",
    "file_checksum": "baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878",
    "architecture": "llama",
    "base_name": "Llama-3.2",
    "ai_parameters": "1.2B",
    "context_length": 131_072,
    "embedding_length": 2048,
    "quantization": "Q8_0",
    "is_data_generate_default": True,
}

GATEWAY: dict[str, Any] = {
    "id": "1",
    "ai_orchestrator_id": "valuemill",
    "status": "DOWN",
    "status_reason": "nobody answers at this address",
    "type": "OLLAMA_API",
    "hostname": "gpu1",
    "port": 11_434,
    "max_concurrent_tasks": 4,
    "last_status_change_time": "2026-11-05T08:40:00.000Z",
}
