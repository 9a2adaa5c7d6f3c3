"""Routes of database synthesis, under ``/api/v1``."""
