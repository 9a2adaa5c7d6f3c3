"""What is logged stays in its line, and tells a terminal nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from shared.telemetry import configure_logging

#: A line break of each kind, a forged line, colours, a title, the other direction.
HOSTILE = (
    "x\n2026-01-01T00:00:00Z [info     ] forged\r\x0b\x85\u2028"
    "\x1b[31m\x1b]0;t\x07\x9b2J\u202egnp\0"
)


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.removesuffix("\n").split("\n")


FORMATS = pytest.mark.parametrize("log_format", ["console", "json"])


@FORMATS
def test_an_event_is_one_line(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(log_format=log_format, level="INFO")  # to the stream that is captured
    structlog.get_logger("ours").info(HOSTILE, name=HOSTILE, number=5)
    logging.getLogger("theirs").warning("%s", HOSTILE)
    lines = logged(capsys)
    assert len(lines) == 2
    for line in lines:
        assert line.isprintable(), line
        assert "forged" in line
        if log_format == "json":
            assert json.loads(line)["event"] == HOSTILE


@FORMATS
def test_a_trace_cannot_be_taken_for_an_event(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(log_format=log_format, level="INFO")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")
    lines = logged(capsys)
    assert any("forged" in line for line in lines)
    assert all(line.isprintable() for line in lines)
    if log_format == "json":
        assert len(lines) == 2
    else:
        events = [line for line in lines if not line.startswith("  | ")]
        assert len(events) == 2
        assert not any("forged" in line for line in events)


@FORMATS
def test_what_is_meant_is_logged_as_it_is(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(log_format=log_format, level="INFO")
    structlog.get_logger("ours").info("fine", name="Zoë 张伟", count=3)
    (line,) = logged(capsys)
    assert "fine" in line
    assert "张伟" in line or "\\u5f20" in line


def test_a_logger_that_was_used_before_follows_what_is_configured_later() -> None:
    used = structlog.get_logger("used")
    for _ in range(2):
        configure_logging(log_format="json", level="INFO")
        used.info("once more")
    with capture_logs() as logs:
        used.warning("seen")
    assert [line["event"] for line in logs] == ["seen"]
