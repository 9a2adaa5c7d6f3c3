from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def standin() -> ModuleType:
    """The program that stands in for the service's parts, as a module."""
    path = Path(__file__).with_name("standin.py")
    spec = importlib.util.spec_from_file_location("local_standin", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
