"""The whole service before model servers as the field has them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.doctor.findings import Level
from deploy.doctor.gateways import check
from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.addresses import Access
from shared.models.catalogue import Catalogue
from shared.settings import GatewaySettings, Settings, parse_gateway
from tests.support.odd_server import KINDS, OLLAMA, OPENAI, Kind, OddServer, Said, odd_server
from tests.support.proxy import proxy
from tests.support.stack import Api
from tests.support.waiting import wait_until

PASSWORD, TOKEN = "p@ss:/w", "sk-swordfish"
BASIC = f"Basic {base64.b64encode(f'user:{PASSWORD}'.encode()).decode()}"


def speaking(server: OddServer, kind: Kind, model: str, *, thoughts: int = 0) -> None:
    """Have a server speak one of the APIs, and say as many names as it is asked for.

    :param thoughts: tokens of thinking that it cannot keep from before.
    """
    said = [0]

    def answer(body: dict[str, Any]) -> Said:
        if not body.get("messages") or body.get("max_tokens") == 1:
            return kind.stream("[]")
        room = body["max_tokens"] if kind is OPENAI else body["options"]["num_predict"]
        if room <= thoughts:
            return kind.stream(thoughts=room, ends="length")
        schema = body.get("format") or body["response_format"]["json_schema"]["schema"]
        first = said[0]
        said[0] += schema["maxItems"]
        # Letters, since what counts up is no name.
        names = (
            "".join(chr(97 + int(digit)) for digit in f"{n * 7919:07}") + "us"
            for n in range(first, said[0])
        )
        items = [f'"{name.capitalize()}",' for name in names]
        whole = len(items) < room - thoughts
        text = ["[", *items] if not whole else ["[", *items[:-1], items[-1].rstrip(","), "]"]
        ends = "stop" if whole else "length"
        return kind.stream(*text[: room - thoughts], thoughts=thoughts, ends=ends)

    server.says(kind.list, kind.models(model))
    server.says("/api/ps", {"models": []})
    server.answers[kind.chat] = answer


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Both kinds behind a proxy that wants a password, and behind one that wants a token."""
    key = tmp_path_factory.mktemp("secrets") / "token"
    key.write_text(f"{TOKEN}\n")
    with ExitStack() as end:
        found = []
        for number, (kind, wants) in enumerate(
            (kind, wants) for kind in KINDS.values() for wants in (BASIC, f"Bearer {TOKEN}")
        ):
            server = end.enter_context(odd_server())
            speaking(server, kind, f"model-{number}:1b")
            url = kind.gateway(end.enter_context(proxy(server.url, wants)))
            if wants == BASIC:
                found.append(url.replace("://", "://user:p%40ss%3A%2Fw@"))
            else:
                found.append(f"{url}#key_file={key}")
        yield found


@pytest.fixture(scope="module")
def stack(hosts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    options = LocalOptions(
        var=tmp_path_factory.mktemp("field"),
        workers=1,
        ollama_hosts=",".join(hosts),
        flower=False,
        durable=False,
        environment={"VALUEMILL_PROBE_SECONDS": "1"},
    )
    with LocalStack(options) as running:
        yield running


@pytest.fixture(scope="module")
def api(stack: LocalStack) -> Api:
    return Api(stack.info)


BOTH = pytest.mark.parametrize(
    ("number", "kind", "model"), [(0, OLLAMA, "plain:latest"), (1, OPENAI, "Org/Model")]
)
Odd = tuple[OddServer, OddServer, Api]


@pytest.fixture(scope="module")
def odd_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odd]:
    """An odd server of either kind, and a service that has no others."""
    with odd_server() as first, odd_server() as second:
        speaking(first, OLLAMA, "plain:latest")
        speaking(second, OPENAI, "Org/Model")
        options = LocalOptions(
            var=tmp_path_factory.mktemp("odd"),
            workers=1,
            ollama_hosts=f"{first.url},{OPENAI.gateway(second.url)}",
            flower=False,
            durable=False,
            environment={"VALUEMILL_PROBE_SECONDS": "1"},
        )
        with LocalStack(options) as running:
            yield first, second, Api(running.info)


@pytest.mark.parametrize("number", range(4))
def test_field_b5_workers_get_in_with_a_password_or_a_token(api: Api, number: int) -> None:
    job = api.submit(5, "ship", llm_model_name=f"model-{number}:1b")
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)


def test_field_b5_the_api_gets_in_as_the_workers_do(api: Api, stack: LocalStack) -> None:
    def models() -> set[str]:
        found = api.http.get("/ai/management/model").raise_for_status().json()
        return {each["name"] for each in found["items"]}

    wait_until(lambda: models() == {f"model-{n}:1b" for n in range(4)}, what=lambda: str(models()))
    found = api.http.get("/ai/management/gateway").raise_for_status()
    assert {each["status"] for each in found.json()["items"]} == {"UP"}
    for secret in (PASSWORD, "p%40ss", TOKEN, BASIC):
        assert secret not in found.text


@BOTH
def test_field_b1_thinking_costs_no_values(
    odd_pair: Odd, number: int, kind: Kind, model: str
) -> None:
    server, api = odd_pair[number], odd_pair[2]
    assert isinstance(server, OddServer)
    speaking(server, kind, model, thoughts=250)
    job = api.submit(60, "ship", llm_model_name=model, error_tolerance=0)
    operation = api.wait(job)
    speaking(server, kind, model)
    assert operation["status"] == "COMPLETED", str(operation)


def settings_of(*hosts: str) -> Settings:
    return Settings(
        database_url="",
        broker_url="",
        secret_key="",
        gateways=tuple(parse_gateway(host, default_slots=1) for host in hosts),
    )


def test_field_b5_the_doctor_gets_in_as_the_workers_do(hosts: list[str]) -> None:
    for number, host in enumerate(hosts):
        found = list(check(settings_of(host)))
        assert [finding.level for finding in found] == [Level.OK], str(found)
        assert f"model-{number}:1b" in found[0].found


@pytest.mark.parametrize("access", [Access(), Access(user="user", password="wrong")])
def test_field_b5_who_is_not_let_in_says_so_everywhere(hosts: list[str], access: Access) -> None:
    words = "refuses our password" if access.shown else "wants an API key or a password"
    for host in hosts:
        url = parse_gateway(host, default_slots=1).url
        gateway = GatewaySettings(url=url, max_concurrent_tasks=1, access=access)
        [finding] = check(
            Settings(database_url="", broker_url="", secret_key="", gateways=(gateway,))
        )
        assert words in finding.found
        [seen] = Catalogue(access_of=lambda _, shown=access: shown).look([url])
        assert words in (seen.problem or "")


@pytest.mark.parametrize("name", ["Plain", "library/plain", "PLAIN:latest"])
def test_field_b6_a_model_is_found_by_any_of_its_names(odd_pair: Odd, name: str) -> None:
    api = odd_pair[2]
    operation = api.wait(api.submit(5, "ship", llm_model_name=name))
    assert operation["status"] == "COMPLETED", str(operation)
    assert operation["llm_model_name"] == name


@BOTH
def test_field_b4_a_busy_server_is_waited_for_whatever_it_says(
    odd_pair: Odd, number: int, kind: Kind, model: str
) -> None:
    server, api = odd_pair[number], odd_pair[2]
    assert isinstance(server, OddServer)
    server.says(kind.chat, '"server busy"', status=503)
    job = api.submit(5, "ship", llm_model_name=model, error_tolerance=0)
    wait_until(
        lambda: "server busy" in api.job(job).get("warning_message", ""),
        what=lambda: str(api.job(job)),
    )
    speaking(server, kind, model)
    assert api.wait(job)["status"] == "COMPLETED"


@BOTH
def test_field_b7_the_words_of_a_proxy_are_told(
    odd_pair: Odd, number: int, kind: Kind, model: str
) -> None:
    server, api = odd_pair[number], odd_pair[2]
    assert isinstance(server, OddServer)
    server.says(kind.chat, "<h1>No such upstream</h1>", status=404)
    job = api.submit(5, "ship", llm_model_name=model, error_tolerance=0)
    wait_until(
        lambda: "No such upstream" in api.job(job).get("warning_message", ""),
        what=lambda: str(api.job(job)),
    )
    assert "ollama pull" not in api.job(job)["warning_message"]
    speaking(server, kind, model)
    assert api.wait(job)["status"] == "COMPLETED"


@BOTH
def test_field_b8_prompts_that_fail_are_the_cause_and_not_the_values(
    odd_pair: Odd, number: int, kind: Kind, model: str
) -> None:
    server, api = odd_pair[number], odd_pair[2]
    assert isinstance(server, OddServer)
    server.says(kind.chat, {"error": {"message": "no such sampler"}}, status=400)
    job = api.submit(40, "ship", llm_model_name=model, error_tolerance=500)
    operation = api.wait(job)
    speaking(server, kind, model)
    assert operation["status"] == "FAILED"
    statistics = api.statistics(job)
    assert "no such sampler" in statistics["failure_reason"]
    assert "running out" not in str(api.job(job)) + str(statistics)
    assert f"{statistics['asked']} never came." in statistics["failure_reason"]


def test_field_b8_values_that_cannot_be_stored_are_the_cause(
    odd_pair: Odd,
) -> None:
    server, api = odd_pair[0], odd_pair[2]
    server.answers[OLLAMA.chat] = OLLAMA.stream('["An\\u0000na", "Be\\u0000n", "Anna"]')
    job = api.submit(40, "ship", llm_model_name="plain", error_tolerance=300)
    operation = api.wait(job)
    speaking(server, OLLAMA, "plain:latest")
    reason = api.statistics(job)["failure_reason"]
    assert operation["status"] == "FAILED"
    assert "NUL" in reason
    assert "max_value_length" not in reason
