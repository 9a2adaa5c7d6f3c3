from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.models.gateway import Gateway, GatewayState
from shared.models.waiting import waiting_reason


def gateway(**facts: Any) -> Gateway:
    plain = Gateway(
        id=1,
        url="http://g1",
        max_concurrent_tasks=1,
        status=GatewayState.UP,
        status_reason=None,
        models=["m"],
        loaded=[],
        pulling=None,
        pull_progress=None,
        last_status_change_time=datetime(2026, 11, 21, tzinfo=UTC),
    )
    return replace(plain, **facts)


DOWN = gateway(url="http://g2", status=GatewayState.DOWN, status_reason="nobody answers")
PULLING = gateway(url="http://g3", pulling="x", pull_progress="42%")
OPENAI = gateway(url="openai+http://g4/v1", models=["n", "m"])
FAILED = gateway(url="http://g3", pulling="x", pull_progress="failed: the registry has none")
BUSY = gateway(status=GatewayState.BUSY, status_reason="503: later")


@pytest.mark.parametrize(
    ("gateways", "model", "words"),
    [
        ([], None, "no worker is running"),
        ([DOWN], None, "no model server can be reached: http://g2 (nobody answers)"),
        ([DOWN, gateway()], "x", 'has the model x; run "ollama pull x" on one of: http://g1'),
        ([DOWN, gateway()], "x", "or set VALUEMILL_PULL_MODELS=true"),
        ([gateway(), PULLING], "x", "the model x is being pulled to http://g3: 42%"),
        ([gateway(), PULLING], "y", 'run "ollama pull y"'),
        ([OPENAI, gateway()], "x", 'run "ollama pull x" on one of: http://g1, or'),
        ([OPENAI], "x", "that can be reached has the model x; there is: m, n"),
        ([gateway(url=OPENAI.url, models=[])], "x", "has the model x; there is: none"),
        ([FAILED], "x", "the model x cannot be pulled to http://g3: the registry has none."),
        ([FAILED, PULLING], "x", "is being pulled"),
        ([gateway(models=[])], None, 'has a model; run "ollama pull" on one of: http://g1'),
        ([gateway(url=OPENAI.url, models=[])], None, "no model server has a model"),
        ([BUSY, DOWN], None, "every model server is busy: http://g1 (503: later)"),
        ([BUSY, gateway(models=["other"])], "m", "every model server is busy: http://g1"),
    ],
)
def test_what_is_waited_for(gateways: list[Gateway], model: str | None, words: str) -> None:
    assert words in (waiting_reason(gateways, model=model) or "")


@pytest.mark.parametrize("gateways", [[gateway()], [DOWN, gateway()], [BUSY, gateway()]])
def test_one_server_that_can_is_enough(gateways: list[Gateway]) -> None:
    assert waiting_reason(gateways, model="m") is None


def test_an_address_is_shown_without_its_password() -> None:
    reason = waiting_reason([gateway(url="http://u:pw@g1", status=GatewayState.DOWN)], model=None)
    assert reason is not None
    assert "pw" not in reason
