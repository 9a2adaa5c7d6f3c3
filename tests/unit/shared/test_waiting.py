from __future__ import annotations

from typing import Any

import pytest

from shared.waiting import waiting_reason


def gateway(**facts: Any) -> dict[str, Any]:
    return {"url": "http://g1", "status": "UP", "status_reason": None, "models": ["m"]} | facts


DOWN = gateway(url="http://g2", status="DOWN", status_reason="nobody answers")
BUSY = gateway(status="BUSY", status_reason="503: later")


@pytest.mark.parametrize(
    ("gateways", "model", "words"),
    [
        ([], None, "no worker is running"),
        ([DOWN], None, "no model server can be reached: http://g2 (nobody answers)"),
        ([DOWN, gateway()], "x", 'has the model x; run "ollama pull x" on one of: http://g1'),
        ([gateway(models=[])], None, "no model server has a model"),
        ([BUSY, DOWN], None, "every model server is busy: http://g1 (503: later)"),
        ([BUSY, gateway(models=["other"])], "m", "every model server is busy: http://g1"),
    ],
)
def test_what_is_waited_for(gateways: list[dict[str, Any]], model: str | None, words: str) -> None:
    assert words in (waiting_reason(gateways, model=model) or "")


@pytest.mark.parametrize("gateways", [[gateway()], [DOWN, gateway()], [BUSY, gateway()]])
def test_one_server_that_can_is_enough(gateways: list[dict[str, Any]]) -> None:
    assert waiting_reason(gateways, model="m") is None


def test_an_address_is_shown_without_its_password() -> None:
    reason = waiting_reason([gateway(url="http://u:pw@g1", status="DOWN")], model=None)
    assert reason is not None
    assert "pw" not in reason
