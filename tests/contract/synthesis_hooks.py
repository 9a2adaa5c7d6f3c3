"""What schemathesis has to know of the second API beside its description.

``VALUEMILL_TEST_IDS`` has ids of things that there are, by the names that they have in paths.
"""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis

from tests.support.synthesis import PASSWORD

KNOWN: dict[str, Any] = json.loads(os.environ["VALUEMILL_TEST_IDS"])

_MODELS = ("pii_model_settings", "default_text_processor_model_settings")


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, **_: object) -> None:
    """Make requests as valid, or as wrong, as they are said to be in what a schema cannot say."""
    # One of two ways to say who one is; the API key comes along, and counts.
    if case.cookies:
        case.cookies.pop("sessionid", None)
    if not (case.meta and case.meta.generation.mode.is_positive):
        # A body of null is taken for none where it may be missing.
        if case.body is None:
            case.body = []
        return
    # What is deleted would be missing for all others.
    if case.method != "DELETE":
        for name, value in KNOWN.items():
            if name in case.path_parameters:
                case.path_parameters[name] = value
    if "sample_db" in case.query:
        case.query["sample_db"] = "false"
    if isinstance(case.body, dict):
        _agree(case.operation.path, case.body)


def _agree(path: str, body: dict[str, Any]) -> None:
    """Have fields say the same that have to."""
    if path.endswith("/auth/"):
        body |= {"email": "ann@example.com", "password": PASSWORD}
    elif path.endswith("/update-settings/"):
        body["id"] = KNOWN["engine_id"]
    elif path.endswith("/table/"):
        body["id"] = KNOWN["table_id"]
    elif path.endswith("/column/"):
        # Which parameters a generator has, only the column says; and each is named once.
        change = body["columns"][0]
        if change.get("generator"):
            change["generator"] = {"type": "duplicate"}
        body["columns"] = [change | {"id": KNOWN["column_id"]}]
    for named in [body, *(body.get("columns") or [])]:
        for setting in (*_MODELS, "text_processor_model_settings"):
            # Only one that asks models takes any.
            if isinstance(named, dict) and named.get(setting):
                named[setting].pop("models", None)
