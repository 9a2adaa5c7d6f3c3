"""Lists of models as odd or hostile servers give them, read by the API and by the workers."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from shared.models.catalogue import Catalogue, Server
from shared.models.transport import LONGEST_LINE
from tests.support.odd_server import OLLAMA, Kind, OddServer, Said, bomb
from worker.models.gateway import Call, Gateway, GatewayError, ServerFailed
from worker.models.prompt import Prompt

PROMPT = Prompt(
    messages=[{"role": "user", "content": "hi"}], schema={}, num_predict=64, num_ctx=4096
)
MEGABYTE = 1024 * 1024
#: What may be in memory of it: some copies of the longest piece.
BOUND = 4 * LONGEST_LINE
#: Times a megabyte that a hostile answer inflates to; a server would not stop there.
MUCH = 128


def look(odd: OddServer, kind: Kind) -> Server:
    [found] = Catalogue().look([kind.gateway(odd.url)])
    return found


def chat(odd_gateway: Gateway) -> str:
    pieces = odd_gateway.chat(PROMPT, model="m", seed=1, call=Call())
    return "".join(piece.text for piece in pieces)


def peak_of(ask: Callable[[], object]) -> int:
    """Bytes that it took at most."""
    tracemalloc.start()
    try:
        ask()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("filling", [b"x", b"\n"])
def test_field_e1_what_is_inflated_of_a_list_is_bounded(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, encoding: str, filling: bytes
) -> None:
    body = b"".join(bomb(filling * MEGABYTE, MUCH, encoding=encoding)())
    odd.answers[kind.list] = Said(body, headers={"Content-Encoding": encoding})

    def ask() -> None:
        with pytest.raises(GatewayError):
            odd_gateway.models()
        assert look(odd, kind).problem

    # The bound on what is read, and some copies of it.
    assert peak_of(ask) < BOUND


@pytest.mark.parametrize("filling", [b"x", b'{"message": {"content": "x'])
def test_field_e1_what_is_inflated_of_an_answer_is_bounded(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, filling: bytes
) -> None:
    body = b"".join(bomb(filling * (MEGABYTE // len(filling)), MUCH)())
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/event-stream"}
    odd.answers[kind.chat] = Said(body, headers=headers)

    def ask() -> None:
        with pytest.raises(ServerFailed):
            chat(odd_gateway)

    assert peak_of(ask) < BOUND


def test_field_e1_what_is_inflated_of_an_error_is_bounded(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    body = b"".join(bomb(b"x" * MEGABYTE, MUCH)())
    for path in (kind.chat, kind.list):
        odd.answers[path] = Said(body, status=500, headers={"Content-Encoding": "gzip"})

    def ask() -> None:
        for each in (lambda: chat(odd_gateway), odd_gateway.models):
            with pytest.raises(ServerFailed):
                each()
        assert look(odd, kind).problem

    assert peak_of(ask) < BOUND


def test_field_e1_no_encoding_is_asked_for_and_an_honest_one_is_read(
    odd: OddServer, odd_gateway: Gateway, kind: Kind
) -> None:
    said = kind.stream('["a', '"]')
    assert isinstance(said.body, bytes)
    squeezed = b"".join(bomb(said.body, 1)())
    odd.answers[kind.chat] = Said(squeezed, headers={**said.headers, "Content-Encoding": "gzip"})
    assert chat(odd_gateway) == '["a"]'
    assert odd.headers[-1]["Accept-Encoding"] == "identity"
    odd.answers[kind.chat] = Said(squeezed, headers={**said.headers, "Content-Encoding": "br"})
    with pytest.raises(ServerFailed):
        chat(odd_gateway)


BAD_NAMES: list[Any] = [
    *("\ud800x", "x\udfff", "a\x00b", "a\nb", "\x1b[31m", "", "x" * 100_000, "\ufffd", "\u2028"),
    *(7, None, True, [], {}, ["m"]),
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name)[:16])
def test_field_e4_a_name_that_is_none_is_left_out_with_a_warning(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, name: Any
) -> None:
    odd.says(kind.list, kind.models("good:1b", name, "fine:1b"))
    assert odd_gateway.models() == ["good:1b", "fine:1b"]
    found = look(odd, kind)
    assert found.problem is None
    assert [model.name for model in found.models] == ["good:1b", "fine:1b"]
    assert "no usable name" in found.doubts[0]
    # Whatever is told of it can be written anywhere.
    assert found.doubts[0].isascii()


@pytest.mark.parametrize("entry", [7, None, "m", [], {}, {"digest": "d"}, {"details": {}}])
def test_field_e4_a_malformed_entry_hides_no_other(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, entry: Any
) -> None:
    answer = kind.models("good:1b")
    next(iter(answer.values())).insert(0, entry)
    odd.says(kind.list, answer)
    assert odd_gateway.models() == ["good:1b"]
    found = look(odd, kind)
    assert [model.name for model in found.models] == ["good:1b"]
    assert len(found.doubts) == 1


@pytest.mark.parametrize(
    "field",
    [
        '"modified_at": ""',
        '"size": 1e400',
        f'"size": {"9" * 5_000}',
        '"details": "x"',
        '"details": {"family": "\\ud800", "parameter_size": 7}',
        '"digest": "\\u0000"',
        '"name": "good:1b", "model": 7',
    ],
)
def test_field_e4_an_odd_field_hides_no_model(odd: OddServer, field: str) -> None:
    odd.says(OLLAMA.list, f'{{"models": [{{"name": "good:1b", {field}}}, {{"name": "n"}}]}}')
    odd.says("/api/show", {"model_info": {"general.architecture": "\ud800"}})
    found = look(odd, OLLAMA)
    assert [model.name for model in found.models] == ["good:1b", "n"]
    # All that is told of it can be stored and sent.
    json.dumps([vars(model) for model in found.models], ensure_ascii=False).encode()


@pytest.mark.parametrize("padding", [0, 1_000])
def test_field_e4_a_list_without_end_is_cut(
    odd: OddServer,
    odd_gateway: Gateway,
    kind: Kind,
    padding: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.models.tags.MOST_MODELS", 100)
    answer = kind.models(*(f"m{n}:1b" for n in range(100_000 if not padding else 20_000)))
    for entry in next(iter(answer.values())):
        entry["padding"] = "x" * padding
    odd.says(kind.list, answer)
    expected = [f"m{n}:1b" for n in range(100)]
    assert odd_gateway.models() == expected
    found = look(odd, kind)
    assert [model.name for model in found.models] == expected
    assert found.problem is None
    assert found.doubts


@pytest.mark.parametrize("models", [None, []])
def test_field_b7_no_models_are_no_models(
    odd: OddServer, odd_gateway: Gateway, kind: Kind, models: list[Any] | None
) -> None:
    odd.says(kind.list, dict.fromkeys(kind.models(), models))
    assert odd_gateway.models() == []
    found = look(odd, kind)
    assert (list(found.models), found.problem) == ([], None)


def test_field_b7_the_api_names_the_target_of_a_redirect(odd: OddServer, kind: Kind) -> None:
    odd.says(kind.list, "", status=307, Location="https://u:swordfish@elsewhere/x")
    problem = look(odd, kind).problem or ""
    assert "https://elsewhere/x (307)" in problem
    assert "swordfish" not in problem


def test_field_b4_the_api_shows_the_words_of_a_failure(odd: OddServer, kind: Kind) -> None:
    odd.says(kind.list, '"server busy"', status=503)
    assert look(odd, kind).problem == "it answers with HTTP 503: server busy"
