"""A gateway of the first kind: Ollama's REST API, through its own client library."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from time import monotonic

import httpx
import ollama

from shared.models.sizes import weights
from shared.models.tags import PATH, read_tags
from worker.models.call import Call, calling, loading
from worker.models.errors import (
    GatewayBusy,
    GatewayDown,
    GatewayError,
    ModelMissing,
    PromptRefused,
    ServerFailed,
)
from worker.models.prompt import Piece, Prompt, Sampling, Timing, believable
from worker.models.transport import client_options

LATEST = ":latest"

#: Part of Ollama's error for ``think`` with a model that knows no such thing.
NO_THINKING = "does not support thinking"

NANOSECONDS = 1e9


class OllamaGateway:
    """One Ollama server; used by many threads at once.

    :param load_timeout: how long it may take to load a model into memory, in seconds; while a
        model is fetched, how long it may be silent.
    :param tls: how its certificate is checked; None: by the system's authorities.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_timeout: float,
        sampling: Sampling | None = None,
        load_timeout: float = 900.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.sampling = sampling or Sampling()
        # How long an answer may take is the heartbeat's business: it can tell a queue from a server
        # that hangs.
        self._prompts = _client(url, httpx.Timeout(None, connect=connect_timeout), tls)
        self._loads = _client(url, httpx.Timeout(load_timeout, connect=connect_timeout), tls)
        self._looks = _client(url, httpx.Timeout(connect_timeout), tls)
        #: What ``/api/show`` said, by name and digest: whether the model can chat.
        self._chats: dict[tuple[str, str | None], bool] = {}
        #: Weights of the models, by all their names.
        self._sizes: dict[str, float | None] = {}
        self._without_thinking: set[str] = set()

    def models(self) -> list[str]:
        """Names of the models that the server has, its most recently changed first.

        Those that cannot chat, such as embedding models, come after all others. Then, as Ollama
        understands them too, the names of those tagged ``latest`` without it.

        :raises GatewayError: when it does not answer, or not as Ollama would.
        """
        with calling():
            listed = read_tags(self._looks.tags())
        self._sizes = {
            name: weights(model.parameters)
            for model in listed
            for name in with_short_names([model.name])
        }
        chats = {(m.name, m.digest): self._can_chat(m.name, m.digest) for m in listed}
        self._chats = {key: known for key, known in chats.items() if known is not None}
        names = [name for (name, _), can in chats.items() if can is not False]
        names += [name for (name, _), can in chats.items() if can is False]
        return with_short_names(names)

    def size(self, model: str) -> float | None:
        """Weights of a model; None where the last look at the models did not tell."""
        return self._sizes.get(model)

    def _can_chat(self, model: str, digest: str | None) -> bool | None:
        """None when the server does not tell now."""
        if (model, digest) in self._chats:
            return self._chats[model, digest]
        try:
            with calling():
                capabilities = self._looks.show(model).capabilities
        except (GatewayBusy, GatewayDown):
            return None
        except GatewayError:
            # One that does not know the question, as older servers do not.
            return True
        return not capabilities or "completion" in capabilities

    def loaded(self) -> list[str] | None:
        """Names of the models in the server's memory; None when it does not tell.

        :raises GatewayError: when it cannot be reached, or is busy.
        """
        try:
            with calling():
                names = [model.model for model in self._looks.ps().models if model.model]
        except (ModelMissing, PromptRefused):
            return None
        return with_short_names(names)

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """
        with loading(model, call):
            self._loads.chat(model=model, messages=[], keep_alive=self.sampling.keep_alive)

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """
        layers: dict[str, tuple[int, int]] = {}
        with calling(call):
            for progress in self._loads.pull(model, stream=True):
                if progress.digest and progress.total:
                    layers[progress.digest] = (progress.completed or 0, progress.total)
                total = sum(size for _, size in layers.values())
                yield 100 * sum(done for done, _ in layers.values()) // total if total else 0

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """
        with calling(call):
            if model not in self._without_thinking:
                try:
                    yield from self._say(prompt, model=model, seed=seed, think=False)
                    return
                except ollama.ResponseError as error:
                    if error.status_code != 400 or NO_THINKING not in error.error:
                        raise
                    self._without_thinking.add(model)
            yield from self._say(prompt, model=model, seed=seed, think=None)

    def _say(self, prompt: Prompt, *, model: str, seed: int, think: bool | None) -> Iterator[Piece]:
        sent = monotonic()
        first_token: float | None = None
        answer = self._prompts.chat(
            model=model,
            messages=prompt.messages,
            format=prompt.schema,
            stream=True,
            think=think,
            keep_alive=self.sampling.keep_alive,
            options={
                "seed": seed,
                "temperature": self.sampling.temperature * prompt.warmth,
                "min_p": self.sampling.min_p,
                "num_ctx": prompt.num_ctx,
                "num_predict": prompt.num_predict,
            },
        )
        finished = False
        for part in answer:
            now = monotonic() - sent
            first_token = now if first_token is None else first_token
            finished = finished or bool(part.done)
            yield Piece(
                text=part.message.content or "",
                prompt_tokens=believable(part.prompt_eval_count),
                output_tokens=believable(part.eval_count),
                timing=_timing(part, first_token, now) if part.done else None,
            )
        if not finished:
            raise ServerFailed("the model server broke off in the middle of its answer")

    def close(self) -> None:
        """Close the connections."""
        for client in (self._prompts, self._loads, self._looks):
            client.close()  # type: ignore[no-untyped-call]


def with_short_names(names: list[str]) -> list[str]:
    """The names, then those of models tagged ``latest`` without it."""
    return [*names, *(name.removesuffix(LATEST) for name in names if name.endswith(LATEST))]


class _Client(ollama.Client):
    def tags(self) -> bytes:
        """The list of models as it came: the library's reader refuses it for one bad entry."""
        answer: httpx.Response = self._request_raw("GET", PATH)  # type: ignore[no-untyped-call]
        return answer.content


def _client(url: str, timeout: httpx.Timeout, tls: ssl.SSLContext | None) -> _Client:
    return _Client(host=url, **client_options(timeout, tls))


def _timing(part: ollama.ChatResponse, first_token: float, whole: float) -> Timing:
    return Timing(
        first_token=first_token,
        whole=whole,
        output_tokens=believable(part.eval_count),
        prompt_seconds=_seconds(part.prompt_eval_duration),
        output_seconds=_seconds(part.eval_duration),
    )


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / NANOSECONDS
