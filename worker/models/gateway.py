"""What the worker needs of a model server, whatever API it speaks.

``worker.models.ollama`` and ``worker.models.openai`` are the two kinds that there are. What can go
wrong is told apart in ``worker.models.errors``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from worker.models.call import Call
from worker.models.errors import (
    AccessDenied,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    Misdirected,
    ModelMissing,
    PromptRefused,
    ServerFailed,
)
from worker.models.prompt import Piece, Prompt, Sampling

__all__ = [
    "AccessDenied",
    "Call",
    "Gateway",
    "GatewayBusy",
    "GatewayDown",
    "GatewayError",
    "Interrupted",
    "Misdirected",
    "ModelMissing",
    "Piece",
    "PromptRefused",
    "Sampling",
    "ServerFailed",
]


class Gateway(Protocol):
    """One model server; used by many threads at once."""

    #: As the settings name it, and as the database knows it.
    url: str
    sampling: Sampling

    def models(self) -> list[str]:
        """Names of the models that the server has; the first is the one for work that names none.

        :raises GatewayError: when it does not answer, or not as its API would.
        """

    def also_named(self, wanted: Collection[str]) -> list[str]:
        """Those of some names that mean a model of the server's, though it writes it otherwise.

        They may be used as its own from then on, until the next call.
        """

    def size(self, model: str) -> float | None:
        """Weights of a model, as the server said when it was last asked for its models.

        None where it did not say.
        """

    def loaded(self) -> list[str] | None:
        """Names of the models in the server's memory; None when it does not tell.

        :raises GatewayError: when it cannot be reached, or is busy.
        """

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        An answer that ends because it has reached its longest ends like any other: what is whole
        of it is kept. One that the server does not say the end of is broken.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """

    def learn(self, model: str, call: Call, *, has_values: bool) -> bool:
        """Learn from a whole answer what the model bears.

        :param call: the one that the answer came over.
        :param has_values: whether there was a list in it.
        :returns: whether it is worth asking once more, since it will be in another way.
        """

    def close(self) -> None:
        """Close the connections."""
