"""What lists of the mill are called. Pure."""

from __future__ import annotations

from shared.synthesis.locales import full_locale
from shared.synthesis.plans import Entity


def list_name(entity: Entity, locale: str, gender: str | None = None) -> str:
    """The name of a list, such as ``FIRST_NAME:de_DE`` or ``FIRST_NAME:de_DE:female``."""
    return ":".join([entity.value, full_locale(locale), *([gender] if gender else [])])
