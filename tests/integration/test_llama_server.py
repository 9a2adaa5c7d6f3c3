"""A real server of OpenAI's API: llama.cpp's own, with a very small model, alone and in a stack."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.addresses import Access
from tests.integration.test_faults import check_the_books
from tests.support.llama_server import LlamaServer, folder, is_installed
from tests.support.stack import Api
from tests.support.waiting import PATIENCE, wait_until
from worker.models.gateway import (
    AccessDenied,
    Call,
    Gateway,
    GatewayDown,
    Interrupted,
    Piece,
    PromptRefused,
    Sampling,
)
from worker.models.openai import OpenAIGateway
from worker.models.prompt import Prompt

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(
        not is_installed(), reason=f"no small model in {folder()}: `make small-model` brings it"
    ),
]

KEY = "sk-swordfish"
MODEL = LlamaServer.MODEL


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    server = LlamaServer(key=KEY)
    yield server
    server.kill()


@pytest.fixture
def gateway(llama: LlamaServer) -> Iterator[OpenAIGateway]:
    with closing(open_gateway(llama, key=KEY)) as gateway:
        yield gateway


def open_gateway(llama: LlamaServer, *, key: str) -> OpenAIGateway:
    return OpenAIGateway(
        llama.url,
        endpoint=llama.endpoint,
        connect_timeout=PATIENCE,
        access=Access(token=key),
        sampling=Sampling(temperature=0.8),
    )


def names(count: int, *, pattern: str | None = None, most: int = 400) -> Prompt:
    value: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": 20}
    return Prompt(
        messages=[{"role": "user", "content": f"Give me {count} first names as a JSON array."}],
        schema={
            "type": "array",
            "items": {"type": "string", "pattern": pattern} if pattern else value,
            "minItems": count,
            "maxItems": count,
        },
        num_predict=most,
        num_ctx=2_048,
    )


def chat(gateway: Gateway, prompt: Prompt, call: Call | None = None) -> list[Piece]:
    return list(gateway.chat(prompt, model=MODEL, seed=7, call=call or Call()))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_its_model_is_listed_and_in_memory(gateway: OpenAIGateway) -> None:
    assert gateway.models() == gateway.loaded() == [MODEL]
    assert gateway.size(MODEL) == pytest.approx(134.52e6)
    gateway.load(MODEL, call=Call())


def test_an_answer_keeps_to_its_schema_and_is_counted(gateway: OpenAIGateway) -> None:
    pieces = chat(gateway, names(5))
    values = json.loads(text_of(pieces))
    assert len(values) == 5
    assert all(1 <= len(value) <= 20 for value in values)
    last = pieces[-1]
    assert last.prompt_tokens > 5
    # It sends a token at a time, some of which hold no whole character.
    assert last.output_tokens >= len(pieces) - 1 > 5
    timing = last.timing
    assert timing is not None
    assert timing.prompt_seconds
    assert timing.output_seconds
    assert 0 < timing.first_token < timing.whole


def test_the_same_seed_says_the_same(gateway: OpenAIGateway) -> None:
    assert text_of(chat(gateway, names(4))) == text_of(chat(gateway, names(4)))


def test_an_answer_keeps_to_a_pattern(gateway: OpenAIGateway) -> None:
    values = json.loads(
        text_of(chat(gateway, names(3, pattern='^[BD][^"\\\\\\x00-\\x1F\\x7F]{1,9}$')))
    )
    assert len(values) == 3
    assert {value[0] for value in values} <= {"B", "D"}


def test_an_answer_that_reaches_its_longest_is_an_answer(gateway: OpenAIGateway) -> None:
    pieces = chat(gateway, names(50, most=20))
    assert pieces[-1].output_tokens == 20
    assert text_of(pieces).startswith("[")


def test_a_prompt_that_outgrows_the_window_is_refused_in_clear_words(
    gateway: OpenAIGateway,
) -> None:
    prompt = names(1)
    long = Prompt(
        messages=[{"role": "user", "content": "word " * 3_000}],
        schema=prompt.schema,
        num_predict=9,
        num_ctx=2_048,
    )
    with pytest.raises(PromptRefused, match="exceeds the available context size"):
        chat(gateway, long)


@pytest.mark.parametrize(("key", "words"), [("", "wants an API key"), ("sk-x", "refuses our")])
def test_a_wrong_key_is_named(llama: LlamaServer, key: str, words: str) -> None:
    with (
        closing(open_gateway(llama, key=key)) as stranger,
        pytest.raises(AccessDenied, match=words),
    ):
        chat(stranger, names(1))


def test_closing_the_connection_stops_the_model(llama: LlamaServer, gateway: OpenAIGateway) -> None:
    call = Call()
    begun = threading.Event()

    def read() -> None:
        for _ in gateway.chat(names(300, most=1_500), model=MODEL, seed=1, call=call):
            begun.set()

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read)
        assert begun.wait(PATIENCE)
        assert llama.busy_slots() == 1
        call.interrupt("enough")
        with pytest.raises(Interrupted, match="enough"):
            reading.result(PATIENCE)
    wait_until(lambda: llama.busy_slots() == 0, what="the model to stop")


def test_two_prompts_at_once(llama: LlamaServer, gateway: OpenAIGateway) -> None:
    most = 0
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(chat, gateway, names(12)) for _ in range(2)]
        while not all(answer.done() for answer in answers):
            most = max(most, llama.busy_slots())
    assert [len(json.loads(text_of(answer.result()))) for answer in answers] == [12, 12]
    assert most == 2


def test_a_server_that_is_gone_is_down(llama: LlamaServer, gateway: OpenAIGateway) -> None:
    llama.kill()
    try:
        with pytest.raises(GatewayDown, match="nobody answers"):
            chat(gateway, names(1))
    finally:
        llama.bring_back()
    assert gateway.models() == [MODEL]


#: Few, since one thread makes a value or two a second; repeats are allowed, since a model as small
#: as this one knows few.
WANTED = 40


def test_an_operation_lives_through_the_end_of_its_server(
    llama: LlamaServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key_file = tmp_path_factory.mktemp("key") / "key"
    key_file.write_text(KEY)
    options = LocalOptions(
        var=tmp_path_factory.mktemp("openai"),
        workers=1,
        ollama_hosts=f"{llama.url}#max_concurrent_tasks=2&key_file={key_file}",
        flower=False,
        durable=False,
        environment={"VALUEMILL_CONTEXT_TOKENS": "2048", "VALUEMILL_PROBE_SECONDS": "1"},
    )
    with LocalStack(options) as stack:
        api = Api(stack.info)
        (gateway,) = api.http.get("/ai/management/gateway").json()["items"]
        gateway = api.http.get(f"/ai/management/gateway/{gateway['id']}").json()
        assert (gateway["type"], gateway["status"]) == ("OPENAI_API", "UP")
        job = api.submit(
            WANTED, "first name", allow_duplicates=True, max_value_length=30, error_tolerance=900
        )
        wait_until(lambda: api.operation(job)["generated_count"] >= 5, what="some values")
        llama.kill()
        try:
            wait_until(
                lambda: "nobody answers" in api.job(job).get("warning_message", ""),
                what=lambda: f"a warning on {api.job(job)}",
            )
            kept = api.operation(job)["generated_count"]
        finally:
            llama.bring_back()
        operation = api.wait(job)
        assert operation["status"] == "COMPLETED", str(operation)
        assert 5 <= kept < operation["generated_count"] == WANTED
        values = list(api.values(job, limit=1000))
        statistics = api.statistics(job)
        assert len(values) == WANTED
        assert statistics["asked"] == WANTED + statistics["wasted"]
        assert statistics["output_tokens"] > 0
        check_the_books(stack)
        shown = json.dumps([operation, api.job(job), gateway])
        logs = "".join(path.read_text() for path in (options.var / "logs").glob("*.log"))
        assert KEY not in shown + logs
