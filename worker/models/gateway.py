"""One model server: Ollama's REST API, through its own client library.

What can go wrong is told apart in ``worker.models.errors``.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import httpx
import ollama

from shared.models.tags import PATH, read_tags
from shared.settings import Settings
from worker.models.call import Call, current, trace_connection
from worker.models.errors import (
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    ModelMissing,
    PromptRefused,
    ServerFailed,
    translate,
)
from worker.models.prompt import Prompt, Timing
from worker.models.transport import Transport

__all__ = [
    "Call",
    "Gateway",
    "GatewayBusy",
    "GatewayDown",
    "GatewayError",
    "Interrupted",
    "ModelMissing",
    "Piece",
    "PromptRefused",
    "Sampling",
    "ServerFailed",
]

#: No context window is longer.
MOST_TOKENS = 100_000_000

LATEST = ":latest"

#: Part of Ollama's error for ``think`` with a model that knows no such thing.
NO_THINKING = "does not support thinking"

NANOSECONDS = 1e9


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How every prompt has its answer drawn."""

    temperature: float = 1.1
    min_p: float = 0.05
    context_tokens: int = 4_096
    #: Seconds for which a model stays in memory after its last prompt; negative: for ever.
    keep_alive: float = 1_800.0
    #: Makes the seeds of prompts repeatable; None: each is drawn.
    base_seed: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Sampling:
        """As the settings have it."""
        return cls(
            temperature=settings.temperature,
            min_p=settings.min_p,
            context_tokens=settings.context_tokens,
            keep_alive=settings.keep_alive,
            base_seed=settings.seed,
        )

    def seed(self, batch_id: int) -> int:
        """The seed of a batch's prompt, such that no two batches share one on purpose."""
        if self.base_seed is None:
            return random.getrandbits(31)
        return (self.base_seed + batch_id) % 2**31


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the answer; the last one carries the counts and the timing."""

    text: str
    prompt_tokens: int = 0
    output_tokens: int = 0
    timing: Timing | None = None


class Gateway:
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
        self._without_thinking: set[str] = set()

    @property
    def context_tokens(self) -> int:
        """The context window that prompts must fit into."""
        return self.sampling.context_tokens

    def models(self) -> list[str]:
        """Names of the models that the server has, its most recently changed first.

        Those that cannot chat, such as embedding models, come after all others. Then, as Ollama
        understands them too, the names of those tagged ``latest`` without it.

        :raises GatewayError: when it does not answer, or not as Ollama would.
        """
        with _translated_errors():
            listed = read_tags(self._looks.tags())
        chats = {(m.name, m.digest): self._can_chat(m.name, m.digest) for m in listed}
        self._chats = {key: known for key, known in chats.items() if known is not None}
        names = [name for (name, _), can in chats.items() if can is not False]
        names += [name for (name, _), can in chats.items() if can is False]
        return with_short_names(names)

    def _can_chat(self, model: str, digest: str | None) -> bool | None:
        """None when the server does not tell now."""
        if (model, digest) in self._chats:
            return self._chats[model, digest]
        try:
            with _translated_errors():
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
            with _translated_errors():
                names = [model.model for model in self._looks.ps().models if model.model]
        except (ModelMissing, PromptRefused):
            return None
        return with_short_names(names)

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """
        with current(call), _translated_errors(call):
            try:
                self._loads.chat(model=model, messages=[], keep_alive=self.sampling.keep_alive)
            except httpx.ReadTimeout as error:
                raise GatewayBusy(
                    f"the model server has not loaded {model} in time; "
                    "VALUEMILL_LOAD_TIMEOUT says how long it may take"
                ) from error

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """
        layers: dict[str, tuple[int, int]] = {}
        with current(call), _translated_errors(call):
            for progress in self._loads.pull(model, stream=True):
                if progress.digest and progress.total:
                    layers[progress.digest] = (progress.completed or 0, progress.total)
                total = sum(size for _, size in layers.values())
                yield 100 * sum(done for done, _ in layers.values()) // total if total else 0

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """
        with current(call), _translated_errors(call):
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
                "temperature": self.sampling.temperature,
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
                prompt_tokens=_believable(part.prompt_eval_count),
                output_tokens=_believable(part.eval_count),
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
    return _Client(
        host=url,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        transport=Transport(tls),
        event_hooks={"request": [trace_connection]},
    )


def _timing(part: ollama.ChatResponse, first_token: float, whole: float) -> Timing:
    return Timing(
        first_token=first_token,
        whole=whole,
        output_tokens=_believable(part.eval_count),
        prompt_seconds=_seconds(part.prompt_eval_duration),
        output_seconds=_seconds(part.eval_duration),
    )


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / NANOSECONDS


def _believable(tokens: int | None) -> int:
    """A count as the server gives it, within what any model could do."""
    return min(max(tokens or 0, 0), MOST_TOKENS)


@contextmanager
def _translated_errors(call: Call | None = None) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if call is not None and call.interrupted_because:
            raise Interrupted(call.interrupted_because) from error
        if isinstance(error, GatewayError):
            raise
        translated = translate(error)
        if translated is None:
            raise
        raise translated from error
