"""Decides what each prompt of a process asks for, from what the model has shown so far.

``sizing`` says how many values make a good prompt, ``strategy`` which, so that they are new. What
these two need to know is the pace of the servers, and, for cells in which values repeat, what
``memory`` has of the values that are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from shared.db.engine import Database
from shared.equality import fold
from shared.generation.claim import Claim
from shared.generation.estimates import Tally
from shared.generation.outlook import Outlook
from shared.generation.reports import Ended
from shared.guard import guarded
from shared.settings import Settings
from worker.mill import prompts, strategy
from worker.mill.arms import Arm
from worker.mill.books import Books, unknown
from worker.mill.check_digits import Mend, find_mend
from worker.mill.formats import Format, find_format
from worker.mill.memory import Key, Memory
from worker.mill.regions import Region
from worker.mill.sharing import Sharing
from worker.mill.sizing import Speed, batch_size, tokens_per_value
from worker.mill.stall import Stall
from worker.mill.strategy import Plan, View
from worker.mill.survey import Survey
from worker.mill.words import Phrasing, is_prose
from worker.models.prompt import Prompt

log = structlog.get_logger(__name__)

#: The temperature of the arms that have one of their own, in parts of the usual one.
WARMTH = {Arm.COOL: 0.6, Arm.HOT: 1.3}

#: Characters that a value is first believed to have at most.
SHORT_LENGTH, PROSE_LENGTH, LINES_LENGTH = 160, 600, 1_500

#: Seconds that a value takes, at least, where an answer can be cut before it repeats much:
#: about half of what it takes to store the first values of each and to hear what became of them.
WATCHABLE_SECONDS = 0.03


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What a prompt asks for; its focus is written with its batch, for others to keep off."""

    plan: Plan
    #: Whether the model has to be kept from line breaks.
    no_breaks: bool = False

    @property
    def asked(self) -> int:
        """So many values."""
        return self.plan.asked

    @property
    def may_end(self) -> bool:
        """Whether the model may end its answer early without being blamed for it.

        Where it is steered to a region, an early end is what tells that there is no more.
        """
        return self.plan.loose and self.plan.focus is None

    @property
    def focus(self) -> str | None:
        """Its region as text."""
        return None if self.plan.focus is None else self.plan.focus.dump()


class Account(Protocol):
    """What became of a prompt so far; see ``worker.mill.ledger``."""

    claim: Claim
    planned: Planned
    said: list[str]
    settled: int
    stored: int


class Planner:
    """See the module. Used by many threads at once.

    :param size_of: weights of a model; None: not known.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        worker: str,
        size_of: Callable[[str], float | None] = unknown,
    ) -> None:
        self._settings = settings
        self._memory = Memory(database, worker=worker)
        self.books = Books(size_of)
        self._sharing = Sharing(database, self.books)
        self._without_patterns: set[tuple[str, str]] = set()

    def look(self, wanted: int, *, met: Collection[Key] = ()) -> None:
        """Read what the plans of the next claims go by; one thread at a time.

        :param wanted: claims.
        :param met: cells that earlier ones could not plan for.
        """
        # What is not known costs tokens; a shift that ends with its slot costs more.
        with guarded("look ahead"):
            self._memory.look(wanted, met=met)
        with guarded("look what the ways of asking have shown"):
            self._sharing.look()

    def share(self) -> None:
        """Tell the other processes what the ways of asking have shown, and learn it from them.

        :raises Unavailable: when the database is away; what was learned is told the next time.
        """
        self._sharing.share()

    def plan(
        self, outlook: Outlook, speeds: Mapping[str, Speed], *, patient: bool = False
    ) -> Planned | None:
        """Decide on the next prompt by what is known: it waits for nothing, and reads nothing.

        Called between two looks, with locks held that all claims wait for.

        :param patient: None rather than a plan without the latest; then :meth:`look` at the cell.
        """
        wanted = batch_size(
            outlook,
            speeds=speeds,
            max_values=self._settings.max_batch_values,
            context_tokens=self._settings.context_tokens,
        )
        wanted = min(wanted, outlook.cell_open_count)
        plan: Plan | None = Plan(asked=wanted)
        if not outlook.allow_duplicates:
            try:
                plan = self._unique(outlook, wanted, speeds, patient=patient)
            except Exception:
                # A prompt that is not steered is worse than one that is, and better than none.
                log.exception("not steered", operation=outlook.operation_number)
        if plan is None:
            return None
        no_breaks = outlook.breaks_lines and not outlook.multiline_values
        return Planned(plan=plan, no_breaks=no_breaks)

    def write(self, claim: Claim, planned: Planned, *, overhead: int = 0) -> Prompt:
        """Put the decision into words.

        :param overhead: tokens that answers of the model take besides values.
        """
        plan = planned.plan
        return prompts.write(
            claim,
            context_tokens=self._settings.context_tokens,
            focus=plan.focus,
            forced=plan.forced,
            avoid=plan.avoid,
            before=plan.before,
            phrasing=self._phrasing(claim, plan.arm),
            warmth=WARMTH.get(plan.arm, 1.0),
            loose=plan.loose,
            least=plan.least,
            spare=plan.spare,
            no_breaks=planned.no_breaks,
            form=self._form(claim),
            longest=self._longest(claim),
            example="example" in self._settings.levers,
            overhead=overhead,
        )

    def _phrasing(self, claim: Claim, arm: Arm) -> Phrasing:
        usual, other = Phrasing.GIVE, Phrasing.LIST
        if self.books.of(model=claim.model, kind=claim.data_type).is_small:
            usual, other = other, usual
        return other if arm is Arm.REWORDED else usual

    def stall(self, claim: Claim, planned: Planned) -> Stall | None:
        """What ends the answer when it has stopped to pay.

        Not one that is steered to a region: how it ends is what tells how much there is.
        """
        if planned.plan.focus is not None or "stall" not in self._settings.levers:
            return None
        known: Collection[str] = ()
        if not claim.allow_duplicates:
            with self._memory.lock:
                lore = self._memory.lore((claim.operation_number, claim.cell_ordinal))
                # Looked up while others add to it, which is no harm: it tells what it has.
                known = () if lore is None else lore.known
        return Stall(lambda value: fold(value) in known)

    def mend(self, claim: Claim) -> Mend | None:
        """What makes the check digits of values right; None: they have none, or are left alone."""
        return find_mend(claim.data_type) if "check_digits" in self._settings.levers else None

    def _longest(self, claim: Claim) -> int | None:
        """What values of the kind are believed to have at most: who gives no limit, or a generous
        one, does not mean that a value which runs away shall have all of it.
        """
        if "lengths" not in self._settings.levers:
            return None
        book = self.books.of(model=claim.model, kind=claim.data_type)
        if claim.multiline_values:
            return book.believed_length(LINES_LENGTH)
        return book.believed_length(PROSE_LENGTH if is_prose(claim) else SHORT_LENGTH)

    def _form(self, claim: Claim) -> Format | None:
        """The form that the schema forces values into."""
        refused = (claim.gateway_url, claim.model) in self._without_patterns
        if claim.multiline_values or refused or "forms" not in self._settings.levers:
            return None
        return find_format(claim.data_type, claim.attributes, longest=claim.max_value_length)

    def learn(self, account: Account, ended: Ended) -> None:
        """Learn from an answer that is over, before the next prompt is planned.

        Not all of it may be settled yet; what is not known here is taken to be new.
        """
        if ended.fault == "refused":
            return
        try:
            self._learn(account, ended)
        except Exception:
            # What is not learned costs tokens; a shift that ends with its slot costs more.
            log.exception("nothing learned", operation=account.claim.operation_number)

    def _learn(self, account: Account, ended: Ended) -> None:
        claim, plan = account.claim, account.planned.plan
        key = claim.operation_number, claim.cell_ordinal
        said = list(account.said)
        with self._memory.lock:
            lore = self._memory.lore(key)
            known = () if lore is None else lore.known
            unsettled = {v for v in said[account.settled :] if v not in known}
            fresh = min(len(said), account.stored + len(unsettled))
            self.books.learn(
                claim,
                plan.arm,
                said=ended.said,
                fit=said,
                fresh=fresh,
                tokens=ended.output_tokens,
            )
            if lore is None:
                return
            lore.learn_answer(
                focus=plan.focus,
                # One that did not come to its end does not show that there is no more.
                asked=claim.asked if ended.fault is None and not ended.cut_by_us else len(said),
                said=said,
                fresh=fresh,
                excluded=plan.avoid,
            )

    def repeats(self, tally: Tally) -> bool:
        """Whether prompts that know nothing of each other repeat each other, by their cell."""
        return strategy.repeats(distinct=tally.found, said=tally.said, said_again=tally.said_again)

    def refused(self, claim: Claim, planned: Planned) -> None:
        """The server has refused a prompt: if it had a pattern, it will get none again."""
        if planned.plan.forced or planned.no_breaks or self._form(claim):
            self._without_patterns.add((claim.gateway_url, claim.model))
            log.warning("goes on without patterns", gateway=claim.gateway_url, model=claim.model)

    def _unique(
        self, outlook: Outlook, wanted: int, speeds: Mapping[str, Speed], *, patient: bool
    ) -> Plan | None:
        under_way = [
            (None if focus is None else Region.load(focus), asked)
            for focus, asked in outlook.beside
        ]
        key = outlook.operation_number, outlook.cell_ordinal
        view = View(
            wanted=wanted,
            quota=outlook.cell_quota,
            slots=sum(outlook.slots.values()),
            distinct=outlook.cell_distinct,
            said=outlook.cell_said,
            said_again=outlook.cell_said_again,
            under_way=under_way,
            multiline=outlook.multiline_values,
            budget_tokens=prompts.avoid_budget(self._settings.context_tokens),
            watchable=_is_watchable(outlook, speeds.get(outlook.gateway_url)),
            patterns=(outlook.gateway_url, outlook.model) not in self._without_patterns,
            book=self.books.of(model=outlook.model, kind=outlook.data_type),
            cell=self.books.cell(key),
            measured="arms" in self._settings.levers,
            may_end="early_end" in self._settings.levers,
        )
        steered = any(focus for focus, _ in under_way)
        if not (steered or view.said_again):
            return self._decide(view, None)
        known = self._memory.survey(key)
        missed = known is None and (steered or view.is_repeating)
        if patient and (missed or not self._memory.is_fresh(key)):
            return None
        return self._decide(view, known)

    def _decide(self, view: View, known: Survey | None) -> Plan:
        with self.books.lock:
            return strategy.plan(view, known)


def _is_watchable(outlook: Outlook, speed: Speed | None) -> bool:
    """Whether an answer is slow enough to be cut in time, when it turns out to repeat others."""
    if speed is None or not speed.tokens_per_second:
        return False
    return tokens_per_value(outlook) / speed.tokens_per_second >= WATCHABLE_SECONDS
