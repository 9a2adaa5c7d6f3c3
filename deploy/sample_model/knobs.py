"""Everything about the server that can be turned, from the command line, environment or HTTP."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.sample_model.faults import parse_faults

ENVIRONMENT_PREFIX = "SAMPLE_MODEL_"
FIXED_WHILE_RUNNING = frozenset({"host", "port"})
LIST_KNOBS = frozenset({"model", "fault"})
_MEASURES = ("tokens_per_second", "load_seconds", "favourites")


class BadKnob(ValueError):
    """A knob has a name or a value that does not exist; the message says which and what fits."""


def _knob(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """One setting of all knobs. Durations are seconds, rates are per second, 0 means unlimited."""

    host: str = _knob("127.0.0.1", "address to listen on")
    port: int = _knob(11434, "port to listen on; 0 takes a free one and prints it")
    model: tuple[str, ...] = _knob(("sample-faker",), "a name it answers to (repeatable)")
    slots: int = _knob(4, "answers made at once, like OLLAMA_NUM_PARALLEL")
    queue: int = _knob(512, "requests that may wait for a slot; one more gets 503")
    tokens_per_second: float = _knob(0.0, "speed of one slot; 0 is as fast as it can")
    load_seconds: float = _knob(0.0, "time of a cold load, on first use and after unloading")
    favourites: float = _knob(0.0, "Zipf exponent of the bias to favourite values; 0 is off")
    vocabulary: int = _knob(0, "distinct values it knows per kind, locale and gender; 0: all")
    seed: int = _knob(0, "settles which values are the favourites")
    fault: Mapping[str, float] = field(
        default_factory=dict,
        metadata={"help": "NAME=PROBABILITY (repeatable): misbehave in a share of the requests"},
    )
    fault_seed: int | None = _knob(None, "makes the sequence of faults repeatable")

    def __post_init__(self) -> None:
        for name, least in (("slots", 1), ("queue", 0), ("port", 0), ("vocabulary", 0)):
            if getattr(self, name) < least:
                raise BadKnob(f"{_flag(name)} must be at least {least}")
        for name in _MEASURES:
            if not 0 <= getattr(self, name) < float("inf"):
                raise BadKnob(f"{_flag(name)} must be 0 or more")
        if not self.model:
            raise BadKnob("--model needs at least one name")

    def changed(self) -> dict[str, Any]:
        """The knobs that differ from their defaults."""
        plain = Knobs()
        return {
            knob.name: getattr(self, knob.name)
            for knob in dataclasses.fields(self)
            if getattr(self, knob.name) != getattr(plain, knob.name)
        }

    def turn(self, changes: Mapping[str, Any]) -> Knobs:
        """A copy with some knobs changed while the server runs; `BadKnob` when one cannot be.

        ``fault`` takes a mapping or a list of ``NAME=PROBABILITY`` and replaces all faults.
        """
        known = {knob.name for knob in dataclasses.fields(self)}
        checked: dict[str, Any] = {}
        for raw_name, value in changes.items():
            name = raw_name.replace("-", "_")
            if name in FIXED_WHILE_RUNNING:
                raise BadKnob(f"{raw_name} cannot change while the server runs")
            if name not in known:
                raise BadKnob(f"no knob is called {raw_name!r}; there are: {', '.join(known)}")
            checked[name] = _convert(name, value)
        return dataclasses.replace(self, **checked)


def read_knobs(arguments: Sequence[str], environment: Mapping[str, str]) -> Knobs:
    """Knobs from the command line, else from ``SAMPLE_MODEL_*``, else the defaults.

    In the environment the repeatable knobs are comma-separated. Ends the process with a usage
    message when the command line is wrong; raises `BadKnob` when a value is.
    """
    parser = argparse.ArgumentParser(
        prog="python -m deploy.sample_model",
        description="A stand-in for Ollama that draws its values from Faker.",
    )
    for knob in dataclasses.fields(Knobs):
        parser.add_argument(
            _flag(knob.name),
            help=f"{knob.metadata['help']} (${ENVIRONMENT_PREFIX}{knob.name.upper()})",
            default=None,
            action="append" if knob.name in LIST_KNOBS else "store",
        )
    given = vars(parser.parse_args(arguments))
    for name in given:
        text = environment.get(ENVIRONMENT_PREFIX + name.upper(), "")
        if given[name] is None and text:
            given[name] = text.split(",") if name in LIST_KNOBS else text
    return Knobs(**{n: _convert(n, v) for n, v in given.items() if v is not None})


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _convert(name: str, value: Any) -> Any:
    try:
        match name:
            case "host":
                return str(value)
            case "model":
                names = [value] if isinstance(value, str) else value
                return tuple(name for name in (str(each).strip() for each in names) if name)
            case "fault":
                return parse_faults(value)
            case "fault_seed":
                return None if value is None else int(value)
            case "port" | "slots" | "queue" | "vocabulary" | "seed":
                return int(value)
            case _:
                return float(value)
    except (TypeError, ValueError) as error:
        raise BadKnob(f"{_flag(name)} does not take {value!r}: {error}") from None
