"""When the client tries again, when it must not, and how it gives up."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from valuemill import ApiError, ClientError, UnexpectedAnswer, Unreachable, Valuemill

JOB = {"id": "j", "status": "PENDING", "target_id": "o"}
LIST = {"name": "Cities", "data_type": "city"}
NO_TIME = {"error": "unavailable", "error_description": "No database just now."}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again(script: Any, answer: Any, mill: Valuemill, status: int) -> None:
    script.say(answer(status, NO_TIME), answer(dropped=True), answer(200, JOB))
    assert mill.job("j").id == "j"
    assert script.count() == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 500, 501])
def test_what_will_not_change_is_not_tried_again(
    script: Any, answer: Any, mill: Valuemill, status: int
) -> None:
    script.say(answer(status, {"error": "code", "error_description": "Because."}))
    with pytest.raises(ApiError, match=rf"^GET /jobs/j answered {status}: Because\.$") as caught:
        mill.job("j")
    assert (caught.value.status, caught.value.code) == (status, "code")
    assert caught.value.description == "Because."
    assert script.count() == 1


@pytest.mark.parametrize("given", [None, "mine"])
def test_a_submit_is_sent_again_with_the_same_key_and_body(
    script: Any, answer: Any, mill: Valuemill, given: str | None
) -> None:
    script.say(answer(dropped=True), answer(503, NO_TIME), answer(200, {"job": JOB}))
    mill.submit(**LIST, idempotency_key=given)
    keys = {request.headers["Idempotency-Key"] for request in script.requests}
    assert script.count() == 3
    assert len(keys) == 1
    assert given is None or keys == {given}
    assert len({request.body for request in script.requests}) == 1


def test_submits_of_their_own_have_keys_of_their_own(
    script: Any, answer: Any, mill: Valuemill
) -> None:
    script.say(answer(200, {"job": JOB}))
    mill.submit(**LIST)
    mill.submit(**LIST)
    one, other = (request.headers["Idempotency-Key"] for request in script.requests)
    assert one != other


@pytest.mark.parametrize("method", ["cancel", "delete", "abandon"])
@pytest.mark.parametrize("bad", [{"dropped": True}, {"status": 503, "body": NO_TIME}])
def test_a_change_that_may_be_done_is_not_sent_again(
    script: Any, answer: Any, mill: Valuemill, method: str, bad: dict[str, Any]
) -> None:
    script.say(answer(**bad), answer(204, b""))
    with pytest.raises((ApiError, Unreachable)):
        getattr(mill, method)("id")
    assert script.count() == 1


def test_a_change_that_was_turned_away_is_sent_again(
    script: Any, answer: Any, mill: Valuemill
) -> None:
    script.say(answer(429, NO_TIME), answer(204, b""))
    mill.cancel("id")
    assert script.count() == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(
    script: Any, answer: Any, connect: Callable[..., Valuemill], as_date: bool
) -> None:
    wanted = 2 if as_date else 1  # a date has whole seconds, so up to one of them is lost
    began = time.monotonic()
    moment = datetime.now(UTC) + timedelta(seconds=wanted)
    header = format_datetime(moment, usegmt=True) if as_date else str(wanted)
    script.say(answer(429, NO_TIME, {"Retry-After": header}), answer(200, JOB))
    connect(patience=10).job("j")
    assert time.monotonic() - began >= 1
    assert script.count() == 2


def test_a_retry_after_beyond_patience_is_told_at_once(
    script: Any, answer: Any, mill: Valuemill
) -> None:
    headers = {"Retry-After": "3600", "X-Request-Id": "abc"}
    script.say(answer(503, NO_TIME, headers))
    with pytest.raises(ApiError) as caught:
        mill.job("j")
    assert script.count() == 1
    assert caught.value.retry_after == 3600
    assert caught.value.trace_id == "abc"


def test_a_retry_after_that_makes_no_sense_is_left_alone(
    script: Any, answer: Any, mill: Valuemill
) -> None:
    script.say(answer(503, NO_TIME, {"Retry-After": "soon"}), answer(200, JOB))
    assert mill.job("j").id == "j"


def test_without_patience_everything_is_tried_once(
    script: Any, answer: Any, connect: Callable[..., Valuemill]
) -> None:
    script.say(answer(503, NO_TIME, {"Retry-After": "0"}), answer(200, JOB))
    with pytest.raises(ApiError):
        connect(patience=0).job("j")
    assert script.count() == 1


def test_patience_without_end_does_not_wait_for_what_will_not_change(
    script: Any, answer: Any, connect: Callable[..., Valuemill]
) -> None:
    script.say(answer(503, NO_TIME), answer(404, NO_TIME))
    with pytest.raises(ApiError, match="answered 404"):
        connect(patience=math.inf).job("j")


def test_an_outage_ends_patience(
    script: Any, answer: Any, connect: Callable[..., Valuemill]
) -> None:
    script.say(answer(dropped=True))
    with pytest.raises(Unreachable, match=r"^GET /jobs/j failed at \S+ \(\d+ tries\): ") as caught:
        connect(patience=2).job("j")
    assert 2 <= script.count() <= 8  # 0.1 s, 0.2 s, 0.4 s and so on, less chance
    assert caught.value.__cause__ is not None


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with (
        Valuemill(f"http://127.0.0.1:{port}", "1.key", patience=0, trust_env=False) as mill,
        pytest.raises(
            Unreachable, match=rf"POST /ai/generate failed at 127.0.0.1:{port}: .*refused"
        ),
    ):
        mill.submit(**LIST)


def test_a_proxys_page_is_quoted(
    script: Any, answer: Any, connect: Callable[..., Valuemill]
) -> None:
    script.say(answer(502, b"<h1>Bad Gateway</h1>"))
    with pytest.raises(ApiError, match="answered 502: <h1>Bad Gateway</h1>"):
        connect(patience=0).job("j")


def test_another_address_is_named(script: Any, answer: Any, mill: Valuemill) -> None:
    script.say(answer(308, b"", {"Location": "https://elsewhere/dct/v3/jobs/j"}))
    with pytest.raises(ApiError, match="https://elsewhere/dct/v3/jobs/j"):
        mill.job("j")
    assert script.count() == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"id": 1}', b"null"])
def test_something_else_that_answers_is_noticed(
    script: Any, answer: Any, mill: Valuemill, body: bytes
) -> None:
    script.say(answer(200, body))
    with pytest.raises(UnexpectedAnswer, match="/dct/v3/jobs/j did not answer as Valuemill does"):
        mill.job("j")
    with pytest.raises(UnexpectedAnswer):
        mill.submit(**LIST)
    with pytest.raises(UnexpectedAnswer):
        list(mill.values("o"))


@pytest.mark.parametrize("ending", ["", "/", "/dct/v3", "/dct/v3/", "/?x=1#y"])
@pytest.mark.parametrize("prefix", ["", "/mill"])
def test_the_url_may_have_its_path_or_not(
    script: Any, answer: Any, prefix: str, ending: str
) -> None:
    script.say(answer(200, JOB))
    with Valuemill(script.url + prefix + ending, " 1.key\n", trust_env=False) as mill:
        mill.job("a/../b")
    (request,) = script.requests
    assert request.path == f"{prefix}/dct/v3/jobs/a%2F..%2Fb"
    assert request.headers["Authorization"] == "apk 1.key"
    assert request.query == {}


@pytest.mark.parametrize("url", ["", "host", "host:8000", "ftp://host", "http://", "http://[::"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ClientError, match="URL"):
        Valuemill(url, "1.key")


@pytest.mark.parametrize("key", ["", " \n", "1.schlüssel", "1.a\nb"])
def test_what_is_no_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ClientError) as caught:
        Valuemill("http://host", key)
    assert "1." not in str(caught.value)


@pytest.mark.parametrize("key", ["", "ü", "a\nb"])
def test_what_is_no_idempotency_key_is_refused(script: Any, mill: Valuemill, key: str) -> None:
    with pytest.raises(ClientError, match="idempotency_key"):
        mill.submit(**LIST, idempotency_key=key)
    assert script.count() == 0
