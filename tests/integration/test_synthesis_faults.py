"""Safe copies that are cancelled, killed, and in the way of others: targets end as they should."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from deploy.local.secrets import SecretsFile
from deploy.local.stack import LocalStack
from deploy.shop import loading
from shared.synthesis.modes import KeyMethod
from shared.synthesis.run import Run
from tests.support.copies import Copies, contents, counts, dump, execute, open_copies, rows
from tests.support.processes import step_processes
from tests.support.waiting import wait_until

pytestmark = pytest.mark.stack


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Nobody else reads or writes a table meanwhile."""
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield


def states(copies: Copies, run: Run) -> dict[str, set[str]]:
    """The states of a run's steps, by their kinds."""
    with copies.database.transaction() as connection:
        found = connection.execute(
            text(
                """
                SELECT s.kind, array_agg(DISTINCT s.state) FROM steps s
                JOIN runs r ON r.number = s.run_number WHERE r.id = :id GROUP BY s.kind
                """
            ),
            {"id": run.id},
        )
        return {kind: set(of_kind) for kind, of_kind in found}


#: Of steps that have begun.
BEGUN = ("CLAIMED", "HELD", "DONE")


def wait_for_step(copies: Copies, run: Run, kind: str, *wanted: str) -> None:
    """Wait until a step of this kind is in one of these states."""
    wait_until(lambda: bool({*wanted} & states(copies, run).get(kind, set())), what=kind)


def workers(copying: LocalStack) -> dict[str, int]:
    return {n: pid for n, pid in copying.info.pids.items() if n.startswith("worker")}


def all_processes(copying: LocalStack) -> list[int]:
    return [pid for worker in workers(copying).values() for pid in step_processes(worker)]


@pytest.fixture(scope="module")
def copies(copying: LocalStack, copying_folder: Path) -> Iterator[Copies]:
    """One client for all of these tests."""
    loading.empty(copying.info.shop_copy_url)
    with open_copies(copying, copying_folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled(copies: Copies) -> tuple[uuid.UUID, str, dict[str, list[str]]]:
    """An engine whose target was filled once, undisturbed, with a seed; and how that was."""
    target = copies.info.shop_copy_url
    engine, run = copies.create(copies.info.shop_url, target, key_method=KeyMethod.HASH)
    copies.succeed(run)
    copies.set(engine, use_seed=True)
    copies.succeed(copies.start(engine))
    return engine, dump(target), contents(target)


@pytest.fixture
def engine(filled: tuple[uuid.UUID, str, dict[str, list[str]]]) -> uuid.UUID:
    return filled[0]


@pytest.fixture
def schema(filled: tuple[uuid.UUID, str, dict[str, list[str]]]) -> str:
    return filled[1]


@pytest.fixture
def undisturbed(filled: tuple[uuid.UUID, str, dict[str, list[str]]]) -> dict[str, list[str]]:
    return filled[2]


def check_free(copies: Copies, run: Run) -> None:
    """Nothing of a run is left: no claim, no step, no repair."""
    with copies.database.transaction() as connection:
        left = connection.execute(
            text(
                """
                SELECT (SELECT count(*) FROM step_claims c WHERE c.run_number = r.number),
                    (SELECT count(*) FROM steps s WHERE s.run_number = r.number
                        AND s.state NOT IN ('DONE', 'DROPPED')),
                    (SELECT count(*) FROM repairs p WHERE p.run_number = r.number
                        AND p.done_at IS NULL)
                FROM runs r WHERE r.id = :id
                """
            ),
            {"id": run.id},
        ).one()
    assert tuple(left) == (0, 0, 0)


@pytest.mark.parametrize(
    ("locks", "after", "phase"),
    [
        pytest.param("source", None, "plan", marks=pytest.mark.field),
        # Whatever of the target's preparation has come so far.
        pytest.param("target", ("plan", "DONE"), "prepare", marks=pytest.mark.field),
        pytest.param("target", ("bare", "DONE"), "generate"),
        pytest.param(None, ("generate", "DONE"), "generate", marks=pytest.mark.field),
        pytest.param(None, ("rebuild", "CLAIMED"), "rebuild", marks=pytest.mark.field),
    ],
)
def test_a_cancelled_run_leaves_the_target_as_it_was(
    copies: Copies,
    engine: uuid.UUID,
    schema: str,
    locks: str | None,
    after: tuple[str, str] | None,
    phase: str,
) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    with ExitStack() as held:
        if locks == "source":
            held.enter_context(locked(source, "stores"))
        run = copies.start(engine)
        if after is not None:
            wait_for_step(copies, run, *after)
        if locks == "target":
            held.enter_context(locked(target, "stores"))
        wait_for_step(copies, run, phase, *BEGUN)
        if locks == "target" and phase == "generate":
            # All have their rows but the one that others refer to.
            wait_until(lambda: blocks_left(copies, run) == 1, what="all blocks but one")
        copies.engines.cancel(run.id, account_id=copies.account)
        assert copies.run(run).state == "REVOKED"
    assert copies.wait(run).state == "REVOKED"
    wait_until(lambda: not claims_of(copies, run), what="the end of its processes")
    check_free(copies, run)
    assert dump(target) == schema
    # The engine is free for another run.
    copies.succeed(copies.start(engine))
    assert counts(target) == counts(source)
    assert dump(target) == schema


def blocks_left(copies: Copies, run: Run) -> int:
    with copies.database.transaction() as connection:
        return int(
            connection.scalar(
                text(
                    """
                    SELECT count(*) FROM steps s JOIN runs r ON r.number = s.run_number
                    WHERE r.id = :id AND s.kind = 'generate' AND s.state <> 'DONE'
                    """
                ),
                {"id": run.id},
            )
            or 0
        )


def claims_of(copies: Copies, run: Run) -> int:
    with copies.database.transaction() as connection:
        return int(
            connection.scalar(
                text(
                    """
                    SELECT count(*) FROM step_claims c JOIN runs r ON r.number = c.run_number
                    WHERE r.id = :id
                    """
                ),
                {"id": run.id},
            )
            or 0
        )


@pytest.mark.parametrize("victim", ["child", pytest.param("worker", marks=pytest.mark.field)])
def test_a_killed_process_changes_nothing_in_the_copy(
    copying: LocalStack,
    copies: Copies,
    engine: uuid.UUID,
    schema: str,
    undisturbed: dict[str, list[str]],
    victim: str,
) -> None:
    target = copies.info.shop_copy_url
    run = copies.start(engine, data_batch_size=500)
    wait_for_step(copies, run, "bare", "DONE")
    with locked(target, "stores"):
        wait_for_step(copies, run, "generate", "DONE")
        if victim == "child":
            for pid in all_processes(copying):
                os.kill(pid, signal.SIGKILL)
        else:
            for name in workers(copying):
                copying.kill_part(name)
    run = copies.succeed(run)
    assert contents(target) == undisturbed
    assert dump(target) == schema
    if victim == "worker":
        # Whoever held the view of the source is gone, and people are told.
        assert any("view of the source was lost" in warning for warning in run.warnings)


def test_a_block_that_is_there_already_is_not_written_again(
    copying: LocalStack,
    copies: Copies,
    engine: uuid.UUID,
    undisturbed: dict[str, list[str]],
) -> None:
    """The target has it, and the process that wrote it is lost before it could be settled."""
    target = copies.info.shop_copy_url
    run = copies.start(engine)
    wait_for_step(copies, run, "bare", "DONE")
    with psycopg.connect(copies.info.database_url) as ours:
        with locked(target, "customers"):
            wait_for_step(copies, run, "generate", "CLAIMED")
            ours.execute("SELECT FROM runs WHERE id = %s FOR UPDATE", [run.id])
        wait_until(lambda: counts(target)["customers"] > 0, what="rows of the first block")
        for name in workers(copying):
            copying.kill_part(name)
    run = copies.succeed(run)
    assert contents(target) == undisturbed
    written = {name: table["written"] for name, table in run.summary["tables"].items()}
    assert written == {f"public.{name}": len(rows) for name, rows in undisturbed.items()}


@pytest.mark.field
def test_a_target_that_is_killed_while_it_is_put_back_is_put_back(
    copying: LocalStack,
    copies: Copies,
    engine: uuid.UUID,
    schema: str,
    undisturbed: dict[str, list[str]],
) -> None:
    target = copies.info.shop_copy_url
    run = copies.start(engine)
    wait_for_step(copies, run, "rebuild", *BEGUN)
    copying.kill_part("shop")
    run = copies.succeed(run)
    assert contents(target) == undisturbed
    assert dump(target) == schema


@pytest.mark.field
def test_a_deleted_engine_puts_its_target_back_and_goes(copies: Copies, engine: uuid.UUID) -> None:
    target = copies.info.shop_copy_url
    schema = dump(target)
    run = copies.start(engine)
    wait_for_step(copies, run, "bare", "DONE")
    with locked(target, "stores"):
        copies.engines.delete(engine, account_id=copies.account, trace_id="trace")
    left = "SELECT count(*) FROM engines WHERE id = :id"

    def is_gone() -> bool:
        with copies.database.transaction() as connection:
            return connection.scalar(text(left), {"id": engine}) == 0

    wait_until(is_gone, what="the engine's removal")
    assert dump(target) == schema


def test_a_target_that_we_may_not_write_to_says_what_is_missing(
    copying: LocalStack, copying_folder: Path, copies: Copies, engine: uuid.UUID
) -> None:
    target = copies.info.shop_copy_url
    secrets, _ = SecretsFile(copying_folder).load()
    as_superuser = target.replace(
        f"shop:{secrets.shop_password}", f"postgres:{secrets.database_admin_password}"
    )
    execute(
        as_superuser,
        "CREATE ROLE reader LOGIN PASSWORD 'reader'",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    )
    before = contents(target)
    try:
        as_reader = target.replace(f"shop:{secrets.shop_password}", "reader:reader")
        other, run = copies.create(copies.info.shop_url, as_reader)
        run = copies.wait(run)
        if run.state == "SUCCESS":
            run = copies.wait(copies.start(other))
    finally:
        execute(as_superuser, "DROP OWNED BY reader", "DROP ROLE reader")
    assert run.state == "FAILURE"
    assert "permission denied" in (run.reason or "")
    assert contents(target) == before


def test_a_wrong_password_is_told_at_once(copies: Copies) -> None:
    wrong = copies.info.shop_copy_url.replace("shop:", "shop:x")
    _, run = copies.create(copies.info.shop_url, wrong)
    run = copies.wait(run)
    assert run.state == "FAILURE"
    assert "password is not right" in (run.reason or "")
    # No other try would mend it.
    assert rows(
        copies.info.database_url,
        f"SELECT max(attempts) FROM steps JOIN runs ON number = run_number WHERE id = '{run.id}'",
    ) == [(0,)]
    assert wrong.split(":")[2].split("@")[0] not in (run.reason or "")
    assert rows(copies.info.shop_copy_url, "SELECT 1") == [(1,)]
