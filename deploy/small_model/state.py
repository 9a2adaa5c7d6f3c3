"""What all requests share: one model, and llama.cpp, which runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from deploy.ollama_api.bodies import BadRequest
from deploy.ollama_api.host import Host
from deploy.ollama_api.memory import DEFAULT_KEEP_ALIVE
from deploy.ollama_api.replies import Card, timestamp
from deploy.small_model.asking import DEFAULT_CONTEXT
from deploy.small_model.engine import Engine
from deploy.small_model.gguf import Gguf
from deploy.small_model.grammar import BadFormat

MODEL = "smollm2:135m"
LICENSE = "SmolLM2 is under the Apache License 2.0."
LOOK_SECONDS = 1.0


class Server(Host):
    """A host with one real model."""

    sign = "llama.cpp"
    bad = (BadRequest, BadFormat)

    def __init__(self, engine: Engine, weights: Gguf, *, slots: int, queue: int) -> None:
        super().__init__(slots=slots, queue=queue)
        self.engine = engine
        self.weights = weights
        self.context = DEFAULT_CONTEXT

    @property
    def models(self) -> Sequence[str]:
        return (MODEL,)

    def card(self, model: str) -> Card:  # noqa: ARG002
        weights = self.weights
        details = {
            "parent_model": "",
            "format": "gguf",
            "family": weights.architecture,
            "families": [weights.architecture],
            "parameter_size": f"{weights.parameters / 1e6:.2f}M",
            "quantization_level": weights.quantization,
        }
        return Card(
            size=weights.size,
            digest=weights.digest,
            details=details,
            context_length=self.context,
        )

    def show(self, model: str) -> dict[str, Any]:
        metadata = self.weights.metadata
        template = str(metadata.get("tokenizer.chat_template", ""))
        facts = {key: value for key, value in metadata.items() if key != "tokenizer.chat_template"}
        return {
            "license": LICENSE,
            "modelfile": f"FROM {model}\n",
            "parameters": "",
            "template": template,
            "details": self.card(model).details,
            "model_info": {**facts, "general.parameter_count": self.weights.parameters},
            "capabilities": ["completion"],
            "modified_at": timestamp(self.started),
        }

    async def load(self) -> None:
        """Load the model before anybody asks."""
        async with self.engine.use(self.context):
            self.memory.touch(MODEL, DEFAULT_KEEP_ALIVE)

    async def unload_in_time(self) -> None:
        """Free the memory of a model whose time is over; for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self.memory.loaded() and not self.slots.active:
                await self.engine.unload()
