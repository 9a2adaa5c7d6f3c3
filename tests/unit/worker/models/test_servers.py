"""Loading a model once for all who need it."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from shared.db.engine import Database
from tests.support.waiting import PATIENCE, wait_until
from worker.models.errors import GatewayBusy, Interrupted, PromptRefused
from worker.models.gateway import Call, Sampling
from worker.models.learning import Patience
from worker.models.ollama import OllamaGateway
from worker.models.servers import Server, Servers


class Loading(OllamaGateway):
    """A gateway whose loads end when the test says so, and how."""

    def __init__(self, **sampling: Any) -> None:
        super().__init__("http://127.0.0.1:9", connect_timeout=1, sampling=Sampling(**sampling))
        self.calls: list[Call] = []
        self.go_on = threading.Event()
        self.fails: Exception | None = None

    def load(self, model: str, *, call: Call) -> None:
        assert model == "m"
        self.calls.append(call)
        while not self.go_on.wait(0.01):
            call.check()
        if self.fails:
            raise self.fails


def server_of(gateway: OllamaGateway) -> Server:
    return Server(gateway, patience=Patience(first_token=10, stall=10), most=4)


class Sized(OllamaGateway):
    """A gateway that has said how large its models are."""

    def __init__(self, **sizes: float | None) -> None:
        super().__init__("http://127.0.0.1:9", connect_timeout=1)
        self._sizes = dict(sizes)


def test_the_size_of_a_model_is_that_of_the_first_server_that_tells() -> None:
    gateways = [Sized(a=None, b=7e9), Sized(a=1.5e9, b=8e9)]
    # Nothing is asked of the database; it need not be there.
    database = Database("postgresql://nobody@127.0.0.1:9/none")
    servers = Servers(database, {str(n): server_of(each) for n, each in enumerate(gateways)})
    assert [servers.size(model) for model in ("a", "b", "c")] == [1.5e9, 7e9, None]


def warm_in_threads(server: Server, calls: list[Call]) -> list[Future[None]]:
    """Have the model loaded for all calls at once."""
    threads = ThreadPoolExecutor(len(calls))
    futures = [threads.submit(server.warm, "m", call) for call in calls]
    threads.shutdown(wait=False)
    return futures


def test_one_loads_and_the_others_wait() -> None:
    gateway = Loading()
    server = server_of(gateway)
    futures = warm_in_threads(server, [Call() for _ in range(8)])
    wait_until(lambda: bool(gateway.calls), what="a load")
    assert not any(future.done() for future in futures)
    gateway.go_on.set()
    assert [future.result(PATIENCE) for future in futures] == [None] * 8
    assert len(gateway.calls) == 1
    server.warm("m", Call())
    assert len(gateway.calls) == 1


def test_a_load_that_fails_fails_for_all_who_wait_and_not_for_ever() -> None:
    gateway = Loading()
    gateway.fails = GatewayBusy("no memory")
    server = server_of(gateway)
    futures = warm_in_threads(server, [Call() for _ in range(4)])
    wait_until(lambda: bool(gateway.calls), what="a load")
    gateway.go_on.set()
    for future in futures:
        with pytest.raises(GatewayBusy, match="no memory"):
            future.result(PATIENCE)
    gateway.fails = None
    server.warm("m", Call())
    assert server.is_warm("m")


def test_who_waits_no_longer_is_let_go_and_another_takes_over() -> None:
    gateway = Loading()
    server = server_of(gateway)
    calls = [Call() for _ in range(3)]
    futures = warm_in_threads(server, calls)
    wait_until(lambda: bool(gateway.calls), what="a load")
    loader = calls.index(gateway.calls[0])
    waiting, last = ((loader + 1) % 3, (loader + 2) % 3)
    for gone in (waiting, loader):
        calls[gone].interrupt("cancelled")
        with pytest.raises(Interrupted):
            futures[gone].result(PATIENCE)
    wait_until(lambda: len(gateway.calls) == 2, what="another to load")
    gateway.go_on.set()
    assert futures[last].result(PATIENCE) is None


def test_a_server_that_does_not_load_without_a_prompt_gets_the_prompt() -> None:
    gateway = Loading()
    gateway.fails = PromptRefused("messages must not be empty")
    gateway.go_on.set()
    server = server_of(gateway)
    server.warm("m", Call())
    assert server.is_warm("m")


def test_a_model_is_loaded_again_when_it_is_thought_to_be_gone() -> None:
    gateway = Loading(keep_alive=-1)
    gateway.go_on.set()
    server = server_of(gateway)
    for forget in (lambda: server.cool("m"), server.cool):
        server.warm("m", Call())
        forget()
        assert not server.is_warm("m")
    server.warm("m", Call())
    server.know_loaded(["other"], asked_at=0)
    assert server.is_warm("m"), "it was loaded after the server was asked"
    server.know_loaded(["other"], asked_at=float("inf"))
    assert (server.is_warm("m"), server.is_warm("other")) == (False, True)


def test_where_models_are_not_kept_none_is_loaded_ahead() -> None:
    gateway = Loading(keep_alive=0)
    server_of(gateway).warm("m", Call())
    assert gateway.calls == []
