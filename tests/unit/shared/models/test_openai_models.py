"""Lists of models by OpenAI's API, as those who serve models give them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.models.openai import NotOpenAI, read_models
from shared.models.tags import Model


def listed(*entries: Any) -> list[Model]:
    return read_models(json.dumps({"object": "list", "data": list(entries)}))


def test_what_servers_tell_of_a_model_is_kept() -> None:
    vllm = {"id": "org/model", "object": "model", "owned_by": "vllm", "max_model_len": 8192}
    meta = {"n_ctx": 2048, "n_embd": 576, "n_params": 134515008, "ftype": "Q4_1"}
    llama = {"id": "m.gguf", "meta": meta}
    assert listed(vllm, llama) == [
        Model(name="org/model", digest=None, context_length=8192, is_loaded=True),
        Model(
            name="m.gguf",
            digest=None,
            parameters="134.52M",
            context_length=2048,
            embedding_length=576,
            quantization="Q4_1",
            is_loaded=True,
        ),
    ]


@pytest.mark.parametrize(
    ("status", "is_loaded"),
    [({"value": "loaded"}, True), ({"value": "unloaded"}, False), ({}, True), ("odd", True)],
)
def test_a_model_may_yet_have_to_be_loaded(status: Any, is_loaded: bool) -> None:
    (model,) = listed({"id": "m", "status": status})
    assert model.is_loaded is is_loaded


@pytest.mark.parametrize("weights", [0, -1, 7, True, "7B", None, 10**400])
def test_a_number_of_weights_that_says_nothing_is_left_out(weights: Any) -> None:
    (model,) = listed({"id": "m", "meta": {"n_params": weights}})
    assert model.parameters is None


def test_an_entry_of_nonsense_hides_no_other() -> None:
    odd = {"id": "m", "meta": 7, "max_model_len": "large"}
    assert [model.name for model in listed(7, None, {}, {"id": 7}, odd)] == ["m"]
    assert read_models(b'{"data": null}') == []


@pytest.mark.parametrize("said", [b"{", b"[]", b"{}", b'{"data": [7]}', b"\xff", b"[" * 100_000])
def test_nonsense_is_no_list(said: bytes) -> None:
    with pytest.raises(NotOpenAI):
        read_models(said)
