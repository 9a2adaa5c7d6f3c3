"""Workers killed with SIGKILL in the middle of their prompts."""

from __future__ import annotations

import itertools

from deploy.local.stack import LocalStack
from tests.integration.test_faults import check_counts, check_the_books
from tests.support.stack import NEVER_TWICE, Api, SampleModel
from tests.support.waiting import wait_until

KILLS = 6


def test_field_d7_six_kills_lose_nothing_and_count_nothing_twice(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=100)
    job = api.submit(1200)
    wait_until(lambda: model.stats()["active"] == 4, what="all slots to be in use")
    workers = itertools.cycle(sorted(name for name in stack.info.pids if "worker" in name))
    for worker in itertools.islice(workers, KILLS):
        made = api.operation(job)["generated_count"]
        stack.kill_part(worker)
        # Between two kills work goes on, with the workers that are left.
        wait_until(
            lambda made=made: api.operation(job)["generated_count"] > made,  # type: ignore[misc]
            what="progress after a kill",
        )
        check_the_books(stack)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED"
    assert operation["generated_count"] == 1200
    check_counts(api, job)
    assert api.statistics(job)["lost_prompts"] >= 1
    check_the_books(stack)


def test_a_worker_told_to_stop_gives_its_leases_back_at_once(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=1)
    job = api.submit(200, NEVER_TWICE)
    wait_until(lambda: model.stats()["active"] == 4, what="all slots to be in use")
    model.turn(tokens_per_second=0)  # from the next prompt on: those under way take minutes
    for name in [name for name in stack.info.pids if "worker" in name]:
        stack.restart_part(name)
    operation = api.wait(job, seconds=60)
    assert operation["status"] == "COMPLETED"
    statistics = api.statistics(job)
    assert statistics["lost_prompts"] == 0
    assert statistics["wasted"] == 0
    check_the_books(stack)
