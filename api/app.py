"""The API, put together in one place."""

from __future__ import annotations

from flask import Flask

from api.generation import downloads, management, operations, statistics, values
from api.http import auth, docs, errors, headers, health, limits, published, tracing
from api.http.counting import Counter
from api.http.ids import IdConverter
from api.http.parsing import refuse_encodings
from api.http.rest import create_api
from api.http.surfaces import LISTS
from api.jobs import jobs as job_routes
from api.jobs import polls, tags
from api.parts import KEY, Parts
from api.synthesis import access, columns, engines, filling, scans, tables, throttling, workspaces
from api.synthesis import auth as sign_in
from api.synthesis import jobs as runs
from api.synthesis.surface import SYNTHESIS
from shared.broker import open_broker
from shared.db.engine import Database
from shared.generation.product import ValueGeneration
from shared.generation.service import Lists
from shared.models.catalogue import Catalogue
from shared.queue.service import Jobs
from shared.queue.wakeups import BackgroundWakeUps, WakeUps, create_celery
from shared.queue.watch import Watch
from shared.settings import Settings, load
from shared.synthesis.product import Synthesis
from shared.synthesis.service import Engines
from shared.synthesis.table_service import Tables
from shared.telemetry import configure_logging

APPLICATION = "valuemill-api"

#: Half as many connections as a server has threads; a burst may open as many again.
POOL_SIZE = 8

#: How long a health check or a rate limit waits for Redis, in seconds.
BROKER_TIMEOUT = 1.0


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application: ``gunicorn 'api.app:create_app()'``.

    Connects to nothing yet, so it starts while the database is away.

    :param settings: None reads them from the environment.
    :raises ConfigurationError: when they do not make sense.
    """
    settings = settings or load()
    configure_logging(log_format=settings.log_format, level=settings.log_level)
    app = Flask("valuemill", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # A path with two slashes is another path, not a reason to send a client elsewhere.
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = IdConverter
    app.extensions[KEY] = parts = _create_parts(settings)
    counter = Counter(parts.broker, settings.rate_limit) if settings.rate_limit else None
    tracing.install(app)
    polls.install(app, jobs=parts.jobs, counter=counter)
    auth.install(app, {SYNTHESIS: access.authenticate})
    app.before_request(refuse_encodings)
    if counter is not None:
        limits.install(app, counter)
    errors.install(app, SYNTHESIS)
    throttling.install(app, parts.broker)
    headers.install(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(docs.create_blueprint({"": LISTS, "synthesis": SYNTHESIS}))
    api = create_api(app, LISTS)
    for module in (operations, values, downloads, statistics, job_routes, tags, management):
        api.register_blueprint(module.blueprint)
    published.install(app, api)
    synthesis = create_api(app, SYNTHESIS)
    for blueprint in (
        *(sign_in.blueprint, workspaces.blueprint, engines.blueprint),
        *(tables.tables, columns.columns, columns.generators),
        *(scans.scans, filling.synthesis, runs.jobs),
    ):
        synthesis.register_blueprint(blueprint)
    return app


def _create_parts(settings: Settings) -> Parts:
    database = Database(settings.database_url, pool_size=POOL_SIZE, application=APPLICATION)
    broker = open_broker(settings.broker_url, timeout=BROKER_TIMEOUT)
    watch = Watch(database, broker)
    jobs = Jobs(
        database=database,
        products=[ValueGeneration(default_model=settings.model), Synthesis()],
        sighting=lambda: watch.sighting,
    )
    wake_ups = BackgroundWakeUps(WakeUps(create_celery(settings.broker_url, name=APPLICATION)))
    return Parts(
        settings=settings,
        database=database,
        broker=broker,
        catalogue=Catalogue(ca=settings.ollama_ca, access_of=settings.access_of),
        wake_ups=wake_ups,
        watch=watch,
        jobs=jobs,
        lists=Lists(database=database, jobs=jobs, wake_ups=wake_ups, limits=settings.limits),
        engines=Engines(
            database=database, wake_ups=wake_ups, public_key=settings.connector_public_key
        ),
        tables=Tables(database=database),
    )
