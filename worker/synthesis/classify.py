"""What the user's own model says of columns that the rules know nothing about.

Only where the engine's ``pii_model_settings`` name ``ollama``. The model is shown some values of
such columns: it runs on the servers that the operator has named, and nobody else sees them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import Unavailable
from shared.synthesis.plans import Finding
from shared.synthesis.recognise import asking
from shared.synthesis.recognise.spans import Span
from shared.synthesis.schema import Table
from shared.synthesis.setting_types import Recogniser, recogniser_of
from worker.models.call import Call
from worker.models.errors import GatewayError
from worker.models.gateway import Gateway
from worker.models.prompt import Prompt
from worker.synthesis.model_servers import open_server

#: Far more than an honest answer has.
LONGEST_ANSWER = 8_000

#: Drawn with less chance than lists are: there is one right answer.
WARMTH = 0.1


def model_name(settings: Mapping[str, Any], locale: str) -> str | None:
    """The model that settings of models choose for a language.

    :param settings: ``pii_model_settings`` or ``default_text_processor_model_settings``.
    :returns: None: the rules are to be used alone; empty: the operator's model.
    """
    if recogniser_of(settings) is not Recogniser.OLLAMA:
        return None
    models = settings.get("models") or []
    language = locale[:2].lower()
    for each in models:
        if str(each.get("lang_code", "")).lower()[:2] == language:
            return str(each["model_name"])
    return str(models[0]["model_name"]) if models else ""


def open_classifier(
    settings: Mapping[str, Any], servers: Mapping[str, Any], *, locale: str
) -> Classifier | None:
    """What asks the model that settings choose; None where they choose the rules alone.

    :param settings: ``pii_model_settings``.
    :param servers: see ``worker.synthesis.model_servers``.
    :raises Unavailable: there is no such model.
    """
    model = model_name(settings, locale)
    if model is None:
        return None
    gateway, called = open_server(servers, model)
    return Classifier(gateway, called, context_tokens=servers["context_tokens"])


@dataclass(frozen=True)
class Classifier:
    """Asks one model of one server.

    :param model: as the server calls it.
    :param context_tokens: the context window that models are run with.
    """

    gateway: Gateway
    model: str
    context_tokens: int = 4_096

    def add_columns(
        self,
        table: Table,
        samples: Mapping[str, Sequence[str | None]],
        findings: Mapping[str, Finding],
        *,
        allow_list: Collection[str] = (),
        deselected_entities: Collection[str] = (),
    ) -> dict[str, Finding]:
        """All findings, with those that the model adds of columns that have none.

        A column is asked about twice, in two orders of the choices, and counts where both agree.

        :raises Unavailable: the model could not be asked.
        """
        added = dict(findings)
        unknown = asking.unknown_columns(table, samples, findings, allow_list=allow_list)
        for name, shown in unknown.items():
            said = {
                asking.read_choice(self._ask(asking.ask_about(name, shown, backwards=backwards)))
                for backwards in (False, True)
            }
            entity = said.pop()
            if not said and entity is not None and entity not in deselected_entities:
                added[name] = asking.finding_of(entity, self.model)
        return added

    def find_names(self, text: str) -> list[Span]:
        """The people that the model finds in a text, beside those that the rules do.

        :raises Unavailable: the model could not be asked.
        """
        return asking.read_names(self._ask(asking.ask_for_names(text)), text)

    def _ask(self, question: asking.Question) -> str:
        prompt = Prompt(
            messages=list(question.messages),
            schema=question.schema,
            num_predict=question.num_predict,
            num_ctx=self.context_tokens,
            warmth=WARMTH,
        )
        answer = ""
        call = Call()
        try:
            for piece in self.gateway.chat(prompt, model=self.model, seed=0, call=call):
                answer += piece.text
                if len(answer) > LONGEST_ANSWER:
                    # Whoever does not stop talking has not answered.
                    call.interrupt("the model did not stop talking")
                    return ""
        except GatewayError as error:
            # What a server says may repeat what it was asked, and so a value of the source.
            raise Unavailable(
                f"the model that finds personal data cannot be asked: {type(error).__name__}"
            ) from None
        return answer
