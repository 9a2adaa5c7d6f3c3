"""What workers tell each other of the model servers, through the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.models import gateways, pulls
from shared.models.gateways import LevelNow
from shared.settings import GatewaySettings
from tests.integration.test_lease_machine import Mill
from worker.models.errors import (
    AccessDenied,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    ModelMissing,
    PromptRefused,
    ServerFailed,
)
from worker.models.inflight import Verdict
from worker.models.learning import Patience
from worker.models.ollama import OllamaGateway
from worker.models.prompt import Timing
from worker.models.servers import Server, Servers

A, B = "http://a:1", "http://b:1"
MOST = 8


@pytest.fixture
def mill(database: Database) -> Mill:
    """Two gateways, both up, with one model in common and one each of their own."""
    mill = Mill(database)
    execute(database, "DELETE FROM gateways")
    mill.open_gateway(A, MOST, ["both", "a"])
    mill.open_gateway(B, MOST, ["both", "b"])
    return mill


def execute(database: Database, statement: str) -> None:
    with database.transaction() as connection:
        connection.execute(text(statement))


def row(database: Database, url: str = A) -> dict[str, Any]:
    with database.transaction() as connection:
        found = connection.execute(
            text(
                """
                SELECT g.*, coalesce(busy_until > clock_timestamp(), false) AS paused,
                    coalesce(level, max_concurrent_tasks) AS now
                FROM gateways g WHERE url = :url
                """
            ),
            {"url": url},
        )
        return dict(found.mappings().one())


def long_ago(database: Database) -> None:
    execute(database, "UPDATE gateways SET seen_at = now() - interval '20 seconds'")


def lost(database: Database) -> None:
    with database.transaction() as connection:
        gateways.lost(connection, url=A, reason="nobody answers", grace=7)


def reached(database: Database, loaded: list[str] | None = None) -> LevelNow | None:
    with database.transaction() as connection:
        return gateways.reached(connection, url=A, models=["new"], loaded=loaded)


def test_who_cannot_reach_a_server_does_not_keep_others_from_it(mill: Mill) -> None:
    lost(mill.database)
    assert row(mill.database)["status"] == "UP"
    long_ago(mill.database)
    lost(mill.database)
    found = row(mill.database)
    assert (found["status"], found["status_reason"]) == ("DOWN", "nobody answers")
    reached(mill.database)
    assert row(mill.database)["status"] == "UP"


def test_a_server_that_nobody_ever_reached_is_down_at_once(mill: Mill) -> None:
    execute(mill.database, "UPDATE gateways SET status = 'UNKNOWN'")
    lost(mill.database)
    assert row(mill.database)["status"] == "DOWN"


def test_a_server_that_is_down_is_still_looked_at(mill: Mill) -> None:
    """Or a job could not say which server it waits for."""
    long_ago(mill.database)
    lost(mill.database)
    long_ago(mill.database)
    before = row(mill.database)["seen_at"]
    lost(mill.database)
    assert row(mill.database)["seen_at"] > before


def test_what_a_server_has_is_noted(mill: Mill) -> None:
    assert reached(mill.database, ["new"]) == LevelNow(MOST, MOST)
    found = row(mill.database)
    assert (found["models"], found["loaded"]) == (["new"], ["new"])
    reached(mill.database, None)
    assert row(mill.database)["loaded"] == []


def test_a_server_that_answers_a_look_may_still_be_busy(mill: Mill) -> None:
    with mill.database.transaction() as connection:
        gateways.report(connection, url=A, status="BUSY", reason="503", pause=60)
    reached(mill.database)
    found = row(mill.database)
    assert (found["status"], found["status_reason"], found["paused"]) == ("BUSY", "503", True)
    execute(mill.database, "UPDATE gateways SET busy_until = now() - interval '9 seconds'")
    reached(mill.database)
    found = row(mill.database)
    assert (found["status"], found["status_reason"]) == ("UP", None)


def test_workers_who_see_the_same_trouble_lower_the_level_once(mill: Mill) -> None:
    def set_level(seen: int, wanted: int) -> int:
        with mill.database.transaction() as connection:
            level = gateways.set_level(connection, url=A, seen=seen, wanted=wanted)
        assert level is not None
        assert level.level == row(mill.database)["now"]
        return level.level

    assert [set_level(8, 7), set_level(8, 7), set_level(7, 6)] == [7, 7, 6]
    assert [set_level(7, 8), set_level(6, 7), set_level(6, 7)] == [8, 8, 8]
    assert row(mill.database)["level"] is None
    assert [set_level(8, 1), set_level(1, 8)] == [1, 8]
    assert [set_level(8, 4), set_level(4, 5), set_level(4, 5), set_level(1, 3)] == [4, 5, 6, 7]


def test_a_lower_level_is_what_is_claimed(mill: Mill) -> None:
    mill.submit(1000, llm_model_name="a")
    with mill.database.transaction() as connection:
        gateways.set_level(connection, url=A, seen=MOST, wanted=2)
    claims = [mill.claim(size=1, urls=[A, B]) for _ in range(3)]
    assert [claim is not None for claim in claims] == [True, True, False]


def to_pull(mill: Mill, url: str) -> str | None:
    with mill.database.transaction() as connection:
        wanted = pulls.models_in_demand(connection, default_model="default")
        return pulls.model_to_pull(connection, url=url, wanted=wanted)


def test_the_model_that_the_most_urgent_work_lacks_goes_to_the_freest_server(mill: Mill) -> None:
    mill.submit(10, llm_model_name="both", priority=9)
    assert (to_pull(mill, A), to_pull(mill, B)) == (None, None)
    mill.submit(10, llm_model_name="x", priority=1)
    mill.submit(10, llm_model_name="y", priority=2)
    assert mill.must_claim(urls=[A]).model == "both"
    assert (to_pull(mill, A), to_pull(mill, B)) == (None, "y")


def test_nothing_is_pulled_to_a_server_that_fetches_nothing(mill: Mill) -> None:
    free = "openai+http://c:1/v1"
    mill.open_gateway(free, 10 * MOST, ["c"])
    mill.submit(10, llm_model_name="x")
    assert (to_pull(mill, free), to_pull(mill, A)) == (None, "x")


def test_work_that_names_no_model_needs_the_default(mill: Mill) -> None:
    mill.submit(10)
    assert to_pull(mill, A) == "default"
    with mill.database.transaction() as connection:
        assert pulls.models_in_demand(connection, default_model="") == [""]


def test_a_pull_stays_where_it_is_and_none_is_for_a_model_on_a_server_that_is_down(
    mill: Mill,
) -> None:
    mill.submit(10, llm_model_name="x")
    with mill.database.transaction() as connection:
        pulls.note_pull(connection, url=B, model="x", progress="5%")
    assert (to_pull(mill, A), to_pull(mill, B)) == (None, "x")
    execute(mill.database, f"UPDATE gateways SET status = 'DOWN' WHERE url = '{B}'")
    assert to_pull(mill, A) == "x"
    execute(mill.database, f"UPDATE gateways SET models = '{{x}}' WHERE url = '{B}'")
    assert to_pull(mill, A) is None


def test_one_worker_pulls_to_a_server_at_a_time(mill: Mill) -> None:
    with pulls.pulling_alone(mill.database, url=A) as first:
        with pulls.pulling_alone(mill.database, url=A) as second:
            assert (first, second) == (True, False)
        with pulls.pulling_alone(mill.database, url=B) as other:
            assert other
    with pulls.pulling_alone(mill.database, url=A) as again:
        assert again


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def servers(mill: Mill, clock: Clock) -> Servers:
    """The servers as one worker knows them."""
    by_url = {
        each.url: Server(
            OllamaGateway(each.url, connect_timeout=1),
            patience=Patience(first_token=300, stall=30),
            most=MOST,
        )
        for each in (GatewaySettings(url=url, max_concurrent_tasks=MOST) for url in (A, B))
    }
    servers = Servers(mill.database, by_url, clock=clock)
    servers.reached(servers[A], ["both", "a"], [])
    servers.reached(servers[B], ["both", "b"], [])
    return servers


def fail(servers: Servers, clock: Clock, error: Any, times: int = 1, **options: Any) -> list[float]:
    """Have prompts fail one after the other, each after the pause that the last one asked for."""
    pauses = []
    for _ in range(times):
        clock.now += max([5.0, *pauses[-1:]])
        pauses.append(servers.failed(servers[A], error, model="both", began=clock(), **options))
    return pauses


@pytest.mark.parametrize("error", [GatewayBusy("503"), AccessDenied("who are you?")])
def test_busy_answers_lower_the_level_and_pause_longer_once_that_does_not_help(
    servers: Servers, clock: Clock, error: GatewayError
) -> None:
    assert 0.05 <= fail(servers, clock, error)[0] <= 0.1
    found = row(servers.database)
    assert (found["status"], found["now"], found["paused"]) == ("UP", MOST, True)
    pauses = fail(servers, clock, error, times=20)
    found = row(servers.database)
    assert (found["status"], found["status_reason"], found["now"]) == ("BUSY", str(error), 1)
    assert all(pause <= 0.1 for pause in pauses[:7])
    assert 2.5 <= pauses[-1] <= 5
    servers.went_well(servers[A], model="both", began=clock(), timing=None)
    found = row(servers.database)
    assert (found["status"], found["now"], found["paused"]) == ("UP", MOST, False)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ServerFailed("500"), None),
        (Interrupted(Verdict.STALLED.value), Verdict.STALLED),
    ],
)
def test_failures_in_a_row_let_a_server_rest(
    servers: Servers, clock: Clock, error: Any, verdict: Verdict | None
) -> None:
    assert fail(servers, clock, error, times=2, verdict=verdict) == [0, 0]
    assert row(servers.database)["status"] == "UP"
    (pause,) = fail(servers, clock, error, verdict=verdict)
    assert 0.5 <= pause <= 1
    found = row(servers.database)
    assert (found["status"], found["now"], found["paused"]) == ("BUSY", 1, True)
    assert str(error) in found["status_reason"]
    assert max(fail(servers, clock, error, times=8, verdict=verdict)) > 15
    servers.went_well(servers[A], model="both", began=clock(), timing=None)
    found = row(servers.database)
    assert (found["status"], found["now"], found["paused"]) == ("UP", MOST, False)


def test_a_sick_server_that_is_alone_rests_for_moments(servers: Servers, clock: Clock) -> None:
    servers.lost(servers[B], "nobody answers")
    assert max(fail(servers, clock, ServerFailed("500"), times=12)) <= 1


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (PromptRefused("400: bad format"), None),
        (Interrupted(Verdict.LOST.value), Verdict.LOST),
        (Interrupted(Verdict.STOPPING.value), Verdict.STOPPING),
    ],
)
def test_what_is_not_the_servers_fault_changes_nothing(
    servers: Servers, clock: Clock, error: Any, verdict: Verdict | None
) -> None:
    before = row(servers.database)
    assert fail(servers, clock, error, times=10, verdict=verdict) == [0] * 10
    assert row(servers.database) == before


def test_a_silence_is_a_refusal_and_stretches_the_patience(servers: Servers, clock: Clock) -> None:
    server = servers[A]
    server.keep_warm("both")
    for _ in range(3):
        server.patience.learn(0.1)
    clock.now += 10
    began = clock()
    clock.now += 2
    error = Interrupted(Verdict.NO_ANSWER.value)
    servers.failed(server, error, model="both", began=began, verdict=Verdict.NO_ANSWER)
    assert server.patience.first_token() == pytest.approx(4, abs=0.1)
    assert not server.is_warm("both")
    assert row(servers.database)["paused"]


def test_a_server_out_of_reach_gets_no_prompts_from_here(servers: Servers, clock: Clock) -> None:
    fail(servers, clock, GatewayDown("nobody answers"))
    assert servers.within_reach() == [B]
    assert row(servers.database)["status"] == "UP", "others may reach it"
    servers.reached(servers[A], ["both"], None)
    assert servers.within_reach() == [A, B]


def test_a_model_that_turns_out_to_be_missing_is_forgotten(servers: Servers, clock: Clock) -> None:
    fail(servers, clock, ModelMissing("model 'both' not found"))
    assert row(servers.database)["models"] == ["a"]


def test_the_pace_of_each_model_is_learned(servers: Servers, clock: Clock) -> None:
    timing = Timing(first_token=0.1, whole=1.1, output_tokens=50)
    servers.went_well(servers[A], model="both", began=clock(), timing=timing)
    assert servers[A].pace("both").tokens_per_second == pytest.approx(50)
    assert servers[A].pace("a").tokens_per_second is None
    assert servers[A].is_warm("both")
