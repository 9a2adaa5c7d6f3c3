"""Safe copies from end to end: real databases, workers, and what the API calls."""

from __future__ import annotations

import pytest

from shared.synthesis.modes import KeyMethod, Mode
from tests.support.copies import Copies, contents, counts, dump, execute, rows

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    "key_method",
    [
        KeyMethod.GENERATE,
        pytest.param(KeyMethod.DUPLICATE, marks=pytest.mark.field),
        pytest.param(KeyMethod.HASH, marks=pytest.mark.field),
    ],
)
def test_a_shop_is_copied(copies: Copies, key_method: KeyMethod) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    engine, run = copies.create(source, target, key_method=key_method)
    copies.succeed(run)
    run = copies.succeed(copies.start(engine))
    assert counts(target) == counts(source)
    assert dump(target) == dump(source)
    assert {name: table["in_target"] for name, table in run.summary["tables"].items()} == {
        f"public.{name}": count for name, count in counts(source).items()
    }


@pytest.mark.field
def test_the_same_seed_gives_the_same_copy_and_another_another(copies: Copies) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    engine, run = copies.create(source, target, key_method=KeyMethod.HASH)
    copies.succeed(run)
    made = []
    for seed in (1, 1, 2):
        copies.set(engine, use_seed=True, seed_value=seed)
        copies.succeed(copies.start(engine))
        made.append(contents(target))
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_nothing_is_copied_from_scratch(copies: Copies) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    engine, run = copies.create(source, target, mode=Mode.SCRATCH)
    copies.succeed(run)
    copies.succeed(copies.start(engine))
    assert set(counts(target).values()) == {0}
    assert dump(target) == dump(source)


def test_a_source_that_has_changed_is_named_and_nothing_is_written(copies: Copies) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    engine, run = copies.create(source, target)
    copies.succeed(run)
    execute(source, "ALTER TABLE customers ADD COLUMN nickname text")
    try:
        run = copies.wait(copies.start(engine))
    finally:
        execute(source, "ALTER TABLE customers DROP COLUMN nickname")
    assert run.state == "FAILURE"
    assert "the column public.customers.nickname is new" in (run.reason or "")
    assert counts(target) == {}


def test_a_database_is_not_copied_onto_itself(copies: Copies) -> None:
    source = copies.info.shop_url
    before = contents(source)
    _, run = copies.create(source, source.replace("127.0.0.1", "localhost"))
    run = copies.wait(run)
    assert run.state == "FAILURE"
    assert "same database" in (run.reason or "")
    assert contents(source) == before


def test_our_own_database_is_refused(copies: Copies) -> None:
    _, run = copies.create(copies.info.database_url, copies.info.shop_copy_url)
    run = copies.wait(run)
    assert run.state == "FAILURE"


def test_a_target_of_another_schema_is_refused_with_the_differences(copies: Copies) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    execute(target, "CREATE TABLE customers (id integer)")
    _, run = copies.create(source, target)
    run = copies.wait(run)
    assert run.state == "FAILURE"
    assert "customers" in (run.reason or "")
    assert rows(target, "SELECT count(*) FROM customers") == [(0,)]


@pytest.mark.field
def test_blocks_of_several_processes_make_the_same_copy(copies: Copies) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    engine, run = copies.create(source, target, key_method=KeyMethod.HASH)
    copies.succeed(run)
    copies.set(engine, use_seed=True)
    copies.succeed(copies.start(engine))
    alone = contents(target)
    copies.set(engine, n_parallel_pipeline_processes=4)
    copies.succeed(copies.start(engine, data_batch_size=200))
    assert contents(target) == alone
