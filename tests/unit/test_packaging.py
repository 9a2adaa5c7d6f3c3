"""What the wheel holds, and that it says what it needs: what is imported is declared, and used."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: Run from a checkout: the embedded stack, what stands in for Ollama, and a shop to copy.
CHECKOUT_ONLY = (
    *("deploy.local", "deploy.ollama_api", "deploy.sample_model", "deploy.shop"),
    "deploy.small_model",
)

#: Used without an import: what checks, installs and locks, each by a command of the Makefile or
#: by pytest, and the types of a library that brings none.
COMMANDS = {
    "coverage",
    "import-linter",
    "mypy",
    "pytest-xdist",
    "ruff",
    "tpchgen-cli",
    "types-pymysql",
    "types-pyyaml",
    "types-regex",
}


@pytest.fixture(scope="module")
def settings(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text())


@pytest.fixture
def packed(settings: dict[str, Any], project: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The packages of the wheel, as setuptools finds them."""
    # It puts distributions of its own on the path, which are none of what is installed.
    monkeypatch.setattr(sys, "path", [*sys.path])
    from setuptools import find_packages

    return set(find_packages(str(project), **settings["tool"]["setuptools"]["packages"]["find"]))


def is_checkout_only(module: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in CHECKOUT_ONLY)


def product(project: Path) -> Iterator[tuple[str, Path]]:
    """The modules of the product, by their full names."""
    for room in ("api", "worker", "shared", "deploy", "valuemill"):
        for path in (project / room).rglob("*.py"):
            parts = path.relative_to(project).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def test_the_wheel_holds_what_a_deployment_runs(packed: set[str], project: Path) -> None:
    packages = {name for name, path in product(project) if path.name == "__init__.py"}
    assert packed == {each for each in packages if not is_checkout_only(each)}
    assert all(each in packages for each in CHECKOUT_ONLY)


def test_nothing_in_the_wheel_needs_a_checkout(project: Path) -> None:
    for name, path in product(project):
        if not is_checkout_only(name):
            assert [each for each in imported(path) if is_checkout_only(each)] == [], name


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, also within functions, or takes files from."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case ast.Call(func=ast.Name(id="files"), args=[ast.Constant(value=str(package))]):
                yield package


def distributions(paths: Iterable[Path]) -> set[str]:
    """The canonical names of the distributions that files import from."""
    known = packages_distributions()
    modules = {each.partition(".")[0] for path in paths for each in imported(path)}
    outside = modules & known.keys() - sys.stdlib_module_names
    return {canonicalize_name(each) for module in outside for each in known[module]} - {"valuemill"}


def declared(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def test_a_deployment_declares_what_it_imports(settings: dict[str, Any], project: Path) -> None:
    paths = [path for name, path in product(project) if not is_checkout_only(name)]
    assert distributions(paths) == declared(settings["project"]["dependencies"])


def test_the_embedded_stack_declares_what_it_imports_besides(
    settings: dict[str, Any], project: Path
) -> None:
    paths = [path for name, path in product(project) if is_checkout_only(name)]
    anywhere = declared(settings["project"]["dependencies"])
    local = declared(settings["project"]["optional-dependencies"]["local"])
    assert distributions(paths) - anywhere == local
    assert not local & anywhere


def test_the_tests_declare_what_they_import_besides(
    settings: dict[str, Any], project: Path
) -> None:
    extras = settings["project"]["optional-dependencies"]
    others = declared([*settings["project"]["dependencies"], *extras["local"]])
    used = distributions((project / "tests").rglob("*.py"))
    assert (used - others) | COMMANDS == declared(extras["dev"])
