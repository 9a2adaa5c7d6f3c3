"""What a stack is asked to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.small_model.knobs import BadKnob, read_knobs
from shared import settings

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class LocalOptions:
    """One stack.

    :param var: the folder of its data, logs and secrets; one stack at a time may use it.
    :param workers: worker processes.
    :param worker_concurrency: prompts that one worker process can have under way.
    :param sample_model: environment of the sample model, ``SAMPLE_MODEL_*``.
    :param small_model: environment of the small model, ``SMALL_MODEL_*``.
    :param ollama_hosts: gateways as in ``VALUEMILL_OLLAMA_HOSTS``. None looks for Ollama on this
        machine and falls back to the sample model; ``""`` takes the sample model without looking.
    :param model: ``sample-faker`` or ``smollm2``, for a model of the stack's own without looking.
    :param api: run the API; without it no API key is made either.
    :param flower: run Flower.
    :param shop: run the server of a made-up shop, to make a safe copy of; see ``deploy.shop``.
    :param environment: more environment for API, workers, Flower and the model.
    :param durable: False lets PostgreSQL forget what it knew when the *machine* fails, which
        makes tests faster.
    :param report: told what happens, a line at a time, mostly from the supervising thread.
    """

    var: Path
    workers: int = 2
    worker_concurrency: int = 8
    sample_model: Mapping[str, str] = field(default_factory=dict)
    small_model: Mapping[str, str] = field(default_factory=dict)
    ollama_hosts: str | None = None
    model: str | None = None
    api: bool = True
    flower: bool = True
    shop: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    durable: bool = True
    report: Callable[[str], None] = lambda _line: None

    @property
    def small_model_slots(self) -> int:
        """The answers that the small model makes at once.

        :raises LocalStackError: when one of its settings makes no sense.
        """
        try:
            return read_knobs((), self.small_model).slots
        except BadKnob as error:
            raise LocalStackError(f"SMALL_MODEL_*: {error}") from None


def var_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that ``VALUEMILL_VAR`` names, else ``var`` in the project."""
    named = environment.get("VALUEMILL_VAR")
    return Path(named).expanduser().absolute() if named else PROJECT / "var"


def from_environment(
    *,
    workers: int,
    report: Callable[[str], None],
    model: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> LocalOptions:
    """The stack that the environment asks for.

    :raises LocalStackError: when a number is not one.
    :raises ConfigurationError: when a setting that the parts will read makes no sense.
    """
    # Said at once and once, instead of by every part when it starts. What the stack itself
    # makes up stands in for itself.
    settings.load(database_url="made", broker_url="made", secret_key="made" * 4)
    options = LocalOptions(
        var=var_folder(environment),
        workers=workers,
        worker_concurrency=_count("VALUEMILL_WORKER_CONCURRENCY", 8, environment),
        sample_model=_beginning("SAMPLE_MODEL_", environment),
        small_model=_beginning("SMALL_MODEL_", environment),
        ollama_hosts=environment.get("VALUEMILL_OLLAMA_HOSTS", "").strip() or None,
        model=model,
        report=report,
    )
    _ = options.small_model_slots
    return options


def _beginning(prefix: str, environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(prefix)}


def _count(name: str, default: int, environment: Mapping[str, str]) -> int:
    text = environment.get(name, "").strip() or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise LocalStackError(f"{name} must be a number from 1 up, not {text!r}.")
    return int(text)
