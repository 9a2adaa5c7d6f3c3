"""Claim, settle, sweep, cancel: what they promise, on a real PostgreSQL."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, text

from shared.db import accounts
from shared.db.engine import Database
from shared.equality import digest
from shared.errors import Conflict, NotFound
from shared.generation import claims, lookahead, operations, removal, values
from shared.generation.claim import Claim
from shared.generation.dry import BARREN_LIMIT, REACH_EVERY
from shared.generation.endings import end_for_client
from shared.generation.leases import give_back
from shared.generation.outlook import Outlook
from shared.generation.product import BATCHES
from shared.generation.reports import Ended, Report, Settled
from shared.generation.requests import Attribute, GenerateRequest
from shared.generation.settle import settle
from shared.models import gateways
from shared.queue import jobs, leases, sweep
from shared.queue.job import JobState
from shared.queue.service import Jobs
from shared.settings import GatewaySettings
from tests.support.products import PRODUCTS
from tests.support.waiting import wait_until

URL = "http://127.0.0.1:1"
SLOTS = 4


@dataclass(frozen=True)
class Wanted:
    asked: int
    focus: str | None


class Mill:
    """The database as API and workers use it, with a model whose answers the test writes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as connection:
            key = accounts.create_key(connection, account="tester", name="")
            self.account = accounts.authenticate(connection, key=key).id
        self.open_gateway(URL, SLOTS)

    def open_gateway(self, url: str, slots: int, models: Sequence[str] = ("m",)) -> None:
        with self.database.transaction() as connection:
            gateways.register(connection, [GatewaySettings(url=url, max_concurrent_tasks=slots)])
            gateways.report(connection, url=url, status="UP", models=models)

    def submit(self, count: int, **fields: Any) -> uuid.UUID:
        """Submit and return the operation's id."""
        request = GenerateRequest(
            name="n", data_type="t", multiline_values=False, requested_count=count, **fields
        )
        with self.database.transaction() as connection:
            job = operations.submit(connection, request, account_id=self.account, trace_id="trace")
            return jobs.get(connection, job_id=job, account_id=self.account).target_id

    def claim(
        self,
        *,
        size: int = 10,
        worker: str = "w1",
        urls: Sequence[str] = (URL,),
        lease: float = 10.0,
        focus: str | None = None,
        let_go: int | None = None,
    ) -> Claim | None:
        def plan(_: Outlook) -> Wanted:
            return Wanted(asked=size, focus=focus)

        [claim] = self.database.run(
            lambda connection: claims.claim(
                connection,
                worker=worker,
                gateways=urls,
                lease_seconds=lease,
                plan=plan,
                let_go=[let_go],
            )
        )
        return claim

    def must_claim(self, **options: Any) -> Claim:
        claim = self.claim(**options)
        assert claim is not None
        return claim

    def settle(
        self, claim: Claim, said: Sequence[str], *, repeated: int = 0, **facts: Any
    ) -> Settled:
        """Settle the whole answer to a claim."""
        ended = Ended(said=len(said) + repeated, **facts)
        return self.settle_all(
            Report(batch_id=claim.batch_id, values=list(said), repeated=repeated, ended=ended),
            number=claim.operation_number,
        )

    def report(self, claim: Claim, said: Sequence[str]) -> Settled:
        """Settle the values of an answer that is still under way."""
        return self.settle_all(
            Report(batch_id=claim.batch_id, values=list(said)), number=claim.operation_number
        )

    def settle_all(self, *reports: Report, number: int) -> Settled:
        return self.database.run(lambda connection: settle(connection, {number: reports}))[number]

    def operation(self, operation_id: uuid.UUID) -> dict[str, Any]:
        with self.database.transaction() as connection:
            found = operations.get(connection, operation_id=operation_id, account_id=self.account)
            return vars(found)

    def job(self, operation_id: uuid.UUID) -> dict[str, Any]:
        with self.database.transaction() as connection:
            job_id = connection.scalar(
                text("SELECT id FROM jobs WHERE operation_id = :id"), {"id": operation_id}
            )
        assert job_id is not None
        jobs = Jobs(database=self.database, products=PRODUCTS)
        return vars(jobs.get(job_id, account_id=self.account))

    def stored(self, operation_id: uuid.UUID) -> list[str]:
        number = self.operation(operation_id)["number"]
        with self.database.reading() as connection:
            return [
                value
                for chunk in values.stream(connection, operation_number=number)
                for value in chunk
            ]

    def stored_repeats(self, operation_id: uuid.UUID) -> dict[str, int]:
        """Values said more than once, and how often."""
        with self.database.transaction() as connection:
            rows = connection.execute(
                text(
                    """
                    SELECT v.value, r.times FROM repeats r
                    JOIN operation_values v USING (operation_number, position)
                    JOIN operations o ON o.number = r.operation_number WHERE o.id = :id
                    """
                ),
                {"id": operation_id},
            )
            return {row.value: row.times for row in rows}

    def check_the_books(self) -> None:
        """What must hold at any moment: counters are rows, and nothing is asked for twice."""
        with self.database.transaction() as connection:
            wrong = connection.execute(text(BOOKS)).all()
        assert wrong == []


BOOKS = """
    SELECT o.number, c.ordinal FROM operations o JOIN cells c ON c.operation_number = o.number
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(asked), 0) AS asked FROM batches b
        WHERE b.operation_number = o.number AND b.cell_ordinal = c.ordinal
    ) AS open_batches
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows FROM operation_values v
        WHERE v.operation_number = o.number AND v.cell_ordinal = c.ordinal
    ) AS rows
    CROSS JOIN LATERAL (
        SELECT count(*) AS again, count(*) FILTER (WHERE times = 2) AS twice
        FROM repeats r JOIN operation_values v USING (operation_number, position)
        WHERE r.operation_number = o.number AND v.cell_ordinal = c.ordinal
    ) AS repeats
    WHERE c.generated_count <> rows.rows
        OR (c.said_again, c.said_twice) IS DISTINCT FROM (repeats.again, repeats.twice)
        OR o.end_time IS NULL AND c.quota <> c.generated_count + c.open_count + open_batches.asked
    UNION ALL
    SELECT o.number, NULL FROM operations o
    WHERE o.generated_count <>
            (SELECT count(*) FROM operation_values v WHERE v.operation_number = o.number)
        OR o.generated_count <>
            (SELECT coalesce(max(position), 0) FROM operation_values v
             WHERE v.operation_number = o.number)
        OR o.asked <> o.generated_count + o.wasted
        OR o.requested_count <> (SELECT sum(quota) FROM cells WHERE operation_number = o.number)
"""


@pytest.fixture
def mill(database: Database) -> Mill:
    return Mill(database)


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{index}" for index in range(count)]


def work_off(mill: Mill, say: Callable[[Claim], list[str]]) -> None:
    """Claim and settle until there is nothing to claim."""
    while (claim := mill.claim()) is not None:
        mill.settle(claim, say(claim))
        mill.check_the_books()


def test_an_operation_from_submit_to_completed(mill: Mill) -> None:
    operation = mill.submit(25)
    assert mill.operation(operation)["status"] == "PENDING"
    work_off(mill, lambda claim: numbered(f"{claim.batch_id}-", claim.asked))
    done = mill.operation(operation)
    assert done["status"] == "COMPLETED"
    assert done["generated_count"] == len(set(mill.stored(operation))) == 25
    assert (done["prompts"], done["asked"], done["wasted"]) == (3, 25, 0)
    assert done["llm_model_name"] == "m"
    job = mill.job(operation)
    assert job["status"] == "COMPLETED"
    assert job["start_time"] is not None


def test_repeats_are_wasted_and_asked_for_again(mill: Mill) -> None:
    operation = mill.submit(20)
    mill.settle(mill.must_claim(), numbered("a", 10))
    settled = mill.settle(mill.must_claim(), [*numbered("a", 7), "new1", "new2", "new3"])
    assert list(settled.stored.values()) == [3]
    mill.check_the_books()
    now = mill.operation(operation)
    assert (now["generated_count"], now["wasted"], now["duplicates"]) == (13, 7, 7)
    assert now["open_count"] == 7


def test_a_model_that_says_too_much_fills_up_and_no_more(mill: Mill) -> None:
    operation = mill.submit(10)
    mill.settle(mill.must_claim(size=5), numbered("a", 5))
    # Two repeats among nine: the seven new ones cover the five asked for, two are left over.
    mill.settle(mill.must_claim(size=5), [*numbered("a", 2), *numbered("b", 7)])
    assert mill.stored(operation) == [*numbered("a", 5), *numbered("b", 5)]
    assert mill.operation(operation)["wasted"] == 0


def test_duplicates_are_stored_where_they_are_allowed(mill: Mill) -> None:
    operation = mill.submit(6, allow_duplicates=True)
    work_off(mill, lambda claim: ["same"] * claim.asked)
    assert mill.stored(operation) == ["same"] * 6


#: Of each, the first is stored, and all others are repeats of it.
SAME = [
    ["Noël", "Noe\u0308l", "No\u200bël"],
    ["An\u200bna", "Anna", "Anna\u2060"],
    ["Anna\xa0Maria", "Anna Maria", "Anna  Maria"],
]


def test_field_c1_what_looks_the_same_is_stored_once(mill: Mill) -> None:
    operation = mill.submit(30)
    for said in zip(*SAME, strict=True):
        mill.settle(mill.must_claim(size=5), [*said, "می\u200cخواهم", "میخواهم"])
        mill.check_the_books()
    firsts = [said[0] for said in SAME]
    assert mill.stored(operation) == [*firsts, "می\u200cخواهم", "میخواهم"]
    assert mill.operation(operation)["duplicates"] == 10
    assert mill.stored_repeats(operation) == dict.fromkeys(mill.stored(operation), 3)


def test_field_c1_prompts_settled_together_store_what_looks_the_same_once(mill: Mill) -> None:
    operation = mill.submit(30)
    reports = [
        Report(batch_id=mill.must_claim(size=5).batch_id, values=list(said), ended=Ended(said=3))
        for said in zip(*SAME, strict=True)
    ]
    mill.settle_all(*reports, number=mill.operation(operation)["number"])
    assert mill.stored(operation) == [said[0] for said in SAME]
    mill.check_the_books()


def test_field_c1_duplicates_that_are_allowed_may_look_the_same(mill: Mill) -> None:
    operation = mill.submit(9, allow_duplicates=True)
    said = [value for each in SAME for value in each]
    mill.settle(mill.must_claim(), said)
    assert mill.stored(operation) == said


STORE_AS_BEFORE = """
    WITH said AS MATERIALIZED (
        SELECT said.*, v.position FROM unnest(CAST(:values AS text[]), CAST(:digests AS uuid[]))
            WITH ORDINALITY AS said (value, digest, ordinality)
        LEFT JOIN operation_values v ON v.operation_number = :number AND v.digest = said.digest
    ), fresh AS MATERIALIZED (
        SELECT value, digest, generated_count + row_number() OVER (ORDER BY ordinality) AS place
        FROM said, operations WHERE position IS NULL AND number = :number
    ), inserted AS (
        INSERT INTO operation_values (operation_number, position, cell_ordinal, digest, value)
        SELECT :number, place, 0, digest, value FROM fresh
    ), cell AS (
        UPDATE cells SET open_count = open_count - (SELECT count(*) FROM fresh),
            generated_count = generated_count + (SELECT count(*) FROM fresh)
        WHERE operation_number = :number
    )
    UPDATE operations SET open_count = open_count - (SELECT count(*) FROM fresh),
        generated_count = generated_count + (SELECT count(*) FROM fresh),
        asked = asked + (SELECT count(*) FROM fresh)
    WHERE number = :number
"""


def store_as_before(mill: Mill, operation: uuid.UUID, said: Sequence[str]) -> None:
    """As the version before did, which knew a value by what it is alone."""
    with mill.database.transaction() as connection:
        connection.execute(
            text(STORE_AS_BEFORE),
            {
                "number": mill.operation(operation)["number"],
                "values": list(said),
                "digests": [digest(value) for value in said],
            },
        )


def test_field_c1_the_version_before_and_this_one_store_in_turns(mill: Mill) -> None:
    operation = mill.submit(40)
    store_as_before(mill, operation, ["Noe\u0308l", "Ben", "Zoë"])
    mill.settle(mill.must_claim(), ["Noël", "Ben", "Zo\u0065\u0308", "An\u200bna", "Cleo"])
    assert mill.stored(operation) == ["Noe\u0308l", "Ben", "Zoë", "An\u200bna", "Cleo"]
    # It finds all that it would store as it is, and may store what looks the same; nothing fails.
    store_as_before(mill, operation, ["Noe\u0308l", "An\u200bna", "Cleo"])
    store_as_before(mill, operation, ["Anna", "Noël", "Bo\xa0Li", "Bo\u3000Li"])
    assert mill.stored(operation)[5:] == ["Anna", "Noël", "Bo\xa0Li", "Bo\u3000Li"]
    mill.settle(mill.must_claim(), ["Anna", "An\u2060na", "Noël", "Noe\u0308l", "Bo Li", "Dora"])
    assert mill.stored(operation)[9:] == ["Dora"]
    mill.check_the_books()


def test_field_e5_an_operation_of_which_nothing_can_come_ends_with_the_reason(mill: Mill) -> None:
    operation = mill.submit(100, error_tolerance=1_000_000)
    other = mill.submit(5)
    first, second = mill.must_claim(), mill.must_claim()
    mill.settle(first, ["a", "b"], hopeless="its filter takes too long", cut_by_us=True)
    failed = mill.operation(operation)
    assert (failed["status"], failed["failure_reason"]) == ("FAILED", "its filter takes too long")
    assert mill.job(operation)["error_details"] == "its filter takes too long"
    assert mill.stored(operation) == ["a", "b"]
    assert mill.settle(second, ["c"]).stored == {}
    assert mill.must_claim().operation_id == other.hex
    mill.check_the_books()


def test_field_a15_values_that_take_too_long_to_filter_are_counted(mill: Mill) -> None:
    operation = mill.submit(10)
    report = Report(
        batch_id=mill.must_claim().batch_id,
        rejected=Counter(filter_timeout=4, refusal=2, empty=1),
        ended=Ended(said=7),
    )
    mill.settle_all(report, number=1)
    found = mill.operation(operation)
    assert [found[name] for name in ("rejected", "filter_timeout", "refusal", "empty")] == [
        *(7, 4, 2, 1)
    ]


def test_values_of_4000_four_byte_characters_can_be_told_apart(mill: Mill) -> None:
    operation = mill.submit(2, max_value_length=4000)
    long = "𒀀" * 3999
    mill.settle(mill.must_claim(), [long + "a", long + "b"])
    assert mill.stored(operation) == [long + "a", long + "b"]
    again = mill.submit(2, max_value_length=4000)
    mill.settle(mill.must_claim(size=1), [long + "a"])
    mill.settle(mill.must_claim(size=1), [long + "a"])
    assert mill.stored(again) == [long + "a"]


def test_settling_twice_counts_once(mill: Mill) -> None:
    operation = mill.submit(20)
    claim = mill.must_claim()
    assert mill.settle(claim, numbered("a", 10)).stored == {claim.batch_id: 10}
    assert mill.settle(claim, numbered("b", 10)).stored == {}
    assert mill.operation(operation)["generated_count"] == 10
    mill.check_the_books()


def test_a_zombie_that_wakes_after_its_lease_changes_nothing(mill: Mill) -> None:
    operation = mill.submit(10)
    zombie = mill.must_claim(lease=0.0)
    assert leases.return_expired(mill.database, PRODUCTS) == 1
    mill.check_the_books()
    heir = mill.must_claim(worker="w2")
    assert mill.settle(zombie, numbered("zombie", 10)).stored == {}
    assert mill.settle(heir, numbered("heir", 10)).status == "COMPLETED"
    assert mill.stored(operation) == numbered("heir", 10)
    assert mill.operation(operation)["lost_prompts"] == 1
    assert mill.operation(operation)["wasted"] == 0


def test_a_lease_that_is_renewed_is_not_swept(mill: Mill) -> None:
    mill.submit(10)
    claim = mill.must_claim(lease=0.0)
    with mill.database.transaction() as connection:
        alive = leases.heartbeat(connection, BATCHES, ids=[claim.batch_id, 999], lease_seconds=10)
    assert alive == {claim.batch_id}
    assert leases.return_expired(mill.database, PRODUCTS) == 0


def test_two_sweepers_return_a_lease_once(mill: Mill) -> None:
    mill.submit(100)
    for _ in range(SLOTS):
        mill.must_claim(lease=0.0)
    returned: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: returned.append(leases.return_expired(mill.database, PRODUCTS))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(returned) == SLOTS
    mill.check_the_books()


def test_a_restarted_worker_takes_back_what_it_had_at_once(mill: Mill) -> None:
    mill.submit(100)
    mill.must_claim(worker="w1", lease=3600)
    mill.must_claim(worker="w2", lease=3600)
    assert leases.return_all_of(mill.database, PRODUCTS, worker="w1") == 1
    mill.check_the_books()


def test_the_highest_priority_goes_first_and_the_oldest_within_it(mill: Mill) -> None:
    for priority in (0, 2**31 - 1, 5, -(2**31), 5):
        mill.submit(1, priority=priority)
    order = []
    while (claim := mill.claim()) is not None:
        order.append(claim.operation_number)
        mill.settle(claim, ["v"])
    assert order == [2, 3, 5, 1, 4]


def test_a_gateway_never_gets_more_than_its_slots(mill: Mill) -> None:
    mill.submit(1000)
    barrier = threading.Barrier(16)
    claimed: list[Claim | None] = []

    def rush() -> None:
        barrier.wait()
        claimed.append(mill.claim(size=1))

    threads = [threading.Thread(target=rush) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in claimed) == SLOTS
    mill.check_the_books()


def test_work_goes_to_a_gateway_that_has_the_model(mill: Mill) -> None:
    other = "http://127.0.0.1:2"
    mill.open_gateway(other, 1, models=["special"])
    mill.submit(10, llm_model_name="special", priority=1)
    mill.submit(10)
    claim = mill.must_claim(urls=[URL, other])
    assert (claim.gateway_url, claim.model) == (other, "special")
    # Its only slot is taken; what others can do goes on.
    claim = mill.must_claim(urls=[URL, other])
    assert (claim.gateway_url, claim.model) == (URL, "m")


def test_an_operation_keeps_the_model_that_it_began_with(mill: Mill) -> None:
    mill.submit(20)
    mill.must_claim()
    with mill.database.transaction() as connection:
        gateways.report(connection, url=URL, status="UP", models=["newer", "m"])
    assert mill.must_claim().model == "m"


def test_a_gateway_that_is_down_gets_no_work_and_the_job_says_why(mill: Mill) -> None:
    operation = mill.submit(10)
    assert mill.job(operation)["waiting"] is None
    with mill.database.transaction() as connection:
        gateways.report(connection, url=URL, status="DOWN", reason="nobody answers")
    assert mill.claim() is None
    assert (
        f"no model server can be reached: {URL} (nobody answers)"
        in (mill.job(operation)["waiting"])
    )
    with mill.database.transaction() as connection:
        gateways.report(connection, url=URL, status="UP", models=["m"])
    assert mill.job(operation)["waiting"] is None
    mill.must_claim()


def test_a_missing_model_is_waited_for_and_named(mill: Mill) -> None:
    operation = mill.submit(10, llm_model_name="llama9")
    assert mill.claim() is None
    assert 'run "ollama pull llama9"' in mill.job(operation)["waiting"]


def test_every_combination_of_attributes_gets_its_share(mill: Mill) -> None:
    operation = mill.submit(
        100,
        attributes=(
            Attribute(values=("Italian", "")),
            Attribute(label="Gender", values=("f", "m", "x")),
        ),
    )
    seen: Counter[tuple[tuple[str | None, str], ...]] = Counter()

    def say(claim: Claim) -> list[str]:
        seen[claim.attributes] += claim.asked
        return numbered(f"{claim.batch_id}-", claim.asked)

    work_off(mill, say)
    assert mill.operation(operation)["status"] == "COMPLETED"
    assert sorted(seen.values()) == [16, 16, 17, 17, 17, 17]
    assert ((None, "Italian"), ("Gender", "f")) in seen
    assert (("Gender", "f"),) in seen  # "" leaves its attribute out


def test_the_tolerance_is_used_up_exactly(mill: Mill) -> None:
    """Of 10 values 30% may be wasted: the third is within it, the fourth is not."""
    operation = mill.submit(10, error_tolerance=30)
    for wasted in (1, 2, 3):
        assert mill.settle(mill.must_claim(size=1), []).status == "STARTED"
        assert mill.operation(operation)["wasted"] == wasted
    assert mill.settle(mill.must_claim(size=1), [], failure="it sulks").status == "FAILED"
    failed = mill.operation(operation)
    assert failed["wasted"] == 4
    assert "it sulks" in failed["failure_reason"]
    assert mill.job(operation)["status"] == "FAILED"
    assert mill.job(operation)["error_details"] == failed["failure_reason"]
    assert mill.claim() is None


def test_no_tolerance_allows_no_waste(mill: Mill) -> None:
    operation = mill.submit(10, error_tolerance=0)
    mill.settle(mill.must_claim(), numbered("a", 9))
    failed = mill.operation(operation)
    assert failed["status"] == "FAILED"
    assert failed["generated_count"] == 9  # it keeps what it has


def test_a_batch_given_back_wastes_nothing(mill: Mill) -> None:
    operation = mill.submit(10, error_tolerance=0)
    claim = mill.must_claim()
    mill.database.run(
        lambda connection: give_back(
            connection, batches=[claim.batch_id], operation_number=claim.operation_number
        )
    )
    mill.check_the_books()
    now = mill.operation(operation)
    assert (now["open_count"], now["asked"], now["wasted"], now["lost_prompts"]) == (10, 0, 0, 0)


def test_a_prompt_that_we_cut_answers_only_for_what_it_said(mill: Mill) -> None:
    operation = mill.submit(20)
    mill.settle(mill.must_claim(), numbered("a", 4), cut_by_us=True)
    now = mill.operation(operation)
    assert (now["generated_count"], now["asked"], now["wasted"]) == (4, 4, 0)
    mill.check_the_books()


def test_a_dry_cell_hands_over_and_says_so(mill: Mill) -> None:
    operation = mill.submit(40, attributes=(Attribute(values=("dry", "rich")),))

    def say(claim: Claim) -> list[str]:
        dry = claim.attributes == ((None, "dry"),)
        return [] if dry else numbered(f"{claim.batch_id}-", claim.asked)

    with mill.database.transaction() as connection:
        connection.execute(text("UPDATE operations SET error_tolerance = 1000"))
    work_off(mill, say)
    done = mill.operation(operation)
    assert done["status"] == "COMPLETED"
    assert "1 of 2 combinations" in done["warning"]
    assert done["wasted"] >= BARREN_LIMIT


def test_many_refused_values_are_warned_of_as_long_as_there_are_many(mill: Mill) -> None:
    operation = mill.submit(1_000, error_tolerance=1_000)

    def answer(number: int, *, good: int, echoes: int) -> Any:
        claim = mill.must_claim()
        report = Report(
            batch_id=claim.batch_id,
            values=numbered(f"{number}-", good),
            rejected=Counter(echo=echoes),
            ended=Ended(said=good + echoes),
        )
        mill.settle_all(report, number=claim.operation_number)
        return mill.job(operation)["warning"]

    warned = [answer(number, good=2, echoes=8) for number in range(REACH_EVERY)][-1]
    assert "Of 40 values that the model said, 32 were echoes of the request" in str(warned)
    better = [answer(10 + number, good=10, echoes=0) for number in range(3 * REACH_EVERY)][-1]
    assert better is None


def test_a_cell_that_goes_dry_leaves_the_warning_of_refused_values(mill: Mill) -> None:
    operation = mill.submit(
        2_000, attributes=(Attribute(values=("dry", "rich")),), error_tolerance=1_000
    )
    warned = ""
    while "1 of 2 combinations" not in warned:
        claim = mill.must_claim(size=10)
        is_dry = claim.attributes == ((None, "dry"),)
        report = Report(
            batch_id=claim.batch_id,
            values=[] if is_dry else numbered(f"{claim.batch_id}-", claim.asked),
            rejected=Counter(echo=claim.asked) if is_dry else Counter(),
            ended=Ended(said=claim.asked),
        )
        mill.settle_all(report, number=claim.operation_number)
        warned = mill.job(operation)["warning"] or ""
    assert "echoes of the request" in warned


def test_cancelling_keeps_the_values_and_fences_the_workers(mill: Mill) -> None:
    operation = mill.submit(30)
    mill.settle(mill.must_claim(), numbered("a", 10))
    running = mill.must_claim()
    with mill.database.transaction() as connection:
        operations.cancel(connection, operation_id=operation, account_id=mill.account)
        assert not leases.heartbeat(connection, BATCHES, ids=[running.batch_id], lease_seconds=9)
    assert mill.settle(running, numbered("b", 10)).stored == {}
    assert mill.claim() is None
    cancelled = mill.operation(operation)
    assert cancelled["status"] == "FAILED"
    assert "cancelled" in cancelled["failure_reason"]
    assert mill.stored(operation) == numbered("a", 10)
    assert mill.job(operation)["status"] == "CANCELED"
    with pytest.raises(Conflict), mill.database.transaction() as connection:
        operations.cancel(connection, operation_id=operation, account_id=mill.account)


def test_a_cancelled_prompt_holds_its_slot_until_its_worker_has_let_go(mill: Mill) -> None:
    operation = mill.submit(1000)
    running = [mill.must_claim(size=1) for _ in range(SLOTS)]
    with mill.database.transaction() as connection:
        operations.cancel(connection, operation_id=operation, account_id=mill.account)
    mill.submit(10)
    assert mill.claim() is None
    assert mill.settle(running[0], ["v"]).stored == {}
    mill.must_claim()
    mill.check_the_books()


def test_a_worker_that_died_does_not_hold_the_slots_of_a_cancelled_operation(mill: Mill) -> None:
    operation = mill.submit(1000)
    for _ in range(SLOTS):
        mill.must_claim(size=1, lease=0.0)
    with mill.database.transaction() as connection:
        operations.cancel(connection, operation_id=operation, account_id=mill.account)
    assert leases.return_expired(mill.database, PRODUCTS) == SLOTS
    mill.submit(10)
    mill.must_claim()
    mill.check_the_books()


def test_a_removal_that_was_interrupted_is_taken_up_again(
    mill: Mill, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = mill.submit(50)
    work_off(mill, lambda claim: numbered(f"{claim.batch_id}-", claim.asked))
    with mill.database.transaction() as connection:
        operations.delete(connection, operation_id=operation, account_id=mill.account)
        # As if another sweeper had been stopped half way through.
        connection.execute(text("DELETE FROM operation_values WHERE position < 20"))
    monkeypatch.setattr(removal, "CHUNK", 7)
    assert removal.remove_deleted(mill.database) == 1
    with mill.database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM operation_values")) == 0


def test_a_gateway_that_was_busy_is_left_alone_and_then_comes_last(mill: Mill) -> None:
    well = "http://127.0.0.1:2"
    mill.open_gateway(well, 2)
    mill.submit(1000)
    with mill.database.transaction() as connection:
        gateways.report(connection, url=URL, status="BUSY", reason="503", pause=60)
    both = [URL, well]
    assert [mill.must_claim(size=1, urls=both).gateway_url for _ in range(2)] == [well, well]
    assert mill.claim(urls=both) is None
    with mill.database.transaction() as connection:
        gateways.report(connection, url=URL, status="BUSY", reason="503 again")
    assert mill.must_claim(urls=both).gateway_url == URL


def test_deleting_hides_at_once_and_removes_later(mill: Mill) -> None:
    operation = mill.submit(30)
    mill.settle(mill.must_claim(), numbered("a", 10))
    late = mill.must_claim()
    with mill.database.transaction() as connection:
        operations.delete(connection, operation_id=operation, account_id=mill.account)
    with pytest.raises(NotFound):
        mill.operation(operation)
    assert mill.job(operation)["status"] == "CANCELED"
    # A prompt that still runs keeps the record, so that it keeps its slot.
    assert removal.remove_deleted(mill.database) == 0
    assert mill.settle(late, numbered("b", 10)).stored == {}
    assert removal.remove_deleted(mill.database) == 1
    with mill.database.transaction() as connection:
        for table in ("operations", "cells", "batches", "operation_values"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


@pytest.mark.parametrize(
    ("retention", "expires"), [(None, False), (0, True), (3600, False), (2**63 - 1, False)]
)
def test_values_and_record_go_when_their_retention_is_over(
    mill: Mill, retention: int | None, expires: bool
) -> None:
    operation = mill.submit(1, retention_time=retention)
    assert mill.operation(operation)["expiration_time"] is None
    mill.settle(mill.must_claim(), ["v"])
    assert removal.expire(mill.database) == int(expires)
    if expires:
        with pytest.raises(NotFound):
            mill.operation(operation)
    else:
        ended = mill.operation(operation)
        assert (ended["expiration_time"] is None) == (retention is None)


def test_nobody_reads_or_touches_another_accounts_operation(mill: Mill) -> None:
    operation = mill.submit(10)
    with mill.database.transaction() as connection:
        key = accounts.create_key(connection, account="stranger", name="")
        stranger = accounts.authenticate(connection, key=key).id
    for act in (operations.get, operations.cancel, operations.delete):
        with pytest.raises(NotFound), mill.database.transaction() as connection:
            act(connection, operation_id=operation, account_id=stranger)
    assert mill.operation(operation)["status"] == "PENDING"


def test_a_claim_cannot_exceed_what_a_cell_lacks(mill: Mill) -> None:
    mill.submit(7)
    assert mill.must_claim(size=10**6).asked == 7
    assert mill.claim() is None


def test_wakeups_are_wanted_while_there_is_work_and_a_slot(mill: Mill) -> None:
    assert sweep.wanted_wakeups(mill.database, PRODUCTS) == 0
    mill.submit(1000)
    assert sweep.wanted_wakeups(mill.database, PRODUCTS) == SLOTS
    for _ in range(SLOTS):
        mill.must_claim(size=1)
    assert sweep.wanted_wakeups(mill.database, PRODUCTS) == 0


def test_values_are_stored_while_their_answer_is_under_way(mill: Mill) -> None:
    operation = mill.submit(20)
    claim = mill.must_claim()
    assert mill.report(claim, numbered("a", 3)).stored == {claim.batch_id: 3}
    mill.check_the_books()
    assert mill.operation(operation)["generated_count"] == 3
    assert mill.operation(operation)["asked"] == 3
    assert mill.report(claim, numbered("a", 5)[2:]).stored == {claim.batch_id: 2}
    mill.check_the_books()
    # The whole answer counts once, and the repeat in it is wasted.
    assert mill.settle(claim, numbered("b", 4), repeated=1).stored == {claim.batch_id: 4}
    mill.check_the_books()
    now = mill.operation(operation)
    assert (now["prompts"], now["asked"], now["wasted"]) == (1, 10, 1)
    assert (now["generated_count"], now["duplicates"]) == (9, 2)


def test_a_report_whose_answer_was_lost_is_settled_once(mill: Mill) -> None:
    """The commit took effect, the connection broke, and the worker says it all again."""
    operation = mill.submit(20, allow_duplicates=True)
    claim = mill.must_claim()
    mill.report(claim, ["a", "b"])
    report = Report(batch_id=claim.batch_id, values=["c", "c", "d"], stored_before=2)
    for _ in range(2):
        settled = mill.settle_all(report, number=claim.operation_number)
        assert settled.stored == {claim.batch_id: 3}
        mill.check_the_books()
    assert mill.stored(operation) == ["a", "b", "c", "c", "d"]
    mill.settle(claim, ["e"])
    assert mill.stored(operation) == ["a", "b", "c", "c", "d", "e"]


def test_a_killed_worker_loses_only_what_was_not_reported(mill: Mill) -> None:
    operation = mill.submit(10)
    claim = mill.must_claim()
    mill.report(claim, numbered("a", 6))
    assert leases.return_all_of(mill.database, PRODUCTS, worker="w1") == 1
    mill.check_the_books()
    now = mill.operation(operation)
    assert (now["generated_count"], now["open_count"], now["wasted"]) == (6, 4, 0)
    assert mill.report(claim, ["zombie"]).stored == {}
    assert mill.must_claim().asked == 4


def test_the_last_value_waits_for_the_end_of_its_answer(mill: Mill) -> None:
    operation = mill.submit(3)
    claim = mill.must_claim()
    assert mill.report(claim, ["a", "b", "c"]).status == "STARTED"
    mill.check_the_books()
    assert mill.operation(operation)["generated_count"] == 2
    done = mill.settle(claim, ["c"], output_tokens=9)
    assert done.status == "COMPLETED"
    assert done.ended
    assert mill.operation(operation)["output_tokens"] == 9


def test_prompts_settled_together_get_each_what_is_theirs(mill: Mill) -> None:
    operation = mill.submit(12)
    first, second, third = (mill.must_claim(size=4) for _ in range(3))
    settled = mill.settle_all(
        Report(batch_id=first.batch_id, values=["a", "b", "c", "d", "e"], ended=Ended(said=5)),
        Report(batch_id=second.batch_id, values=["b", "x", "y"], ended=Ended(said=3)),
        Report(batch_id=third.batch_id, values=["b", "z"]),
        number=first.operation_number,
    )
    mill.check_the_books()
    assert settled.stored == {first.batch_id: 4, second.batch_id: 2, third.batch_id: 1}
    assert mill.stored(operation) == ["a", "b", "c", "d", "x", "y", "z"]
    now = mill.operation(operation)
    assert (now["prompts"], now["asked"], now["wasted"]) == (2, 9, 2)
    assert (now["duplicates"], now["open_count"]) == (2, 2)
    assert mill.stored_repeats(operation) == {"b": 3}


def test_prompts_settled_together_where_duplicates_are_allowed(mill: Mill) -> None:
    operation = mill.submit(6, allow_duplicates=True)
    first, second = (mill.must_claim(size=3) for _ in range(2))
    mill.settle_all(
        Report(batch_id=first.batch_id, values=["a"] * 5, ended=Ended(said=5)),
        Report(batch_id=second.batch_id, values=["a", "b", "b"], ended=Ended(said=3)),
        number=first.operation_number,
    )
    mill.check_the_books()
    assert mill.stored(operation) == ["a", "a", "a", "a", "b", "b"]
    assert mill.operation(operation)["status"] == "COMPLETED"


def test_repeats_are_counted_by_value(mill: Mill) -> None:
    operation = mill.submit(100)
    for said in (["a", "b", "c"], ["a", "b"], ["a"], ["a", "d"]):
        mill.settle(mill.must_claim(size=4), said)
        mill.check_the_books()
    assert mill.stored_repeats(operation) == {"a": 4, "b": 2}


def test_a_slot_is_free_as_soon_as_its_answer_is_whole(mill: Mill) -> None:
    mill.submit(100)
    busy = [mill.must_claim(size=1) for _ in range(SLOTS)]
    assert mill.claim() is None
    heir = mill.must_claim(let_go=busy[0].batch_id)
    assert mill.claim() is None
    mill.check_the_books()
    assert mill.settle(busy[0], ["a"]).stored == {busy[0].batch_id: 1}
    assert mill.claim() is None
    assert mill.settle(heir, ["b"]).stored == {heir.batch_id: 1}
    assert mill.claim() is not None


def test_a_claim_sees_what_is_asked_beside_it(mill: Mill) -> None:
    mill.submit(100)
    mill.must_claim(size=5, focus="K")
    seen: list[Outlook] = []

    def plan(outlook: Outlook) -> Wanted:
        seen.append(outlook)
        return Wanted(asked=1, focus=None)

    mill.database.run(
        lambda connection: claims.claim(
            connection, worker="w", gateways=[URL], lease_seconds=9, plan=plan
        )
    )
    [outlook] = seen
    assert list(outlook.beside) == [("K", 5)]
    assert outlook.open_count == 95
    assert [(each.gateway_url, each.stored, each.asked) for each in outlook.under_way] == [
        (URL, 0, 5)
    ]
    assert outlook.free_slots == SLOTS - 1
    assert outlook.slots == {URL: SLOTS}


@pytest.mark.parametrize(("worker", "seen"), [("w", []), ("another", ["K"])])
def test_only_its_own_worker_knows_what_a_whole_answer_brought(
    mill: Mill, worker: str, seen: list[str]
) -> None:
    mill.submit(100)
    whole = mill.must_claim(size=5, focus="K", worker="w")
    mill.must_claim(size=5, focus="L", worker="w", let_go=whole.batch_id)
    found: list[str | None] = []

    def plan(outlook: Outlook) -> Wanted:
        found.extend(focus for focus, _ in outlook.beside)
        return Wanted(asked=1, focus=None)

    mill.database.run(
        lambda connection: claims.claim(
            connection, worker=worker, gateways=[URL], lease_seconds=9, plan=plan
        )
    )
    assert found == [*seen, "L"]


def test_what_came_of_a_steered_prompt_is_told_to_the_others(mill: Mill) -> None:
    mill.submit(100)
    claims_ = [mill.must_claim(size=5, focus=focus, worker="w") for focus in "KLMN"]
    some, none, broken, cut = claims_
    mill.settle(some, ["Karl", "Kurt"])
    mill.settle(none, [])
    # Neither of these shows that there is nothing.
    mill.settle(broken, [], failure="talk", fault="broken")
    mill.settle(cut, [], cut_by_us=True)

    def told(worker: str) -> list[tuple[str, int, int, int]]:
        with mill.database.transaction() as connection:
            rows = lookahead.newer_outcomes(
                connection,
                operation_number=some.operation_number,
                cells=[some.cell_ordinal],
                after=0,
                until=100,
                not_of=worker,
            )
        return [(row.focus, row.asked, row.said, row.fresh) for row in rows]

    assert told("another") == [("K", 5, 2, 2), ("L", 5, 0, 0)]
    assert told("w") == []


def test_the_time_without_a_prompt_is_waiting(mill: Mill) -> None:
    operation = mill.submit(100)
    assert mill.operation(operation)["waiting_since"] is not None
    first, second = mill.must_claim(size=5), mill.must_claim(size=5)
    assert mill.operation(operation)["waiting_since"] is None
    assert mill.operation(operation)["waiting_seconds"] > 0
    mill.settle(first, ["a"])
    assert mill.operation(operation)["waiting_since"] is None
    mill.settle(second, ["b"])
    assert mill.operation(operation)["waiting_since"] is not None
    third = mill.must_claim()
    mill.database.run(
        lambda connection: give_back(
            connection, batches=[third.batch_id], operation_number=third.operation_number
        )
    )
    assert mill.operation(operation)["waiting_since"] is not None


def test_claims_made_together_are_as_good_as_one_by_one(mill: Mill) -> None:
    low = mill.submit(100)
    urgent = mill.submit(4, priority=1)
    done = mill.must_claim(size=2)
    found = mill.database.run(
        lambda connection: claims.claim(
            connection,
            worker="w1",
            gateways=[URL],
            lease_seconds=10,
            plan=lambda _: Wanted(asked=2, focus=None),
            let_go=[None, done.batch_id, None, None, None],
        )
    )
    mill.check_the_books()
    ids = [None if claim is None else claim.operation_id for claim in found]
    # Three slots were free, and the one that was let go; the fifth is to be asked for again.
    assert ids == [urgent.hex, low.hex, low.hex, low.hex]
    assert mill.claim() is None


def test_settling_tells_when_there_is_work_again(mill: Mill) -> None:
    mill.submit(20)
    first, second = mill.must_claim(), mill.must_claim()
    assert not mill.settle(first, numbered("a", 10)).reopened
    assert mill.settle(second, numbered("b", 7)).reopened
    third = mill.must_claim(size=2)
    # One value was waiting all the time.
    assert not mill.settle(third, ["a0"]).reopened


def test_of_prompts_settled_together_no_more_count_than_decide_it(mill: Mill) -> None:
    operation = mill.submit(10, error_tolerance=30)
    batches = [mill.must_claim(size=2) for _ in range(SLOTS)]
    settled = mill.settle_all(
        *(Report(batch_id=each.batch_id, ended=Ended(said=0)) for each in batches),
        number=batches[0].operation_number,
    )
    mill.check_the_books()
    assert settled.status == "FAILED"
    # Three values may be wasted: the second batch of two decides it.
    assert mill.operation(operation)["wasted"] == 4
    with mill.database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM batches")) == 0


def test_field_e2_operations_settled_together_get_each_what_is_theirs(mill: Mill) -> None:
    mill.open_gateway(URL, 10)
    done, failed, again, cancelled = (
        mill.submit(2),
        mill.submit(4, error_tolerance=0),
        mill.submit(3, allow_duplicates=True),
        mill.submit(5),
    )
    claims_ = {}
    for operation in (done, failed, again, cancelled):
        number = mill.operation(operation)["number"]
        while mill.operation(operation)["open_count"]:
            claims_.setdefault(number, []).append(mill.must_claim(size=2))
    with mill.database.transaction() as connection:
        operations.cancel(connection, operation_id=cancelled, account_id=mill.account)
    reports = {
        number: [
            Report(
                batch_id=claim.batch_id,
                # The same values in each: operations know nothing of each other.
                values=["a", "b", "a"] if number != 2 or claim is made[0] else [],
                ended=Ended(said=3),
            )
            for claim in made
        ]
        for number, made in claims_.items()
    }
    reports[99] = [Report(batch_id=99, values=["gone"], ended=Ended(said=1))]
    settled = mill.database.run(lambda connection: settle(connection, reports))
    mill.check_the_books()
    assert {number: each.status for number, each in settled.items()} == {
        1: "COMPLETED",
        2: "FAILED",
        3: "COMPLETED",
        4: "FAILED",
        99: None,
    }
    assert mill.stored(done) == mill.stored(failed) == ["a", "b"]
    assert mill.stored(again) == ["a", "b", "a"]
    assert mill.stored(cancelled) == []
    assert settled[4].stored == {}
    assert settled[3].stored == {claims_[3][0].batch_id: 2, claims_[3][1].batch_id: 1}
    with mill.database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM batches")) == 0


def test_field_e2_a_claim_that_holds_an_operation_waits_for_no_other(mill: Mill) -> None:
    mill.submit(1, priority=1)
    mill.submit(1)
    with mill.database.transaction() as settling, mill.database.transaction() as claiming:
        settling.execute(text("SELECT FROM operations WHERE number = 2 FOR NO KEY UPDATE"))
        claiming.execute(text("SET LOCAL lock_timeout = 500"))
        found = claims.claim(
            claiming,
            worker="w",
            gateways=[URL],
            lease_seconds=10,
            plan=lambda _: Wanted(asked=1, focus=None),
            let_go=[None, None],
        )
    assert [claim and claim.operation_number for claim in found] == [1]
    assert mill.must_claim().operation_number == 2


def test_a_claim_that_waited_for_what_was_cancelled_finds_other_work(mill: Mill) -> None:
    gone = [mill.submit(1) for _ in range(2)]
    mill.submit(1)
    claimed: list[Claim | None] = []
    claiming = threading.Thread(target=lambda: claimed.append(mill.claim()))
    with mill.database.transaction() as second:
        end_for_client(second, operation_id=gone[1], state=JobState.CANCELED)
        with mill.database.transaction() as first:
            end_for_client(first, operation_id=gone[0], state=JobState.CANCELED)
            claiming.start()
            _wait_for_a_lock(mill.database)
        _wait_for_a_lock(mill.database)
    claiming.join()
    assert [claim and claim.operation_number for claim in claimed] == [3]


def test_field_e2_a_crowd_of_operations_is_worked_off_by_urgency(mill: Mill) -> None:
    """Many at once claim, renew and settle operations of one value each, and nobody waits for ever.

    Each settles what it has of several operations together, in an order of its own. Nothing is run
    again: a deadlock would be an error.
    """
    count, hands, slots = 120, 4, 16
    mill.open_gateway(URL, slots)
    for number in range(count):
        mill.submit(1, priority=number % 3)
    taken: list[list[Claim]] = [[] for _ in range(hands)]
    done = threading.Event()

    def work(hand: int) -> None:
        chance = random.Random(hand)
        while _is_at_work(mill.database):
            held = _several(mill, slots // hands, worker=f"w{hand}")
            taken[hand] += held
            chance.shuffle(held)
            reports = {
                each.operation_number: [
                    Report(batch_id=each.batch_id, values=["a"], ended=Ended(said=1))
                ]
                for each in held
            }
            with mill.database.transaction() as connection:
                settle(connection, reports)

    def renew() -> None:
        while not done.is_set():
            ids = [each.batch_id for of_one in taken for each in of_one[-slots:]]
            with mill.database.transaction() as connection:
                leases.heartbeat(connection, BATCHES, ids=ids, lease_seconds=10)

    with ThreadPoolExecutor(hands + 1) as threads:
        renewing = threads.submit(renew)
        working = [threads.submit(work, hand) for hand in range(hands)]
        for each in working:
            each.result()
        done.set()
        renewing.result()
    mill.check_the_books()
    # Ids are given in the order of claims.
    claimed = sorted((each for of_one in taken for each in of_one), key=lambda each: each.batch_id)
    order = [each.operation_number for each in claimed]
    assert order == sorted(order, key=lambda number: (-((number - 1) % 3), number))
    assert len(order) == count


def _is_at_work(database: Database) -> bool:
    with database.transaction() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM operations WHERE has_work")))


def _several(mill: Mill, most: int, *, worker: str) -> list[Claim]:
    with mill.database.transaction() as connection:
        found = claims.claim(
            connection,
            worker=worker,
            gateways=[URL],
            lease_seconds=10,
            plan=lambda _: Wanted(asked=1, focus=None),
            let_go=[None] * most,
        )
    return [each for each in found if each is not None]


@pytest.mark.parametrize("rows", ["operations WHERE number", "batches WHERE id"])
def test_field_e2_settling_takes_its_locks_in_order(mill: Mill, rows: str) -> None:
    """Whoever holds the first of its rows does not have to wait for the second."""
    for _ in range(2):
        mill.submit(2)
    made = [mill.must_claim(size=2), mill.must_claim(size=2)]
    reports = {
        claim.operation_number: [
            Report(batch_id=claim.batch_id, values=["a", "b"], ended=Ended(said=2))
        ]
        for claim in reversed(made)
    }
    settled: list[dict[int, Settled]] = []
    settling = threading.Thread(
        target=lambda: settled.append(
            mill.database.run(lambda connection: settle(connection, reports))
        )
    )
    with mill.database.transaction() as connection:
        lock = f"SELECT FROM {rows} = :one FOR NO KEY UPDATE"
        # Both have the numbers 1 and 2.
        connection.execute(text(lock), {"one": 1})
        settling.start()
        _wait_for_a_lock(mill.database)
        connection.execute(text(f"{lock} NOWAIT"), {"one": 2})
    settling.join()
    assert {each.status for each in settled[0].values()} == {"COMPLETED"}


def test_a_job_never_seems_to_have_changed_before_it_did(mill: Mill) -> None:
    """Who asks for what has changed since the last look must not miss it."""
    operation = mill.submit(3)
    slow, fast, last = (mill.must_claim(size=1) for _ in range(3))
    reports = {
        slow.operation_number: [
            Report(batch_id=slow.batch_id, values=["a"], ended=Ended(said=1)),
            Report(batch_id=last.batch_id, values=["b"], ended=Ended(said=1)),
        ]
    }
    with mill.database.transaction() as connection:
        connection.execute(text("SELECT now()"))
        mill.settle(fast, ["c"])
        seen = mill.job(operation)["update_time"]
        settle(connection, reports)
    job = mill.job(operation)
    assert job["status"] == "COMPLETED"
    assert job["update_time"] > seen


def test_settling_for_an_ended_operation_takes_its_locks_in_order(mill: Mill) -> None:
    ended = mill.submit(2)
    mill.submit(2)
    made = [mill.must_claim(size=2), mill.must_claim(size=2)]
    mill.database.run(
        lambda connection: operations.cancel(
            connection, operation_id=ended, account_id=mill.account
        )
    )
    reports = {
        claim.operation_number: [Report(batch_id=claim.batch_id, ended=Ended(said=0))]
        for claim in made
    }
    _holds_nothing_while_it_waits(
        mill.database, lambda: mill.database.run(lambda connection: settle(connection, reports))
    )


def _give_back_all(connection: Connection) -> None:
    give_back(connection, batches=[1, 2], operation_number=1)


def _end(connection: Connection) -> None:
    found = connection.execute(text("SELECT id FROM operations")).scalar_one()
    end_for_client(connection, operation_id=found, state=JobState.CANCELED)


@pytest.mark.parametrize("work", [_give_back_all, _end])
def test_batches_of_an_operation_are_locked_in_order(
    mill: Mill, work: Callable[[Connection], None]
) -> None:
    mill.submit(2)
    made = [mill.must_claim(size=1), mill.must_claim(size=1)]
    with mill.database.transaction() as connection:
        # What was renewed stands behind the others in its table.
        leases.heartbeat(connection, BATCHES, ids=[made[0].batch_id], lease_seconds=10)

    def in_the_order_of_the_table(connection: Connection) -> None:
        connection.execute(text("SET LOCAL enable_indexscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        work(connection)

    _holds_nothing_while_it_waits(
        mill.database, lambda: mill.database.run(in_the_order_of_the_table)
    )


def _holds_nothing_while_it_waits(database: Database, work: Callable[[], object]) -> None:
    """Whoever holds the first of two batches does not have to wait for the second."""
    working = threading.Thread(target=work)
    with database.transaction() as connection:
        # A row that is another one by the time that it is let go.
        connection.execute(text("UPDATE batches SET lease_until = lease_until WHERE id = 1"))
        working.start()
        _wait_for_a_lock(database)
        connection.execute(text("SELECT FROM batches WHERE id = 2 FOR NO KEY UPDATE NOWAIT"))
    working.join()
    with database.transaction() as connection:
        left = "SELECT count(*) FROM batches WHERE NOT closing"
        assert connection.scalar(text(left)) == 0


def test_operations_of_several_accounts_expire_one_account_at_a_time(mill: Mill) -> None:
    """The end of each transaction locks the account: of several, in any order."""
    for _ in range(2):
        mill.submit(1, retention_time=0)
        mill.settle(mill.must_claim(), ["v"])
    with mill.database.transaction() as connection:
        connection.execute(text("INSERT INTO accounts (name) VALUES ('another')"))
        connection.execute(text("UPDATE operations SET account_id = 2 WHERE number = 2"))
    expiring = threading.Thread(target=lambda: removal.expire(mill.database))
    with mill.database.transaction() as connection:
        lock = "SELECT FROM accounts WHERE id = :one FOR NO KEY UPDATE"
        connection.execute(text(lock), {"one": 2})
        expiring.start()
        _wait_for_a_lock(mill.database)
        connection.execute(text(f"{lock} NOWAIT"), {"one": 1})
    expiring.join()
    with mill.database.transaction() as connection:
        gone = "SELECT count(*) FROM operations WHERE deleted_at IS NOT NULL"
        assert connection.scalar(text(gone)) == 2


def _wait_for_a_lock(database: Database) -> None:
    def waits() -> bool:
        with database.transaction() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

    wait_until(waits, seconds=10, what="the settling to wait for a lock")
