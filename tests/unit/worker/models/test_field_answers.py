"""What model servers and what stands before them do to an answer, over real connections."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from tests.support.odd_server import (
    OLLAMA,
    OPENAI,
    Kind,
    OddServer,
    Said,
    gateway_at,
)
from worker.models.gateway import (
    Call,
    Gateway,
    GatewayBusy,
    GatewayError,
    Misdirected,
    ModelMissing,
    Piece,
    ServerFailed,
)
from worker.models.prompt import Prompt

SCHEMA = {"type": "array", "items": {"type": "string"}, "minItems": 1}
PROMPT = Prompt(
    messages=[{"role": "user", "content": "hi"}], schema=SCHEMA, num_predict=64, num_ctx=4096
)
EVENTS = {"Content-Type": "text/event-stream"}


def chat(odd_gateway: Gateway) -> list[Piece]:
    return list(odd_gateway.chat(PROMPT, model="m", seed=1, call=Call()))


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def records(*parts: Any) -> bytes:
    """Records of Ollama's, as they are where they are bytes."""
    return b"".join(p if isinstance(p, bytes) else json.dumps(p).encode() + b"\n" for p in parts)


FIRST = {"message": {"content": '["Ä'}, "done": False}
LAST = {"message": {"content": '"]'}, "done": True, "eval_count": 3}


@pytest.mark.parametrize(
    "body",
    [
        records(b"\n", FIRST, b"\n \r\n", LAST, b"\n\n"),
        records(FIRST, LAST).replace(b"\n", b"\r\n"),
        records(FIRST, LAST).rstrip(b"\n"),
        b"\xef\xbb\xbf" + records(FIRST, LAST),
        records(b": keep-alive\n", FIRST, b"7\n", b"null\n", LAST),
        records({"created_at": "", "done": False}, FIRST, {"message": None}, LAST),
        records(FIRST, {"message": {"role": "tool"}}, {**LAST, "eval_count": "3"}),
        records(FIRST, {**LAST, "eval_count": None, "total_duration": -1, "eval_duration": "x"}),
        records(FIRST, {"message": LAST["message"], "done_reason": "stop"}),
    ],
)
def test_field_b3_the_rest_of_a_good_answer_of_ollama_is_read(odd: OddServer, body: bytes) -> None:
    odd.answers[OLLAMA.chat] = Said(body)
    with closing(gateway_at(odd.url)) as odd_gateway:
        assert text_of(chat(odd_gateway)) == '["Ä"]'


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_field_b3_only_a_line_feed_ends_a_line(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, mark: str
) -> None:
    said = kind.stream("a", mark, "b")
    assert isinstance(said.body, bytes)
    raw = said.body.replace(json.dumps(mark)[1:-1].encode(), mark.encode())
    odd.answers[kind.chat] = Said(raw, headers=said.headers)
    assert text_of(chat(odd_gateway)) == f"a{mark}b"


CHUNK = {"choices": [{"delta": {"content": '["a"]'}}]}
STOP = {"choices": [{"delta": {}, "finish_reason": "stop"}]}


@pytest.mark.parametrize(
    "events",
    [
        "data: {a}\n\n\n\n: ping\n\ndata:\n\ndata: {b}\n\ndata: [DONE]\n\n",
        "data: {a}\r\n\r\ndata: {b}\r\n\r\n",
        "data: {a}\r\rdata: {b}\r\r",
        "data: {a}\n\ndata: [DONE]",
        "data: {a}\n\ndata: {b}",
        'data: {{"choices": null}}\n\ndata: {a}\n\ndata: {{"choices": [7]}}\n\ndata: {b}\n\n',
        'data: {a}\n\ndata: {{"usage": {{"completion_tokens": "3"}}}}\n\ndata: {b}\n\n',
        "event: message\nid: 1\nretry: 5\ndata: {a}\n\ndata: {b}\n\n",
    ],
)
def test_field_b3_the_rest_of_a_good_answer_of_openais_api_is_read(
    odd: OddServer, events: str
) -> None:
    body = events.format(a=json.dumps(CHUNK), b=json.dumps(STOP))
    odd.answers[OPENAI.chat] = Said(body.encode(), headers=EVENTS)
    with closing(gateway_at(OPENAI.gateway(odd.url))) as odd_gateway:
        assert text_of(chat(odd_gateway)) == '["a"]'


def test_field_b3_what_is_said_in_parts_is_read(odd: OddServer) -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": '["a"]'}, 7]
    whole = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
    odd.says(OPENAI.chat, whole)
    with closing(gateway_at(OPENAI.gateway(odd.url))) as odd_gateway:
        assert text_of(chat(odd_gateway)) == '["a"]'


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"7", b'{"message": {', b"[]\n[]\n"])
def test_field_b3_what_is_no_answer_is_none(odd: OddServer, body: bytes) -> None:
    odd.says(OLLAMA.chat, body)
    with closing(gateway_at(odd.url)) as odd_gateway, pytest.raises(ServerFailed):
        chat(odd_gateway)


#: Bodies of errors, and the words that are to be shown.
ERRORS = [
    ('"server busy"', "server busy"),
    ('{"error": {"message": "no slot", "type": "x"}}', "no slot"),
    ('{"error": {"code": 7, "details": ["all", "full"]}}', "all"),
    ('{"error": "{\\"error\\": {\\"message\\": \\"deep\\"}}"}', "deep"),
    ('[{"msg": "listed"}]', "listed"),
    ('{"detail": {"reason": "hidden"}}', "hidden"),
    ('{"odd": 1}', '{"odd": 1}'),
    ("null", "null"),
    ("503", "503"),
    ("upstream connect error", "upstream connect error"),
    ("<html><head><style>a{}</style></head><body><h1>Try later</h1></body></html>", "Try later"),
    ("", "no reason given"),
    ("\xff\x00", "ÿ"),
]


@pytest.mark.parametrize(("body", "words"), ERRORS)
@pytest.mark.parametrize("status", [503, 429])
def test_field_b4_a_busy_server_is_waited_for_whatever_it_says(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, status: int, body: str, words: str
) -> None:
    odd.says(kind.chat, body, status=status)
    with pytest.raises(GatewayBusy) as raised:
        chat(odd_gateway)
    assert words in str(raised.value)


@pytest.mark.parametrize(("body", "words"), ERRORS)
def test_field_b4_the_words_of_a_failure_are_shown(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, body: str, words: str
) -> None:
    odd.says(kind.chat, body, status=500)
    with pytest.raises(ServerFailed) as raised:
        chat(odd_gateway)
    assert words in str(raised.value)


IN_STREAM: list[tuple[Any, type[GatewayError], str]] = [
    ("out of memory", ServerFailed, "out of memory"),
    ({"message": "out of memory", "type": "x"}, ServerFailed, "out of memory"),
    ({"message": "later", "code": 503}, GatewayBusy, "later"),
    ({"message": "later", "code": "429"}, GatewayBusy, "later"),
    ({"message": "later", "type": "overloaded_error"}, GatewayBusy, "later"),
    ({"message": "later", "type": "rate_limit_exceeded"}, GatewayBusy, "later"),
    ({"message": "no such model", "code": 404}, ModelMissing, "no such model"),
    (["odd"], ServerFailed, "odd"),
    (7, ServerFailed, "7"),
]


@pytest.mark.parametrize(("error", "means", "words"), IN_STREAM)
@pytest.mark.parametrize("begun", [False, True])
def test_field_b4_an_error_in_the_stream_is_what_it_says(
    odd: OddServer,
    odd_gateway: Gateway,
    kind: Kind,
    error: Any,
    means: type[GatewayError],
    words: str,
    begun: bool,
) -> None:
    said = kind.stream(*(["["] if begun else []))
    assert isinstance(said.body, bytes)
    if kind is OLLAMA:
        body = said.body.splitlines(keepends=True)[0] if begun else b""
        body += json.dumps({"error": error}).encode() + b"\n"
    else:
        body = said.body.partition(b"\n\n")[0] + b"\n\n" if begun else b""
        body += b"data: " + json.dumps({"error": error}).encode() + b"\n\n"
    odd.answers[kind.chat] = Said(body, headers=said.headers)
    # Where something was said, it cannot be asked for as if nothing had been.
    with pytest.raises(ServerFailed if begun else means, match=words):
        chat(odd_gateway)


@pytest.mark.parametrize("reason", ["load", "unload"])
def test_field_b7_a_load_is_no_answer_and_is_asked_again(odd: OddServer, reason: str) -> None:
    empty = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason}
    odd.says(OLLAMA.chat, empty)
    with closing(gateway_at(odd.url)) as odd_gateway, pytest.raises(GatewayBusy, match="again"):
        chat(odd_gateway)


@pytest.mark.parametrize(
    "words", ["404 page not found", '{"detail": "Not Found"}', "<h1>Not Found</h1><p>nginx</p>", ""]
)
@pytest.mark.parametrize("status", [404, 405])
def test_field_b7_an_error_of_a_proxy_is_no_missing_model(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, status: int, words: str
) -> None:
    odd.says(kind.chat, words, status=status)
    with pytest.raises(Misdirected, match=f"{status}"):
        chat(odd_gateway)


@pytest.mark.parametrize(
    "words",
    ['{"error": "model \'m\' not found"}', '{"error": {"message": "The model is not here"}}'],
)
def test_field_b7_a_missing_model_still_is_one(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, words: str
) -> None:
    odd.says(kind.chat, words, status=404)
    with pytest.raises(ModelMissing):
        chat(odd_gateway)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_field_b7_the_target_of_a_redirect_is_named(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, status: int
) -> None:
    target = "https://u:swordfish@elsewhere:8443/v1"
    odd.says(kind.chat, "", status=status, Location=target)
    odd.says(kind.list, "", status=status, Location=target)
    for ask in (lambda: chat(odd_gateway), odd_gateway.models):
        with pytest.raises(Misdirected, match="https://elsewhere:8443/v1") as raised:
            ask()
        assert "swordfish" not in str(raised.value)


def test_field_b7_one_odd_model_in_memory_hides_no_other(odd: OddServer) -> None:
    there = [7, {"name": "a", "expires_at": ""}, {"model": "b", "size": "x"}, {"name": "\ud800"}]
    odd.says("/api/ps", {"models": there})
    with closing(gateway_at(odd.url)) as odd_gateway:
        assert odd_gateway.loaded() == ["a", "b"]
        odd.says("/api/ps", {"models": None})
        assert odd_gateway.loaded() == []


def test_field_b7_what_a_server_says_oddly_of_a_model_is_no_reason_to_leave_it(
    odd: OddServer,
) -> None:
    odd.says(OLLAMA.list, OLLAMA.models("a", "b"))
    with closing(gateway_at(odd.url)) as odd_gateway:
        for shown in ({"capabilities": 7}, {"model_info": [], "modified_at": ""}, [], "x"):
            odd.says("/api/show", shown)
            assert odd_gateway.models() == ["a", "b"]
