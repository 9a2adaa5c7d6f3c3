"""Redis: it carries wake-ups, so nothing in it need last; but none may be evicted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from redis.exceptions import AuthenticationError, RedisError

from deploy.doctor.findings import Finding, ok, problem, warning
from shared.broker import open_broker
from shared.broker_address import read_broker
from shared.settings import Settings

CHECK = "broker"
TIMEOUT = 3.0
OLDEST = 6
CROWDED, FULL = 0.7, 0.95
MEGABYTE = 1024 * 1024


def check(settings: Settings) -> Iterator[Finding]:
    """Everything about the broker."""
    address = read_broker(settings.broker_url)
    where = address.place
    if address.sentinel:
        where = f"{address.sentinel}, as the Sentinels at {where} say"
    try:
        with open_broker(settings.broker_url, timeout=TIMEOUT) as client:
            facts: dict[str, Any] = client.info()
    except AuthenticationError as error:
        yield problem(CHECK, f"Redis at {where}: {error}", "mend VALUEMILL_BROKER_URL's password")
    except (RedisError, OSError) as error:
        yield problem(
            CHECK,
            f"Redis at {where} does not answer: {error}",
            "start it, or mend VALUEMILL_BROKER_URL; until then only timers start work",
        )
    else:
        yield from _judge(facts, where)


def _judge(facts: dict[str, Any], where: str) -> Iterator[Finding]:
    version = str(facts.get("redis_version", "unknown"))
    answers = f"Redis {version} answers at {where}"
    if int(version.partition(".")[0] or 0) < OLDEST:
        yield problem(CHECK, answers, f"upgrade it to {OLDEST} or newer")
    else:
        yield ok(CHECK, answers)
    if facts.get("role", "master") != "master":
        yield problem(CHECK, "it is a replica and takes no writes", "name the primary")
    policy = facts.get("maxmemory_policy")
    if policy == "noeviction":
        yield ok(CHECK, "it evicts nothing; it need not keep anything on disk either")
    else:
        yield problem(
            CHECK,
            f"maxmemory-policy is {policy}: when memory runs out, queues vanish without a word",
            "set maxmemory-policy to noeviction in redis.conf",
        )
    yield _memory(facts)


def _memory(facts: dict[str, Any]) -> Finding:
    used, limit = int(facts.get("used_memory", 0)), int(facts.get("maxmemory", 0))
    if not limit:
        return ok(CHECK, f"{used // MEGABYTE} MB in use, without a limit of its own")
    found = f"{used // MEGABYTE} of {limit // MEGABYTE} MB in use"
    mend = "raise maxmemory, and see what fills it: wake-ups take kilobytes"
    if used > FULL * limit:
        return problem(CHECK, found, mend)
    if used > CROWDED * limit:
        return warning(CHECK, found, mend)
    return ok(CHECK, found)
