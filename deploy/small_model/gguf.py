"""What a GGUF file says of its model: the metadata at its beginning, and the sizes of its tensors.

The format: a header, then keys with typed values, then name, shape, type and offset of each
tensor, all little-endian (ggml, ``docs/gguf.md``).
"""

from __future__ import annotations

import hashlib
import math
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MAGIC = b"GGUF"
_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
#: Names of quantizations by ``general.file_type`` (llama.cpp, ``llama_ftype``).
_QUANTIZATIONS = {0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 15: "Q4_K_M", 32: "BF16"}


@dataclass(frozen=True, kw_only=True)
class Gguf:
    """A file's metadata without its arrays; `size` is in bytes, `digest` its SHA-256."""

    metadata: Mapping[str, Any]
    parameters: int
    size: int
    digest: str

    @property
    def architecture(self) -> str:
        return str(self.metadata["general.architecture"])

    @property
    def context_length(self) -> int:
        """The longest context that the model was trained for, in tokens."""
        return int(self.metadata[f"{self.architecture}.context_length"])

    @property
    def quantization(self) -> str:
        return _QUANTIZATIONS.get(int(self.metadata.get("general.file_type", -1)), "unknown")


def read_gguf(path: Path) -> Gguf:
    """Read a whole file, for its digest. Raises `ValueError` when it is no GGUF."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        reader = _Reader(content)
        if content[:4] != _MAGIC:
            raise ValueError(f"{path} is no GGUF file")
        _version, tensors, keys = reader.take("4xIQQ")
        metadata = {}
        for _ in range(keys):
            key = reader.text()
            (kind,) = reader.take("I")
            value = reader.value(kind)
            if kind != _ARRAY:
                metadata[key] = value
        parameters = sum(reader.tensor() for _ in range(tensors))
        digest = hashlib.sha256(content).hexdigest()
        return Gguf(metadata=metadata, parameters=parameters, size=len(content), digest=digest)


class _Reader:
    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self._content, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return found

    def text(self) -> str:
        (length,) = self.take("Q")
        self._at += length
        return self._content[self._at - length : self._at].decode()

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            each, count = self.take("IQ")
            if each in _SCALARS:
                self._at += count * struct.calcsize(_SCALARS[each])
                return None
            for _ in range(count):
                self.value(each)
            return None
        return self.take(_SCALARS[kind])[0]

    def tensor(self) -> int:
        """The number of elements of the next tensor."""
        self.text()
        (dimensions,) = self.take("I")
        shape = self.take(f"{dimensions}Q")
        self.take("IQ")  # its type and its offset
        return math.prod(shape)
