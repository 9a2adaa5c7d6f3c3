"""The products that workers and the API know, for tests that do as these do."""

from __future__ import annotations

from shared.generation.product import ValueGeneration

PRODUCTS = (ValueGeneration(),)
