"""What is sent to a server of OpenAI's API, and what is made of its answers, over connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from shared.addresses import Access
from tests.support.waiting import PATIENCE
from tests.unit.worker.conftest import Answer, Scripted, events_of
from worker.models.gateway import (
    AccessDenied,
    Call,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    ModelMissing,
    Piece,
    PromptRefused,
    Sampling,
    ServerFailed,
)
from worker.models.openai import OpenAIGateway
from worker.models.prompt import Prompt

CHAT = "/v1/chat/completions"
MODELS = "/v1/models"
KEY = "sk-swordfish"
PLAIN = {"type": "array", "items": {"type": "string", "minLength": 1}}
PATTERN = {"type": "array", "items": {"type": "string", "pattern": "^[A-C]"}}


def prompt(schema: dict[str, Any] = PLAIN) -> Prompt:
    messages = [{"role": "user", "content": "12345678"}]
    return Prompt(messages=messages, schema=schema, num_predict=64, num_ctx=4096)


def chunk(content: str | None = None, *, ends: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": content, **delta}, "finish_reason": ends}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


@pytest.fixture
def gateway(server: Scripted) -> Iterator[OpenAIGateway]:
    sampling = Sampling(temperature=0.7, min_p=0.1, base_seed=5)
    with closing(open_gateway(server, sampling=sampling, access=Access(token=KEY))) as gateway:
        yield gateway


def open_gateway(server: Scripted, **options: Any) -> OpenAIGateway:
    options = {"connect_timeout": PATIENCE, **options}
    return OpenAIGateway(f"openai+{server.url}/v1", endpoint=f"{server.url}/v1", **options)


def chat(gateway: OpenAIGateway, asked: Prompt | None = None) -> list[Piece]:
    seed = gateway.sampling.seed(37)
    return list(gateway.chat(asked or prompt(), model="m", seed=seed, call=Call()))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_a_prompt_is_sent_with_all_that_is_set(server: Scripted, gateway: OpenAIGateway) -> None:
    server.streams(CHAT, chunk("[]", ends="stop"), USAGE, "[DONE]")
    chat(gateway)
    (body,) = server.bodies(CHAT)
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "12345678"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.7,
        "min_p": 0.1,
        "top_k": 40,
        "top_p": 0.9,
        "seed": 42,
        "max_tokens": 64,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "values", "schema": PLAIN},
        },
        "chat_template_kwargs": {"enable_thinking": False},
    }
    assert server.authorizations == {f"Bearer {KEY}"}


def test_without_a_key_none_is_shown(server: Scripted) -> None:
    server.says(MODELS, {"data": []})
    with closing(open_gateway(server)) as gateway:
        assert gateway.models() == []
    assert server.authorizations == {None}


def test_the_last_piece_has_counts_and_timing(server: Scripted, gateway: OpenAIGateway) -> None:
    timings = {"prompt_ms": 0.002, "predicted_ms": 0.004}
    server.streams(
        CHAT,
        chunk(role="assistant"),
        chunk('["a'),
        # Line breaks to some, and not to those who send events.
        chunk("\u2028\x85é"),
        chunk('"]'),
        chunk(ends="stop"),
        {**USAGE, "timings": timings},
        "[DONE]",
    )
    *said, last = chat(gateway)
    assert [piece.text for piece in said] == ['["a', "\u2028\x85é", '"]']
    assert all(piece.timing is None for piece in said)
    assert (last.text, last.prompt_tokens, last.output_tokens) == ("", 7, 3)
    assert last.timing is not None
    assert (last.timing.prompt_seconds, last.timing.output_seconds) == (2e-6, 4e-6)
    assert 0 < last.timing.first_token <= last.timing.whole


def test_events_may_be_framed_in_any_way_that_there_is(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    strange = b': ping\r\n\r\nevent: x\r\ndata:{"choices":\r\ndata:[]}\r\n\r\nid: 7\n\n'
    usual = events_of(chunk("[]", ends="stop"), "[DONE]")
    server.answers[CHAT] = lambda _: (200, strange + usual)
    assert text_of(chat(gateway)) == "[]"


def test_tokens_that_nobody_counted_are_estimated(server: Scripted, gateway: OpenAIGateway) -> None:
    server.streams(CHAT, *[chunk("x")] * 5, chunk(ends="stop"), "[DONE]")
    last = chat(gateway)[-1]
    assert (last.prompt_tokens, last.output_tokens) == (2, 5)
    server.streams(CHAT, chunk("x" * 40, ends="stop"), "[DONE]")
    assert chat(gateway)[-1].output_tokens == 10


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_what_a_model_thinks_is_no_part_of_its_answer(
    server: Scripted, gateway: OpenAIGateway, name: str
) -> None:
    thought = chunk(**{name: "hm, [1]"})
    server.streams(CHAT, thought, thought, chunk('["a"]', ends="stop"), USAGE, "[DONE]")
    pieces = chat(gateway)
    # It shows that the model is at work all the same.
    assert [piece.text for piece in pieces] == ["", "", '["a"]', ""]


def test_an_answer_that_reaches_its_longest_is_an_answer(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    server.streams(CHAT, chunk('["a", "b'), chunk(ends="length"), USAGE, "[DONE]")
    assert text_of(chat(gateway)) == '["a", "b'


@pytest.mark.parametrize("ending", [[chunk(ends="stop")], ["[DONE]"]])
def test_one_word_of_an_end_is_enough(
    server: Scripted, gateway: OpenAIGateway, ending: list[Any]
) -> None:
    server.streams(CHAT, chunk("[]"), *ending)
    assert text_of(chat(gateway)) == "[]"


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "broke off"),
        ([chunk("[")], "broke off"),
        ([chunk("["), '{"choices": [{"delta"'], "not what its API would say"),
        ([chunk("["), "nonsense"], "not what its API would say"),
        ([chunk("["), "[7]"], "not what its API would say"),
        ([chunk("["), {"error": {"message": "out of memory", "code": 503}}], "out of memory"),
        ([{"error": "boom"}], "boom"),
    ],
)
def test_an_answer_without_an_end_is_the_servers_failure(
    server: Scripted, gateway: OpenAIGateway, events: list[Any], words: str
) -> None:
    server.streams(CHAT, *events)
    with pytest.raises(ServerFailed, match=words):
        chat(gateway)


def test_an_answer_that_is_no_stream_is_read_whole(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    server.says(CHAT, {"choices": [{"message": {"content": "[]"}}], "usage": USAGE["usage"]})
    assert text_of(chat(gateway)) == "[]"
    server.says(CHAT, {"greeting": "hello"})
    with pytest.raises(ServerFailed, match="broke off"):
        chat(gateway)


def test_a_stream_that_begins_with_an_error_is_what_the_error_is(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    server.streams(CHAT, {"error": {"message": "no such regex", "code": 400}})
    with pytest.raises(PromptRefused, match="no such regex"):
        chat(gateway)
    server.streams(CHAT, {"error": {"message": "later", "code": 503}})
    with pytest.raises(GatewayBusy, match="later"):
        chat(gateway)


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (401, {"error": {"message": f"wrong key {KEY}"}}, AccessDenied, "refuses our API key"),
        (403, {"detail": "no"}, AccessDenied, "VALUEMILL_OPENAI_API_KEY_FILE"),
        (404, {"error": {"message": "The model `m` does not exist."}}, ModelMissing, "not exist"),
        (429, {"error": {"message": "slow down"}}, GatewayBusy, "429: slow down"),
        (503, {"error": {"message": "Loading model"}}, GatewayBusy, "503: Loading model"),
        (500, {"object": "error", "message": f"boom {KEY}"}, ServerFailed, r"500: boom \*\*\*$"),
        (400, {"error": {"message": "bad request"}}, PromptRefused, "400: bad request"),
        (422, {"detail": [{"msg": "bad"}]}, PromptRefused, "422: bad"),
    ],
)
def test_errors_are_told_apart_and_told_without_the_key(
    server: Scripted,
    gateway: OpenAIGateway,
    status: int,
    said: dict[str, Any],
    kind: type[GatewayError],
    words: str,
) -> None:
    server.says(CHAT, said, status=status)
    with pytest.raises(kind, match=words) as raised:
        chat(gateway)
    assert type(raised.value) is kind
    assert KEY not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("option", "refusal"),
    [
        ("min_p", {"error": {"message": "Unrecognized request argument", "param": "min_p"}}),
        ("top_k", {"error": {"message": "top_k: Extra inputs are not permitted"}}),
        ("top_p", {"error": {"message": "top_p must be 1 for greedy sampling"}}),
        ("seed", {"error": "Unknown parameter: 'seed'"}),
        ("stream_options", {"detail": [{"loc": ["body", "stream_options"], "msg": "extra"}]}),
        ("chat_template_kwargs", {"error": {"message": "chat_template is not supported"}}),
        ("max_tokens", {"error": {"message": "Use 'max_completion_tokens', not 'max_tokens'"}}),
        ("response_format", {"error": {"message": "response_format is not supported"}}),
        ("response_format", {"error": {"message": "JSON schema error at #/items"}}),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_what_a_server_does_not_know_is_left_out_from_then_on(
    server: Scripted, gateway: OpenAIGateway, option: str, refusal: dict[str, Any], status: int
) -> None:
    def answer(body: dict[str, Any]) -> Answer:
        if option in body:
            return status, [refusal]
        return 200, events_of(chunk("[]", ends="stop"), "[DONE]")

    server.answers[CHAT] = answer
    assert text_of(chat(gateway) + chat(gateway)) == "[][]"
    first, second, third = server.bodies(CHAT)
    assert first.keys() - second.keys() == {option}
    assert second.keys() == third.keys()


def test_a_server_that_knows_nothing_of_it_all_is_asked_with_the_rest(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    def answer(body: dict[str, Any]) -> Answer:
        unknown = sorted(body.keys() - {"model", "messages", "stream", "temperature"})
        if unknown:
            return 400, [{"error": f"unknown: {unknown[0]}"}]
        return 200, events_of(chunk("[]", ends="stop"))

    server.answers[CHAT] = answer
    assert text_of(chat(gateway)) == "[]"
    asked = len(server.asked)
    assert text_of(chat(gateway)) == "[]"
    assert len(server.asked) == asked + 1


def test_a_refused_pattern_is_not_the_end_of_schemas(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    server.says(CHAT, {"error": {"message": "response_format: bad pattern"}}, status=400)
    with pytest.raises(PromptRefused, match="bad pattern"):
        chat(gateway, prompt(PATTERN))
    server.streams(CHAT, chunk("[]", ends="stop"))
    chat(gateway)
    assert ["response_format" in body for body in server.bodies(CHAT)] == [True, True]


def test_too_many_tokens_for_the_window_are_left_out_once(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    words = "max_tokens is too large: 64. This model's maximum context length is 70"

    def answer(body: dict[str, Any]) -> Answer:
        if "max_tokens" in body:
            return 400, [{"error": {"message": words}}]
        return 200, events_of(chunk("[]", ends="stop"))

    server.answers[CHAT] = answer
    chat(gateway)
    server.streams(CHAT, chunk("[]", ends="stop"))
    chat(gateway)
    assert ["max_tokens" in body for body in server.bodies(CHAT)] == [True, False, True]


def test_models_are_listed_with_what_is_in_memory(server: Scripted, gateway: OpenAIGateway) -> None:
    listed = [
        {"id": "b", "object": "model", "meta": {"n_params": 8_030_261_312}},
        7,
        {"object": "model"},
        {"id": "a", "status": {"value": "unloaded"}},
        {"id": "c", "status": {"value": "loaded"}},
    ]
    server.says(MODELS, {"object": "list", "data": listed})
    assert gateway.models() == ["b", "a", "c"]
    assert gateway.loaded() == ["b", "c"]
    assert [gateway.size(name) for name in ("b", "a", "d")] == [
        *(pytest.approx(8.03e9), None, None)
    ]


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (200, {"models": []}, ServerFailed, "not what its API would say"),
        (200, {"data": [7]}, ServerFailed, "not what its API would say"),
        (404, {"detail": "Not Found"}, GatewayDown, "mostly ends in /v1"),
        (401, {"error": "who?"}, AccessDenied, "refuses our API key"),
        (503, {"error": "Loading model"}, GatewayBusy, "Loading model"),
    ],
)
def test_a_list_that_is_none_says_what_is_wrong(
    server: Scripted,
    gateway: OpenAIGateway,
    status: int,
    said: dict[str, Any],
    kind: type[GatewayError],
    words: str,
) -> None:
    server.says(MODELS, said, status=status)
    with pytest.raises(kind, match=words):
        gateway.models()


def test_a_server_that_wants_a_key_is_told_from_one_that_refuses_ours(server: Scripted) -> None:
    server.says(MODELS, {"error": "who?"}, status=401)
    with (
        closing(open_gateway(server)) as gateway,
        pytest.raises(AccessDenied, match="wants an API key"),
    ):
        gateway.models()


def test_a_load_is_a_token(server: Scripted, gateway: OpenAIGateway) -> None:
    server.says(CHAT, {"choices": [{"message": {"content": "H"}}]})
    gateway.load("m", call=Call())
    (body,) = server.bodies(CHAT)
    assert (body["model"], body["max_tokens"], "stream" in body) == ("m", 1, False)
    server.says(CHAT, {"error": {"message": "no such model"}}, status=404)
    with pytest.raises(ModelMissing, match="no such model"):
        gateway.load("m", call=Call())


def test_a_load_that_takes_too_long_or_is_ended_says_so(
    server: Scripted, gateway: OpenAIGateway
) -> None:
    going_on = threading.Event()

    def answer(_: dict[str, Any]) -> Answer:
        going_on.wait(PATIENCE)
        return 200, []

    server.answers[CHAT] = answer
    with (
        closing(open_gateway(server, load_timeout=0.2)) as hasty,
        pytest.raises(GatewayBusy, match="VALUEMILL_LOAD_TIMEOUT"),
    ):
        hasty.load("m", call=Call())
    call = Call()
    threading.Timer(0.2, call.interrupt, ["enough"]).start()
    with pytest.raises(Interrupted, match="enough"):
        gateway.load("m", call=call)
    going_on.set()


def test_nothing_can_be_pulled(server: Scripted, gateway: OpenAIGateway) -> None:
    with pytest.raises(PromptRefused, match="cannot have it fetch m"):
        list(gateway.pull("m", call=Call()))
    assert server.asked == []


def test_an_event_that_does_not_end_is_cut_off(
    server: Scripted, gateway: OpenAIGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.models.transport.LONGEST_LINE", 100_000)
    ended = events_of("[DONE]")
    server.answers[CHAT] = lambda _: (200, b"id: 7\n" * 60_000 + ended)
    with pytest.raises(ServerFailed):
        chat(gateway)
    # The bound is on an event, not on an answer.
    server.streams(CHAT, *[chunk("x" * 50_000)] * 10, chunk(ends="stop"))
    assert len(text_of(chat(gateway))) == 500_000
