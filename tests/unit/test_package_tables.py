"""Every package says in its docstring what each of its modules is for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOMS = ("api", "worker", "shared", "deploy", "valuemill")

PROJECT = Path(__file__).resolve().parents[2]

PACKAGES = sorted(
    init.parent
    for room in ROOMS
    for init in (PROJECT / room).rglob("__init__.py")
    # Migrations are numbered, and speak for themselves.
    if "migrations" not in init.parts
)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_its_docstring_names_its_modules(package: Path) -> None:
    described = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    modules = {
        path.stem
        for path in package.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem[0] != "_"
    }
    assert described
    assert {name for name in modules if f"``{name}``" not in described} == set()
