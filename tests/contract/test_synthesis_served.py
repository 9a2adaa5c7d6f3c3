"""Sessions behind the real server, and behind a proxy before it."""

from __future__ import annotations

from pathlib import Path

import httpx

from shared.db.engine import Database
from shared.settings import Settings
from tests.support.serving import serve
from tests.support.synthesis import PASSWORD, V1, make_user
from tests.support.waiting import PATIENCE

#: As many tries as one client has with one address, in five minutes.
TRIES = 20


def sign_in(http: httpx.Client, email: str, password: str = PASSWORD, **headers: str) -> int:
    body = {"email": email, "password": password}
    return http.post(f"{V1}/auth/", json=body, headers=headers).status_code


def statuses(http: httpx.Client, email: str) -> list[int]:
    """What comes of tries that seem to be of a client each."""
    return [
        sign_in(http, email, "wrong horse", **{"X-Forwarded-For": f"198.51.100.{n}"})
        for n in range(TRIES + 1)
    ]


def test_a_session_behind_the_real_server(
    settings: Settings, database: Database, project: Path
) -> None:
    make_user(database, email="served@example.com")
    with (
        serve(settings, project=project) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as http,
    ):
        encrypted = {"X-Forwarded-Proto": "https"}
        body = {"email": "served@example.com", "password": PASSWORD}
        answer = http.post(f"{V1}/auth/", json=body, headers=encrypted)
        assert "; Secure" in answer.headers["Set-Cookie"]
        # A cookie that is for encrypted connections does not come back on this one.
        assert http.get(f"{V1}/no/").status_code == 401
        assert sign_in(http, "served@example.com") == 201
        assert http.get(f"{V1}/no/").status_code == 404
        assert http.delete(f"{V1}/auth/", headers={"Origin": "https://evil"}).status_code == 403
        assert http.delete(f"{V1}/auth/", headers={"Origin": server.url}).status_code == 200
        assert http.get(f"{V1}/no/").status_code == 401
        # A cookie that is longer than all that the server reads never gets as far.
        huge = http.get(f"{V1}/no/", headers={"Cookie": f"sessionid={'x' * 9_000}"})
        assert huge.status_code == 400
        # A proxy that may says whose tries they are.
        assert statuses(http, "proxied@example.com") == [400] * (TRIES + 1)


def test_a_stranger_does_not_say_whose_tries_they_are(
    settings: Settings, database: Database, project: Path
) -> None:
    options = ("--forwarded-allow-ips", "192.0.2.1")
    with (
        serve(settings, *options, project=project) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as http,
    ):
        assert statuses(http, "stranger@example.com") == [400] * TRIES + [429]
        make_user(database, email="direct@example.com")
        body = {"email": "direct@example.com", "password": PASSWORD}
        answer = http.post(f"{V1}/auth/", json=body, headers={"X-Forwarded-Proto": "https"})
        assert "; Secure" not in answer.headers["Set-Cookie"]
