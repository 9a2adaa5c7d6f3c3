"""Scan: find what is personal, by the names of columns and by some of their values."""

from __future__ import annotations

from typing import Any

from shared.synthesis.recognise.scanning import scan as recognise
from shared.synthesis.schema import Kind, Table
from worker.synthesis.classify import open_classifier
from worker.synthesis.work import Work

#: Values of a column that are looked at.
MOST_VALUES = 1_000

#: Kinds in which nothing can be found that its name does not tell.
_OPAQUE = frozenset({Kind.BINARY, Kind.BOOLEAN, Kind.ENUM})


def scan(work: Work) -> dict[str, Any]:
    """Look at every table.

    :returns: ``findings``, for each table its ``schema``, its ``name`` and ``columns``.
    """
    run = work.session.run
    request = run.request
    locale = request.get("locale") or run.settings["default_locale"]
    looks_at_values = request.get("data_scan") is not False
    source = work.session.source()
    classifier = open_classifier(
        run.settings["pii_model_settings"], run.model_servers, locale=locale
    )
    found = []
    for table in work.session.schema:
        samples: dict[str, list[str | None]] = {}
        names = _worth_reading(table)
        if looks_at_values and names and not table.partitioned:
            seed = int.from_bytes(run.seed[:4], "big")
            samples = source.sample(table, names, MOST_VALUES, seed=seed).columns
        findings = recognise(
            table,
            samples,
            locale=locale,
            cardinality_check=bool(request.get("cardinality_check")),
            allow_list=request.get("allow_list") or (),
            deny_list=request.get("deny_list") or (),
            deselected_entities=request.get("deselected_entities") or (),
        )
        if classifier is not None:
            findings = classifier.add_columns(
                table,
                samples,
                findings,
                allow_list=request.get("allow_list") or (),
                deselected_entities=request.get("deselected_entities") or (),
            )
        found.append(
            {
                "schema": table.name.schema,
                "name": table.name.name,
                "columns": {name: finding.to_json() for name, finding in findings.items()},
            }
        )
    work.tells.log("scanned", columns=sum(len(each["columns"]) for each in found))
    return {"findings": found}


def _worth_reading(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind not in _OPAQUE]
