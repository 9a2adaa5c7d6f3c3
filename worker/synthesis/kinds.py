"""Every kind of step that a process does, by its name."""

from __future__ import annotations

from collections.abc import Mapping

from shared.synthesis.run import StepKind
from worker.synthesis.cuts import cut
from worker.synthesis.finish import finish
from worker.synthesis.generate import generate
from worker.synthesis.plan import plan
from worker.synthesis.prepare import bare, prepare
from worker.synthesis.ranks import ranks
from worker.synthesis.rebuild import rebuild
from worker.synthesis.reflect import reflect
from worker.synthesis.scan import scan
from worker.synthesis.snapshot import snapshot
from worker.synthesis.verify import verify
from worker.synthesis.work import Kind

KINDS: Mapping[StepKind, Kind] = {
    StepKind.REFLECT: reflect,
    StepKind.SCAN: scan,
    StepKind.PLAN: plan,
    StepKind.SNAPSHOT: snapshot,
    StepKind.RANKS: ranks,
    StepKind.CUTS: cut,
    StepKind.PREPARE: prepare,
    StepKind.BARE: bare,
    StepKind.GENERATE: generate,
    StepKind.REBUILD: rebuild,
    StepKind.REPAIR: rebuild,
    StepKind.FINISH: finish,
    StepKind.VERIFY: verify,
}
