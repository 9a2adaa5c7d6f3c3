"""The names of models, as Ollama understands them. Pure.

A name is ``host/namespace/model:tag``. What goes without saying may be left out (Ollama's registry,
its namespace ``library``, the tag ``latest``), and capitals are no other letters. Servers of
OpenAI's API know nothing of this: there a name is a text, and another text another model.

After ``types/model/name.go`` of Ollama.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.addresses import GatewayKind, kind_of

REGISTRY = "registry.ollama.ai"
NAMESPACE = "library"
TAG = "latest"


def plain_name(name: str) -> str:
    """The shortest way to write a name, in small letters: equal for all names of one model."""
    _, _, rest = name.strip().rpartition("://")
    path, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        path, tag = rest, ""
    parts = path.lower().split("/")
    if len(parts) == 3 and parts[0] == REGISTRY:
        parts = parts[1:]
    if len(parts) == 2 and parts[0] == NAMESPACE:
        parts = parts[1:]
    tag = tag.lower()
    return "/".join(parts) + (f":{tag}" if tag and tag != TAG else "")


def is_among(name: str, names: Sequence[str], *, url: str) -> bool:
    """Whether a server at an address has the model of a name, by the names that it is known for."""
    if name in names:
        return True
    if kind_of(url) != GatewayKind.OLLAMA:
        return False
    wanted = plain_name(name)
    return any(plain_name(each) == wanted for each in names)
