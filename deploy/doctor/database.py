"""PostgreSQL: reachable, recent enough, of this version's schema, in time, and with the rights."""

from __future__ import annotations

import time
from collections.abc import Iterator

from deploy.doctor.environment import LOOPBACK
from deploy.doctor.findings import Finding, Level, ok, problem, warning
from shared.database_address import place_of, read_address
from shared.db import inspection, migrate, readiness, roles
from shared.db.engine import MAX_READERS, Database
from shared.db.inspection import ServerFacts
from shared.db.roles import Side
from shared.db.troubles import DatabaseRefused
from shared.errors import ConfigurationError
from shared.settings import Settings

CHECK = "database"
SCHEMA = "schema"
CLOCK = "clock"
RIGHTS = "rights"
CONNECTIONS = "connections"

OLDEST = 140_000
#: Of the clocks of this host and of the database, in seconds.
SKEW = 1.0
#: Rights that are named of those that lack.
NAMED = 3
#: Of the limit, when it is time to say so.
CROWDED = 0.8


def check(database: Database, settings: Settings) -> Iterator[Finding]:
    """Everything about a database that answers.

    :raises Unavailable: when it does not.
    """
    with database.transaction() as connection:
        facts = inspection.server_facts(connection)
    yield _server(facts, settings)
    if facts.standby:
        yield problem(CHECK, "it is a standby and takes no writes", "name the primary")
    if facts.forgetful:
        yield warning(
            CHECK,
            f"{', '.join(facts.forgetful)}: off, so a crash can take back what was stored",
            "turn it on again in postgresql.conf",
        )
    yield _encryption(facts, settings)
    yield _clock(database)
    yield _connections(facts, settings)
    try:
        schema = _schema(database)
    except DatabaseRefused:  # a role that may not even read which revision it is
        yield from _rights(database, facts)
        return
    yield schema
    if schema.level is not Level.PROBLEM:
        yield from _rights(database, facts)


def _server(facts: ServerFacts, settings: Settings) -> Finding:
    found = f"PostgreSQL {facts.version} answers at {place_of(settings.database_url)}"
    if facts.version_number < OLDEST:
        return problem(CHECK, found, f"upgrade it to {OLDEST // 10_000} or newer")
    return ok(CHECK, found)


def _encryption(facts: ServerFacts, settings: Settings) -> Finding:
    host = read_address(settings.database_url).get("host")
    if facts.tls:
        return ok(CHECK, f"the connection is encrypted ({facts.tls})")
    if host is None or host in LOOPBACK or host.startswith("/"):
        return ok(CHECK, "the connection does not leave this machine")
    return warning(
        CHECK,
        f"the connection to {host} is not encrypted",
        "add ?sslmode=verify-full&sslrootcert=FILE to VALUEMILL_DATABASE_URL",
    )


def _schema(database: Database) -> Finding:
    try:
        readiness.check(database)
    except ConfigurationError as error:
        found, _, mend = str(error).partition(": ")
        return problem(SCHEMA, found, mend)
    current = set(migrate.revisions(database))
    if current == set(migrate.newest_revisions()):
        return ok(SCHEMA, f"at revision {', '.join(sorted(current))}, as this version needs")
    return warning(
        SCHEMA,
        f"at revision {', '.join(sorted(current))}, which is later than this version",
        "finish the upgrade: restart this part with the version that migrated the database",
    )


def _clock(database: Database) -> Finding:
    with database.transaction() as connection:
        inspection.clock(connection)  # the connection is made and warm
        before = time.time()
        theirs = inspection.clock(connection)
        after = time.time()
    skew = max(before - theirs, theirs - after, 0.0)
    if skew > SKEW:
        return warning(
            CLOCK,
            f"this host and the database are {skew:.1f} s apart; leases hold by the database's "
            "clock, but logs and expiry times will not agree",
            "synchronise both by NTP",
        )
    return ok(CLOCK, "this host and the database agree")


def _rights(database: Database, facts: ServerFacts) -> Iterator[Finding]:
    if facts.superuser or facts.owner:
        what = "is a superuser" if facts.superuser else "owns the tables"
        yield warning(
            RIGHTS,
            f"the role {facts.role} {what}, which only migrations and keys need",
            "give the API and the workers roles of their own: `valuemill roles`",
        )
        return
    with database.transaction() as connection:
        lacking = {side: roles.missing(connection, side=side) for side in Side}
    able = [side.value for side in Side if not lacking[side]]
    if len(able) == len(Side):
        yield warning(
            RIGHTS,
            f"the role {facts.role} has the rights of both the API and the workers",
            "give each a role of its own: `valuemill roles`",
        )
    elif able:
        yield ok(RIGHTS, f"the role {facts.role} has what the {able[0]} needs")
    else:
        side = min(Side, key=lambda each: len(lacking[each]))
        first = ", ".join(lacking[side][:NAMED])
        more = len(lacking[side]) - NAMED
        yield problem(
            RIGHTS,
            f"the role {facts.role} lacks {first}{f' and {more} more' if more > 0 else ''}",
            f"run `valuemill roles --{side.value} {facts.role}` as the owner of the tables",
        )


def _connections(facts: ServerFacts, settings: Settings) -> Finding:
    # A burst doubles a pool; see Database, api.app and worker.host.
    worker = 2 * (min(settings.worker_concurrency, 16) + 2)
    api = 2 * 8 + MAX_READERS
    found = (
        f"{facts.connections} of {facts.connection_limit} in use; an API process opens up to "
        f"{api}, a worker up to {worker}"
    )
    if (
        facts.connections > CROWDED * facts.connection_limit
        or facts.connection_limit < api + worker
    ):
        return warning(
            CONNECTIONS,
            found,
            "raise max_connections (or the limit of the role), or run fewer processes",
        )
    return ok(CONNECTIONS, found)
