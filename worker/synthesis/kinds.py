"""Every kind of step that a process does, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from shared.synthesis.run import StepKind
from worker.synthesis.work import Kind

#: The modules of this package that do them, each by a function. They are loaded when they are
#: wanted: that of one kind loads what another need not wait for.
_MODULES: Mapping[StepKind, tuple[str, str]] = {
    StepKind.REFLECT: ("reflect", "reflect"),
    StepKind.SCAN: ("scan", "scan"),
    StepKind.PLAN: ("plan", "plan"),
    StepKind.SNAPSHOT: ("snapshot", "snapshot"),
    StepKind.RANKS: ("ranks", "ranks"),
    StepKind.CUTS: ("cuts", "cut"),
    StepKind.PREPARE: ("prepare", "prepare"),
    StepKind.BARE: ("prepare", "bare"),
    StepKind.GENERATE: ("generate", "generate"),
    StepKind.REBUILD: ("rebuild", "rebuild"),
    StepKind.REPAIR: ("rebuild", "repair"),
    StepKind.FINISH: ("finish", "finish"),
    StepKind.VERIFY: ("verify", "verify"),
}


def kind(name: StepKind) -> Kind:
    """What does a step of this kind."""
    module, function = _MODULES[name]
    return cast(Kind, getattr(import_module(f"worker.synthesis.{module}"), function))
