"""Whole sessions of clients that nobody here wrote, with the service as `make up` runs it.

What each of them called is told at the end of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.stack import LocalStack
from tests.clients import generated
from tests.clients.environments import HERE, python_for
from tests.clients.sessions import Session
from tests.support.stack import Api

pytestmark = pytest.mark.field

PYTHON_SESSION = HERE / "python" / "session.py"


@pytest.fixture
def session(
    api: Api, stack: LocalStack, tmp_path: Path, record_property: Callable[[str, object], None]
) -> Session:
    """Something to hold with the service; ``api`` is here for a model without faults."""
    return Session(
        url=stack.info.api_url,
        key=stack.info.api_key,
        folder=tmp_path,
        tell=lambda text: record_property("told", text),
    )


@pytest.fixture
def description(session: Session) -> bytes:
    return session.description()


@pytest.mark.parametrize("version", ["newest", "oldest"])
def test_field_a1_the_vendors_client(session: Session, version: str) -> None:
    session.hold(python_for(f"vendor_{version}"), PYTHON_SESSION, "delphix.api.gateway")


def test_field_a2_a_generated_java_client(session: Session, description: bytes) -> None:
    """Its models refuse an answer with a field that is not described."""
    session.hold(*generated.java_session(description))


def test_field_a6_a_generated_python_client(session: Session, description: bytes) -> None:
    """Its names are those of the vendor's: it is the same program."""
    command = (python_for("generated"), PYTHON_SESSION, "generated")
    session.hold(*command, PYTHONPATH=generated.sources(description) / "python")


def test_field_a8_a_generated_go_client(session: Session, description: bytes) -> None:
    """It sends ``null`` for a body that is left out."""
    session.hold(*generated.go_session(description))
