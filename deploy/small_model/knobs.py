"""What can be set of the server, on the command line or in the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENVIRONMENT_PREFIX = "SMALL_MODEL_"
#: More slots than this make every answer slow, on any number of cores.
MOST_SLOTS = 4


class BadKnob(ValueError):
    """A knob has a value that it cannot have; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """One setting of all knobs."""

    host: str
    port: int
    slots: int
    threads: int
    queue: int


def read_knobs(arguments: Sequence[str], environment: Mapping[str, str]) -> Knobs:
    """Knobs from the command line, else from ``SMALL_MODEL_*``, else as the machine bears.

    Ends the process with a usage message when the command line is wrong; raises `BadKnob` when a
    value is.
    """
    cores = count_cores()
    texts = {
        "host": ("127.0.0.1", "address to listen on"),
        "port": (11434, "port to listen on; 0 takes a free one and prints it"),
        "slots": (min(cores, MOST_SLOTS), "answers made at once, like OLLAMA_NUM_PARALLEL"),
        "threads": (cores, "threads that compute; all cores by default"),
        "queue": (512, "requests that may wait for a slot; one more gets 503"),
    }
    parser = argparse.ArgumentParser(
        prog="python -m deploy.small_model",
        description="SmolLM2-135M on llama.cpp, behind Ollama's API: small, real, and poor.",
    )
    for name, (default, text) in texts.items():
        variable = ENVIRONMENT_PREFIX + name.upper()
        parser.add_argument(
            f"--{name}",
            help=f"{text} (${variable}; here {default})",
            default=environment.get(variable) or str(default),
        )
    given = vars(parser.parse_args(arguments))
    return Knobs(
        host=given["host"],
        port=_count(given, "port", least=0),
        slots=_count(given, "slots", least=1),
        threads=_count(given, "threads", least=1),
        queue=_count(given, "queue", least=0),
    )


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _count(given: Mapping[str, str], name: str, *, least: int) -> int:
    text = given[name]
    if not text.isdecimal() or int(text) < least:
        raise BadKnob(f"--{name} must be a number from {least} up, not {text!r}")
    return int(text)
