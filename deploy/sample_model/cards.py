"""What the server says of its models."""

from __future__ import annotations

import hashlib
from typing import Any

from deploy.ollama_api.replies import VERSION, Card, timestamp
from deploy.sample_model.catalogue import KINDS

CONTEXT_LENGTH = 32768
EMBEDDING_LENGTH = 1024
SIZE = 1_318_912
LICENSE = "Not a language model: a stand-in for tests and demonstrations. Apache-2.0."
DETAILS = {
    "parent_model": "",
    "format": "faker",
    "family": "sample-faker",
    "families": ["sample-faker"],
    "parameter_size": "0B",
    "quantization_level": "none",
}


def card(model: str) -> Card:
    """A model in the lists; its digest is a SHA-256 that stays the same for a name."""
    digest = hashlib.sha256(f"sample-faker {VERSION} {model}".encode()).hexdigest()
    return Card(size=SIZE, digest=digest, details=DETAILS, context_length=CONTEXT_LENGTH)


def show(model: str, modified: float) -> dict[str, Any]:
    """``/api/show``; the kinds that the model knows stand in ``sample_kinds`` and ``modelfile``."""
    listing = "\n".join(f"# - {name}" for name in KINDS)
    return {
        "license": LICENSE,
        "modelfile": f"# {model} draws values from Faker. It makes:\n{listing}\nFROM {model}\n",
        "parameters": "temperature 0.8",
        "template": "{{ .Prompt }}",
        "details": DETAILS,
        "model_info": {
            "general.architecture": "sample-faker",
            "general.basename": "sample-faker",
            "general.file_type": 0,
            "general.parameter_count": 0,
            "general.quantization_version": 0,
            "sample-faker.context_length": CONTEXT_LENGTH,
            "sample-faker.embedding_length": EMBEDDING_LENGTH,
        },
        "capabilities": ["completion"],
        "modified_at": timestamp(modified),
        "sample_kinds": list(KINDS),
    }
