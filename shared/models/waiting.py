"""Why no prompt of an operation can run at the moment, in words.

Worked out from the gateways when a job is read, so that it is true and goes by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.addresses import GatewayKind, kind_of, without_password
from shared.models.gateway import Gateway, GatewayState
from shared.models.names import is_among

#: Begins the progress of a pull that came to nothing.
PULL_FAILED = "failed: "


def waiting_reason(gateways: Sequence[Gateway], *, model: str | None) -> str | None:
    """Say what stands in the way of an operation, or None when nothing does.

    :param gateways: those that workers have looked at lately.
    :param model: the model that the operation needs; None takes any.
    """
    if not gateways:
        return "Waiting: no worker is running, or none knows a model server."
    up = [gateway for gateway in gateways if gateway.status != GatewayState.DOWN]
    if not up:
        return f"Waiting: no model server can be reached: {_with_reasons(gateways)}"
    if model is not None and not any(_has(gateway, model) for gateway in up):
        return _missing(up, model)
    if not any(gateway.models for gateway in up):
        pull = f'; run "ollama pull" on one of: {_addresses(_ollamas(up))}' if _ollamas(up) else ""
        return f"Waiting: no model server has a model{pull}"
    fit = [gateway for gateway in up if model is None or _has(gateway, model)]
    if all(gateway.status == GatewayState.BUSY for gateway in fit):
        return f"Waiting: every model server is busy: {_with_reasons(fit)}"
    return None


def _has(gateway: Gateway, model: str) -> bool:
    """Whether it has a model, however that is written."""
    return is_among(model, gateway.models, url=gateway.url)


def _missing(up: Sequence[Gateway], model: str) -> str:
    pulls = [gateway for gateway in up if gateway.pulling == model]
    for gateway in pulls:
        if not (gateway.pull_progress or "").startswith(PULL_FAILED):
            return (
                f"Waiting: the model {model} is being pulled to {_addresses([gateway])}: "
                f"{gateway.pull_progress}"
            )
    for gateway in pulls:
        reason = (gateway.pull_progress or "").removeprefix(PULL_FAILED)
        return (
            f"Waiting: the model {model} cannot be pulled to {_addresses([gateway])}: {reason}. "
            "It is tried again now and then; cancel the request if the name is wrong"
        )
    if not _ollamas(up):
        known = ", ".join(sorted({name for gateway in up for name in gateway.models}))
        return (
            f"Waiting: no model server that can be reached has the model {model}; "
            f"there is: {known or 'none'}"
        )
    return (
        f"Waiting: no model server that can be reached has the model {model}; "
        f'run "ollama pull {model}" on one of: {_addresses(_ollamas(up))}, '
        "or set VALUEMILL_PULL_MODELS=true for the workers"
    )


def _ollamas(gateways: Sequence[Gateway]) -> list[Gateway]:
    """Those that can fetch a model."""
    return [gateway for gateway in gateways if kind_of(gateway.url) == GatewayKind.OLLAMA]


def _addresses(gateways: Sequence[Gateway]) -> str:
    return ", ".join(without_password(gateway.url) for gateway in gateways)


def _with_reasons(gateways: Sequence[Gateway]) -> str:
    return ", ".join(
        f"{without_password(gateway.url)} ({gateway.status_reason or 'not asked yet'})"
        for gateway in gateways
    )
