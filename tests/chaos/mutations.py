"""``python -m tests.chaos.mutations``: break the code on purpose, and see what notices.

Each breakage is made alone, in a copy of the project, and the tests of the lease machine and a
short chaos run are let loose on it. What catches what is written to ``docs/reliability.md``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from deploy.local.options import PROJECT
from tests.chaos.page import fill

STATES = "states"
MACHINE = "machine"
QUEUE = "queue"
CHAOS = "chaos"

FILES = {
    STATES: "tests/integration/test_lease_machine_states.py",
    MACHINE: "tests/integration/test_lease_machine.py",
    QUEUE: "tests/integration/test_queue.py",
}

#: No time is spent on the smallest example.
QUICK = (
    "tests/conftest.py",
    'register_profile(\n    "valuemill", ',
    'register_profile(\n    "valuemill", phases=[__import__("hypothesis").Phase.generate], ',
)


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One breakage: in each file, a text and what stands in its place."""

    name: str
    changes: Sequence[tuple[str, str, str]]
    #: What is let loose on it.
    tests: Sequence[str] = (STATES, MACHINE)


CLAIMS, SETTLE = "shared/generation/claims.py", "shared/generation/settle.py"
STORING, COUNTING = "shared/generation/storing.py", "shared/generation/counting.py"
GIVING_BACK, ENDINGS = "shared/generation/leases.py", "shared/generation/endings.py"
REMOVAL = "shared/generation/removal.py"
QUEUE_CLAIMS, LEASES, JOBS = (
    "shared/queue/claims.py",
    "shared/queue/leases.py",
    "shared/queue/jobs.py",
)
QUEUE_SERVICE = "shared/queue/service.py"

MUTATIONS = (
    Mutation(
        name="settling does not delete the batch: its fence is gone",
        changes=[(COUNTING, "WHERE id = ANY (CAST(:over AS bigint[]))\n", "WHERE false\n")],
    ),
    Mutation(
        name="what was asked for is counted, not what was stored",
        changes=[
            (
                COUNTING,
                "generated_count = generated_count + total.stored,",
                "generated_count = generated_count + total.asked,",
            ),
        ],
    ),
    Mutation(
        name="it is not looked whether a value is known",
        changes=[(STORING, "AND v.digest = said.folded\n", "AND false\n")],
    ),
    Mutation(
        name="a prompt may store more than it was to bring",
        changes=[(STORING, "- (report.ended is None)", "+ 1")],
    ),
    Mutation(
        name="values are stored in another order than they were said",
        changes=[
            (
                STORING,
                "OVER (PARTITION BY number ORDER BY ordinality) AS place\n        FROM (\n",
                "OVER (PARTITION BY number ORDER BY ordinality DESC) AS place\n        FROM (\n",
            ),
        ],
    ),
    Mutation(
        name="answers are settled after the end of their operation",
        changes=[
            (SETTLE, 'if operation["end_time"] is not None:', "if False:"),
            (SETTLE, 'and not row["closing"]', ""),
        ],
    ),
    Mutation(
        name="giving back forgets what the cell lacks",
        changes=[
            (GIVING_BACK, "open_count = open_count + per_cell.asked", "open_count = open_count")
        ],
    ),
    Mutation(
        name="giving back makes an operation pending again",
        changes=[
            (
                GIVING_BACK,
                "            waiting_since = CASE WHEN EXISTS (",
                "            status = 'PENDING', waiting_since = CASE WHEN EXISTS (",
            )
        ],
    ),
    Mutation(
        name="a sweep returns leases that have not run out",
        changes=[
            (LEASES, "WHERE lease_until < clock_timestamp()\n        AND", "WHERE"),
            (LEASES, "only_expired=True)", "only_expired=False)"),
        ],
        tests=(STATES, MACHINE, QUEUE),
    ),
    Mutation(
        name="a claim takes a slot over and does not let go of it",
        changes=[(CLAIMS, "SET let_go = true WHERE", "SET let_go = let_go WHERE")],
    ),
    Mutation(
        name="a claim needs no free slot",
        changes=[(CLAIMS, "FROM slots WHERE free > 0 AND willing", "FROM slots WHERE willing")],
        tests=(STATES, MACHINE, CHAOS),
    ),
    Mutation(
        name="claims are not taken one at a time",
        changes=[(QUEUE_CLAIMS, "SELECT pg_advisory_xact_lock(:key)", "SELECT :key")],
        tests=(MACHINE,),
    ),
    Mutation(
        name="a heartbeat revives what is closing",
        changes=[
            (
                LEASES,
                'SELECT id FROM {table} WHERE id = ANY (:ids) AND NOT closing\n    "',
                'SELECT id FROM {table} WHERE id = ANY (:ids)\n    "',
            )
        ],
        tests=(STATES, MACHINE, QUEUE),
    ),
    Mutation(
        name="a heartbeat renews nothing",
        changes=[
            (
                LEASES,
                "SET lease_until = clock_timestamp() + :lease * interval '1 second'\n"
                "        FROM free",
                "SET lease_until = lease_until + :lease * interval '0 seconds'\n        FROM free",
            )
        ],
        tests=(STATES, QUEUE),
    ),
    Mutation(
        name="a heartbeat waits for locked rows",
        changes=[(LEASES, "FOR NO KEY UPDATE SKIP LOCKED", "FOR NO KEY UPDATE")],
        tests=(QUEUE,),
    ),
    Mutation(
        name="a worker takes back what is another's",
        changes=[(LEASES, "WHERE worker = :worker GROUP BY", "WHERE :worker <> '' GROUP BY")],
        tests=(STATES, MACHINE, QUEUE),
    ),
    Mutation(
        name="the least urgent product goes first",
        changes=[(QUEUE_CLAIMS, "return max(found,", "return min(found,")],
        tests=(QUEUE,),
    ),
    Mutation(
        name="a job that has ended still has work",
        changes=[(JOBS, "has_work = false,", "has_work = has_work,")],
        tests=(QUEUE,),
    ),
    Mutation(
        name="a job can be abandoned twice",
        changes=[
            (QUEUE_SERVICE, "or not job.status.is_open\n", "or False\n"),
            (ENDINGS, "if row is None or row.end_time is not None:", "if row is None:"),
        ],
        tests=(QUEUE,),
    ),
    Mutation(
        name="the end of an operation does not close its prompts",
        changes=[(ENDINGS, "SET closing = true WHERE", "SET closing = closing WHERE")],
    ),
    Mutation(
        name="operations are removed before their retention is over",
        changes=[
            (REMOVAL, f"WHERE expiration_time <= now() {rest}", f"WHERE end_time <= now() {rest}")
            for rest in ("AND deleted_at IS NULL\n", "AND deleted_at IS NULL AND account_id")
        ],
        tests=(MACHINE, CHAOS),
    ),
    Mutation(
        name="reports are settled twice, and not fenced by what was stored",
        changes=[
            (
                SETTLE,
                "    before = _settled_before(ours, reports)\n",
                "    before: dict[int, int] = {}\n",
            ),
            (
                "worker/mill/ledger.py",
                "        return self._database.run(",
                "        self._database.run(lambda it: "
                "settle(it, reports))\n"
                "        return self._database.run(",
            ),
        ],
        tests=(STATES, MACHINE, CHAOS),
    ),
    Mutation(
        name="no sweeper returns leases",
        changes=[
            (
                "worker/sweeper.py",
                "returned = leases.return_expired(\n",
                "returned = 0 and leases.return_expired(\n",
            )
        ],
        tests=(CHAOS,),
    ),
    Mutation(
        name="an idempotency key is not remembered",
        changes=[
            (
                "shared/generation/service.py",
                "            if idempotency_key is not None:\n                idempotency.remember",
                "            if False:\n                idempotency.remember",
            )
        ],
        tests=(CHAOS,),
    ),
)


@click.command()
@click.option("--only", default="", help="Those whose name has this in it.")
def main(only: str) -> None:
    """Break the code in a copy, in one way after another; exit with 1 when one goes unnoticed."""
    chosen = [mutation for mutation in MUTATIONS if only in mutation.name]
    with tempfile.TemporaryDirectory(prefix="valuemill-mutations-") as folder:
        copy = Path(folder) / "project"
        os.environ["TMPDIR"] = folder
        ignored = shutil.ignore_patterns(".*", "__pycache__", "var", "out", "*.egg-info")
        shutil.copytree(PROJECT, copy, ignore=ignored)
        _change(copy, [QUICK])
        if broken := _run_tests(copy, list(FILES.values())):
            raise click.ClickException(f"the tests fail as it is: {broken}")
        verdicts = {mutation.name: _judge(copy, mutation) for mutation in chosen}
    unnoticed = [name for name, caught in verdicts.items() if not caught]
    for name in unnoticed:
        click.echo(f"UNNOTICED: {name}")
    if unnoticed:
        sys.exit(1)
    if not only:
        fill("mutations", _table(verdicts))


def _judge(copy: Path, mutation: Mutation) -> dict[str, str]:
    """What each of its tests says; empty: nothing wrong."""
    before = {path: (copy / path).read_text(encoding="utf-8") for path, _, _ in mutation.changes}
    _change(copy, mutation.changes)
    caught = _run_tests(copy, [FILES[name] for name in mutation.tests if name in FILES])
    if CHAOS in mutation.tests:
        caught |= _run_chaos(copy)
    for path, source in before.items():
        (copy / path).write_text(source, encoding="utf-8")
    click.echo(mutation.name)
    for name in mutation.tests:
        click.echo(f"    {name}: {caught.get(name, 'nothing noticed')}")
    return caught


def _change(copy: Path, changes: Sequence[tuple[str, str, str]]) -> None:
    for path, old, new in changes:
        source = (copy / path).read_text(encoding="utf-8")
        if old not in source:
            raise click.ClickException(f"{path} does not say {old!r} any more")
        (copy / path).write_text(source.replace(old, new), encoding="utf-8")


def _run_tests(copy: Path, files: Sequence[str]) -> dict[str, str]:
    """Run them until one of each has failed; return which did."""
    if not files:
        return {}
    output = _run(copy, "pytest", "-q", f"--maxfail={len(files)}", "--hypothesis-seed=1", *files)
    failed = re.findall(r"^FAILED (\S+?)::(\w+)", output, re.MULTILINE)
    names = {path: name for name, path in FILES.items()}
    return {names[path]: test for path, test in reversed(failed)}


def _run_chaos(copy: Path) -> dict[str, str]:
    """Let it loose; return the first rule that was broken."""
    output = _run(copy, "tests.chaos", "--seed=3", "--seconds=20")
    found = re.search(r"VIOLATION of seed .*: (.*)", output)
    return {CHAOS: found[1]} if found else {}


def _run(copy: Path, *command: str) -> str:
    """Run a command on the copy; return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        # Two versions of a file within one second would share what was compiled of the first.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise click.ClickException(f"{command} broke:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _table(verdicts: Mapping[str, Mapping[str, str]]) -> str:
    lines = ["| breakage | caught by |", "|---|---|"]
    for name, caught in verdicts.items():
        words = {STATES: "the model of the lease machine", CHAOS: "chaos: {}"}
        findings = [words.get(test, "`{}`").format(finding) for test, finding in caught.items()]
        lines.append(f"| {name} | {'; '.join(findings)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
