"""What a file of weights says of itself, in a file that is made here."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

from deploy.small_model.gguf import read_gguf


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def key(name: str, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def tensor(name: str, *shape: int) -> bytes:
    sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    return text(name) + sizes + struct.pack("<IQ", 0, 0)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    keys = [
        key("general.architecture", 8, text("llama")),
        key("general.file_type", 4, struct.pack("<I", 3)),
        key("tokenizer.tokens", 9, struct.pack("<IQ", 8, 2) + text("ä") + text("")),
        key("tokenizer.scores", 9, struct.pack("<IQ2f", 6, 2, 0.5, 1.5)),
        key("llama.context_length", 10, struct.pack("<Q", 8192)),
        key("general.tied", 7, b"\1"),
    ]
    tensors = [tensor("embedding", 10, 20), tensor("norm", 7)]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    path = tmp_path / "weights.gguf"
    path.write_bytes(head + b"".join(keys) + b"".join(tensors) + b"weights")
    return path


def test_it_says_what_it_is(weights: Path) -> None:
    found = read_gguf(weights)
    assert (found.architecture, found.context_length) == ("llama", 8192)
    assert (found.quantization, found.parameters) == ("Q4_1", 207)
    assert found.size == weights.stat().st_size
    assert found.digest == hashlib.sha256(weights.read_bytes()).hexdigest()


def test_its_arrays_are_left_out(weights: Path) -> None:
    assert set(read_gguf(weights).metadata) == {
        *("general.architecture", "general.file_type", "general.tied"),
        "llama.context_length",
    }


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"GGML" + bytes(60))
    with pytest.raises(ValueError, match="no GGUF"):
        read_gguf(path)
