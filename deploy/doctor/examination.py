"""All checks in order; what cannot be looked at because something before it failed is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deploy.doctor import broker, database, environment, gateways, trial, workers
from deploy.doctor.findings import Finding, Level, presentable, problem
from shared.database_address import place_of
from shared.db.engine import Database
from shared.db.troubles import DatabaseRefused
from shared.errors import ConfigurationError, Unavailable
from shared.settings import Settings

APPLICATION = "valuemill-doctor"


def examine(
    settings: Settings,
    *,
    variables: Mapping[str, str],
    end_to_end: bool = False,
    patience: float = 60.0,
) -> Iterator[Finding]:
    """Yield what is found, as it is found.

    :param variables: the environment that the settings were read from.
    :param end_to_end: also have values made; see ``trial``.
    """
    secrets = environment.secrets(settings)
    for finding in _examine(settings, variables, end_to_end=end_to_end, patience=patience):
        yield presentable(finding, secrets=secrets)


def _examine(
    settings: Settings, variables: Mapping[str, str], *, end_to_end: bool, patience: float
) -> Iterator[Finding]:
    yield from environment.check(settings, variables)
    yield from broker.check(settings)
    yield from gateways.check(settings)
    with Database(settings.database_url, pool_size=1, application=APPLICATION) as connected:
        yield from _examine_database(connected, settings, end_to_end, patience)


def _examine_database(
    connected: Database, settings: Settings, end_to_end: bool, patience: float
) -> Iterator[Finding]:
    usable = False
    try:
        for finding in database.check(connected, settings):
            if finding.check == database.SCHEMA:
                usable = finding.level is not Level.PROBLEM
            yield finding
        if usable:
            yield from workers.check(connected)
        if usable and end_to_end:
            yield from trial.check(connected, settings, patience=patience)
    except Unavailable as error:
        yield problem(
            database.CHECK,
            f"{place_of(settings.database_url)}: {error.__cause__ or error}",
            "start it, let this host through to it, or mend VALUEMILL_DATABASE_URL",
        )
    except ConfigurationError as error:
        found, _, mend = str(error).partition(": ")
        yield problem(database.CHECK, found, mend)
    except DatabaseRefused as error:
        yield problem(
            database.CHECK, f"it refuses: {error.orig}", "mend what is said of rights above"
        )
