"""What is published of engines, by name and example: all that a client of others may know."""

from __future__ import annotations

from typing import Any

#: Each setting with its example.
SETTINGS: dict[str, Any] = {
    "seed_value": 1,
    "use_seed": True,
    "pii_model_settings": {},
    "initialization_mode": "SYNTHESIZE",
    "key_generation_method": "duplicate",
    "n_parallel_pipeline_processes": 1,
    "default_n_training_rows": 1,
    "default_read_random_subset": True,
    "default_sample_noise_ratio": 1,
    "default_max_n_feat_per_model": 1,
    "default_feat_model_train_order": "text",
    "default_max_sequence_length": 1,
    "default_end_of_sequence_token": 1,
    "default_cardinality_threshold": 1,
    "default_rare_category_replacement": "text",
    "default_clip_threshold": 1,
    "default_locale": "en",
    "default_pii_mock_replace": True,
    "default_noise_factor": 1,
    "default_text_processor_model_settings": {},
    "default_textpii_parallel_jobs": 1,
    "default_textpii_scan_batch_size": 1,
    "default_cutoff_length": 1,
    "default_long_sequence_threshold": 1,
    "default_min_sample_size": 1,
    "default_fast_executemany": True,
    "default_drop_indexes": True,
    "default_consistent_integer_shuffle_threshold": 1,
    "default_order_by_nr_columns": [],
    "default_ray_memory_optimization": True,
    "default_max_pending_tasks": 1,
}

#: Those that are numbers, whole or not; the other numbers are whole.
NUMBERS = frozenset(
    {
        "default_sample_noise_ratio",
        "default_end_of_sequence_token",
        "default_noise_factor",
    }
)

#: An id, and a moment, of the examples.
ID = "123e4567-e89b-12d3-a456-426614174000"
MOMENT = "2025-11-28T03:56:15.960Z"

_CONNECTOR: dict[str, Any] = {
    "hooks_params": {
        "SSHTunnel": {
            "host": "text",
            "port": 1,
            "username": "text",
            "local_port": 1,
            "local_host": "text",
        },
        "SSL": {
            "ca_filename": "text",
            "cert_filename": "text",
            "key_filename": "text",
            "ssl_mode": "text",
        },
        "Kerberos": {"principal": "text"},
    },
    "is_source": True,
    "id": ID,
    "database_id": ID,
    "connector_type": "text",
    "host": "text",
    "database": "text",
    "username": "text",
    "schema_name": "text",
    "port": 1433,
    "protocol": "mssql+pyodbc",
}

_DATABASE: dict[str, Any] = {
    "id": ID,
    "engine_id": ID,
    "name": "text",
    "status": "CURRENT",
    "type": "SOURCE",
    "last_synced_at": MOMENT,
    "source_connector": _CONNECTOR,
    "target_connector": _CONNECTOR,
}

ENGINE: dict[str, Any] = {
    **SETTINGS,
    "id": ID,
    "created": MOMENT,
    "last_updated": MOMENT,
    "source_database": _DATABASE,
    "target_database": _DATABASE,
    "workspace_pk": 1,
}
